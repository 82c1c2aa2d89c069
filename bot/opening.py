"""What the desk and its commands open alike: the store of the settings, and the desk over it for the handlers.

Nothing here connects to anything but the database, and no library of Slack or the web is imported.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.accounts import directory
from bot.adapters.clamd import Clamd
from bot.adapters.rendering import Letters, packaged_templates
from bot.adapters.signatures import Signatures
from bot.domain.laws import LawPack
from bot.domain.policy import Policy, PolicyError, read_policy
from bot.settings import Settings, SettingsFault
from bot.settings.faults import line
from bot.store.schema import require_current
from bot.store.secret_keys import master_keys
from bot.store.taught import Taught
from bot.store.work import Store
from handlers.desk import Desk


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings at the current schema. Raises StoreFault."""
    await require_current(settings.database_url)
    store = Store(
        settings.database_url, master_keys(settings.secret_keys, settings.database_url, settings.directory)
    )
    try:
        await store.open()
        yield store
    finally:
        await store.close()


def real_now() -> datetime:
    return datetime.now(UTC)


def make_desk(settings: Settings, store: Store, now: Callable[[], datetime] = real_now) -> Desk:
    """The parts as the handlers get them. Raises SettingsFault where policy or laws cannot be used."""
    laws = LawPack.load(settings.laws_path)
    return Desk(
        store=store,
        accounts=directory(settings.accounts_url, settings.accounts_secret.encode()),
        letters=Letters(letter_folders(settings)),
        policy=read_published(settings.policy_path),
        laws=laws,
        now=now,
        organisation=settings.organisation,
        address=settings.privacy_address,
        addresses=frozenset(each.lower() for each in (settings.privacy_address, *settings.privacy_aliases)),
        default_law=settings.default_law,
        holidays=settings.holidays,
        timezone=settings.timezone,
        four_eyes=frozenset(settings.four_eyes),
        auto_answer=settings.auto_answer,
        trusted_authserv_id=settings.trusted_authserv_id or None,
        signatures=_signatures() if settings.check_dkim else None,
        authority=settings.authority or None,
        public_url=settings.public_url,
        staff_channel=settings.slack_staff_channel if settings.slack_bot_token else None,
        alert_address=settings.alert_address or None,
        staff_language=settings.staff_language,
        taught=Taught() if settings.learning else None,
        support_channels=frozenset(settings.slack_support_channels),
        scanner=Clamd(settings.clamd_socket) if settings.clamd_socket else None,
        retention_months=settings.retention_months,
        webhooks=settings.webhook_urls,
        callback_url=settings.public_url or f"http://{settings.host}:{settings.port}",
    )


def _signatures() -> Signatures:
    try:
        return Signatures()
    except ModuleNotFoundError as fault:
        raise SettingsFault([line("CHECK_DKIM", f"cannot be on: {fault}", "off")]) from None


def letter_folders(settings: Settings) -> list[Path]:
    """Where letters and pages are looked for, the operator's own first."""
    folders = (settings.custom_dir, settings.directory / "templates", packaged_templates())
    return [each for each in folders if each and each.is_dir()]


def read_published(path: Path) -> Policy:
    """The policy, with what the ``.toml`` beside it says of it. Raises SettingsFault."""
    about = path.with_suffix(".toml")
    try:
        return read_policy(path.read_text("utf-8"), about.read_text("utf-8") if about.is_file() else None)
    except PolicyError as fault:
        raise SettingsFault([f"POLICY_PATH: {line}" for line in fault.lines]) from None
    except (OSError, UnicodeDecodeError) as fault:
        why = getattr(fault, "strerror", None) or "it is not UTF-8"
        raise SettingsFault(
            [f"POLICY_PATH: {path.name} cannot be read ({why}); example: templates/policy.md"]
        ) from None
