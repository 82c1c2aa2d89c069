"""The composition root: settings become parts, parts become services, services run until somebody says stop."""

import asyncio
import fcntl
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp.web
from sqlalchemy import text

from bot.adapters import web
from bot.adapters.post import Post
from bot.adapters.slack import SlackGateway
from bot.clock import Clock
from bot.connecting import Connecting
from bot.delivery import MailDelivery
from bot.domain.excerpts import find_excerpts
from bot.domain.understanding import classify
from bot.housekeeping import Housekeeping
from bot.intake import InboxWorker, Intake
from bot.listening import Listening
from bot.metrics import Metrics
from bot.opening import make_desk, opened_store, real_now
from bot.postings import SlackDelivery
from bot.probing import Watchman
from bot.retention import Retention
from bot.settings import Settings, SettingsFault
from bot.settings.faults import line
from bot.store import anchors
from bot.store.clock import DatabaseClock
from bot.store.engine import is_sqlite, sqlite_path
from bot.store.schema import migrate
from bot.supervision import Service, supervised
from handlers import mail, policies
from handlers.channels import Channels
from handlers.desk import Desk
from handlers.feed import feed
from handlers.linked import linked_pages

log = logging.getLogger(__name__)

_EXAMPLE = "sqlite:///var/desk.db"
ANCHOR_EVERY = 10.0  # seconds, where a chain has grown


async def run(settings: Settings, stop: asyncio.Event, now: Callable[[], datetime] = real_now) -> None:
    """The whole desk, until ``stop`` is set. Raises SettingsFault and StoreFault where it cannot start."""
    async with AsyncExitStack() as stack:
        if is_sqlite(settings.database_url):
            stack.enter_context(alone_on(sqlite_path(settings.database_url)))
            await migrate(settings.database_url)
        store = await stack.enter_async_context(opened_store(settings))
        clock = None if is_sqlite(settings.database_url) else DatabaseClock(store)
        if clock:
            await clock.look()
        desk = make_desk(settings, store, clock or now)
        parts = Parts(settings, desk)
        stack.push_async_callback(parts.close)
        runner = await web.serve(web.application(parts.pages()), settings.host, settings.port)
        stack.push_async_callback(runner.cleanup)
        log.info("the desk is up; http://%s:%s/readyz says how it is", settings.host, settings.port)
        # A daemon, so that a stop does not wait for what nobody needs any more.
        threading.Thread(target=_warm_up, args=(desk,), name="warm-up", daemon=True).start()
        watch = [Service("time of the database", clock.run)] if clock else []
        await _until(stop, [*watch, *parts.services()])
        await parts.drop_anchor()
        await parts.leave()
    log.info("the desk has stopped")


class Parts:
    """The desk's connections and the services that use them."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._settings, self._desk = settings, desk
        self._alone = is_sqlite(settings.database_url)
        self._metrics = Metrics(desk, self._readiness)
        # On SQLite there is one desk: started again after a crash it goes on with its own lease.
        self._owner = "alone" if self._alone else f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._house = Housekeeping(desk, self._owner)
        limit = int(settings.max_mail_mb * 1024 * 1024)
        self._intakes = [
            Intake(desk, server, owner=self._owner, max_bytes=limit, since=settings.imap_since)
            for server in settings.imap
        ]
        self._post = Post(settings.smtp) if settings.smtp else None
        self._slack = (
            SlackGateway(settings.slack_bot_token, settings.slack_api_url) if desk.staff_channel else None
        )
        self._channels = Channels(desk, self._slack) if self._slack else None
        self._listening: Listening | None = None
        if self._slack and self._channels:
            self._listening = Listening(desk, self._slack, self._channels, settings, alone=self._alone)

    def services(self) -> list[Service]:
        desk, alone = self._desk, self._alone
        named = [Service(f"mailbox {place}", intake.run) for place, intake in enumerate(self._intakes, start=1)]
        named.append(Service("inbox", InboxWorker(desk, "imap", mail.handle, alone=alone).run))
        named.append(Service("anchors", self._anchor))
        named.append(Service("housekeeping", self._house.run))
        named.append(Service("clock", Clock(desk, self._owner, Retention(desk, self._settings.imap).round).run))
        if self._post:
            named.append(Service("mail delivery", MailDelivery(desk, self._post, alone=alone).run))
        if self._settings.probe_every and self._settings.smtp:
            every, heard = timedelta(hours=self._settings.probe_every), lambda: self._is_heard
            watchman = Watchman(desk, self._settings.smtp, self._settings.imap, every=every, listening=heard)
            named.append(Service("watchman", watchman.run))
        if desk.webhooks:
            named.append(Service("connectors", Connecting(desk, desk.webhooks, alone=alone).run))
        if self._slack and self._channels and self._listening:
            channel = self._settings.slack_alert_channel or self._settings.slack_staff_channel
            owner = "" if alone else self._owner
            delivery = SlackDelivery(desk, self._slack, self._channels, alert_channel=channel, owner=owner)
            named.append(Service("Slack delivery", delivery.run))
            named.append(Service("Slack", self._listening.run))
            named.append(Service("staff channel", self._channels.run))
        return named

    async def _anchor(self) -> None:
        while True:
            await self.drop_anchor()
            await asyncio.sleep(ANCHOR_EVERY)

    async def drop_anchor(self) -> None:
        async with self._desk.store.transaction() as work:
            anchor = await anchors.drop(work, self._desk.now())
        if anchor:
            log.info("journal anchor %s over %s chains: %s", anchor.seq, len(anchor.chains), anchor.digest())

    async def leave(self) -> None:
        await self._house.leave()

    def pages(self) -> web.Pages:
        return web.Pages(
            readiness=self._readiness,
            refresh=self._metrics.refresh,
            registry=self._metrics.registry,
            policy=partial(policies.page, self._desk),
            slack=self._receive,
            calendar=lambda token: feed(self._desk, token),
            metrics_token=self._settings.metrics_token,
            linked=linked_pages(self._desk),
        )

    async def _receive(self, request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        if self._listening is None:
            raise aiohttp.web.HTTPNotFound
        return await self._listening.receive(request)

    async def _readiness(self) -> dict[str, bool]:
        try:
            async with self._desk.store.reading() as work:
                await (await work.session.connection()).execute(text("SELECT 1"))
            database = True
        except Exception:  # noqa: BLE001 (whatever it is, the answer is no)
            log.warning("the database does not answer")
            database = False
        mailbox = all(intake.connected or (intake.ever_asked and not intake.owned) for intake in self._intakes)
        return {"database": database, "mailbox": mailbox, "slack": self._is_heard}

    @property
    def _is_heard(self) -> bool:
        return self._listening is None or self._listening.connected

    async def close(self) -> None:
        if self._post:
            await self._post.close()
        if self._slack:
            await self._slack.close()
        if self._desk.accounts:
            await self._desk.accounts.close()


@contextmanager
def alone_on(database: Path) -> Iterator[None]:
    """One ``run`` for a SQLite database; a second one is told so. Raises SettingsFault."""
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = database.with_suffix(".lock").open("w")
    except OSError as fault:
        raise SettingsFault([line("DATABASE_URL", f"cannot be used ({fault.strerror})", _EXAMPLE)]) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SettingsFault([line("DATABASE_URL", "another desk runs on this database", _EXAMPLE)]) from None
        yield


def stopped_by_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT; a second one ends the process at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def asked() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked)
    return stop


def _warm_up(desk: Desk) -> None:
    """Loads the models and reads the policy once, which takes two seconds that no letter should wait for."""
    classify("Hello")
    find_excerpts(desk.policy, "Hello?")


async def _until(stop: asyncio.Event, services: list[Service]) -> None:
    """Runs the services side by side."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(supervised(each), name=each.name) for each in services]
        await stop.wait()
        for task in tasks:
            task.cancel()
