"""init: answers tried on a real Dovecot and a real SMTP server, and what stands in `.env` then."""

import asyncio
import io
import os
import pty
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from bot.cli import main
from bot.cli.envfile import write_settings
from bot.cli.providers import PROVIDERS, provider, provider_of
from bot.demo.slack import SlackStandIn
from bot.settings import VARIABLES, Settings
from bot.settings.sources import variables
from tests.servers.dovecot import PASSWORD as IMAP_PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.smtp import PASSWORD, USER, SmtpSink
from tests.unit.cli_desk import desk_home  # noqa: F401 (a fixture)

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
NO_SLACK, NO_URL = "n", ""


@pytest.fixture
def home(desk_home, monkeypatch):  # noqa: F811
    for name in ("ORGANISATION", "PRIVACY_ADDRESS"):
        monkeypatch.delenv(name)
    (desk_home / "var" / "desk.db").unlink()
    monkeypatch.setenv("PORT", str(free_ports(1)[0]))
    return desk_home


@contextmanager
def beside(server: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """A server in a loop of its own, for commands that run theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(20)
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def places(dovecot: Dovecot, sink: SmtpSink) -> tuple[str, str]:
    ca = dovecot.certificates.ca
    return f"imaps://localhost:{dovecot.imaps_port}/INBOX?ca={ca}", f"smtp://127.0.0.1:{sink.port}?ca={sink.ca}"


def house(user: str) -> list[str]:
    return ["Linden Books", user, "Europe/Berlin", "DE-BE", "own"]


def answering(monkeypatch: pytest.MonkeyPatch, *lines: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return main(["init"])


@pytest.mark.parametrize("first", ["right", "wrong"])
def test_answers_that_work_become_settings_that_check_finds_good(home, monkeypatch, capsys, dovecot, first):
    user = dovecot.new_user()
    with beside(SmtpSink()) as sink:
        imap, post = places(dovecot, sink)
        wrong = [imap, user, "mistyped", "y"] if first == "wrong" else []
        lines = [*house(user), *wrong, imap, user, IMAP_PASSWORD, post, USER, PASSWORD, NO_SLACK, NO_URL]
        assert answering(monkeypatch, *lines) == 0
        settings = Settings.load({}, home)
    said = capsys.readouterr().out
    assert ("does not accept the user name and password; many providers" in said) == (first == "wrong")
    assert "All set: python -m bot run" in said
    assert stat.S_IMODE((home / ".env").stat().st_mode) == 0o600
    assert (settings.organisation, settings.privacy_address) == ("Linden Books", user)
    assert (settings.imap[0].password, settings.smtp.password) == (IMAP_PASSWORD, PASSWORD)
    assert len(settings.secret_keys) == 1


def test_an_empty_password_asks_for_the_token_command_and_tries_it(home, monkeypatch, capsys, dovecot):
    user = dovecot.new_user()
    command = f"echo {dovecot.token(user)}"
    with beside(SmtpSink()) as sink:
        imap, post = places(dovecot, sink)
        lines = [*house(user), imap, user, "", command, post, USER, PASSWORD, NO_SLACK, NO_URL]
        assert answering(monkeypatch, *lines) == 0
        assert Settings.load({}, home).imap[0].token_command == tuple(command.split())


def test_answers_that_end_too_early_write_nothing(home, monkeypatch, capsys):
    assert answering(monkeypatch, "Linden Books", "no address", "privacy@linden.example") == 2
    told = capsys.readouterr()
    assert "is not a mail address" in told.out
    assert "nothing was written" in told.err
    assert list(home.glob(".env*")) == []


def test_a_file_that_is_there_is_left_alone_unless_told_otherwise(home, monkeypatch):
    (home / ".env").write_text("ORGANISATION=Before\n")
    assert answering(monkeypatch, "") == 0
    assert (home / ".env").read_text() == "ORGANISATION=Before\n"


def test_what_the_file_said_is_proposed_and_its_keys_and_other_settings_stay(home, monkeypatch, capsys):
    key = "A" * 43 + "="
    (home / ".env").write_text(f"ORGANISATION=Before\nSECRET_KEYS={key}\nLOG_FORMAT=json\n")
    nowhere = ["imap://127.0.0.1:1?tls=none", "desk", "secret", "n", "smtp://127.0.0.1:1?tls=none", "", "", "n"]
    assert answering(monkeypatch, "y", "", "desk@linden.example", "", "", "own", *nowhere, NO_SLACK, NO_URL) == 1
    kept = variables({}, home)
    assert (kept["ORGANISATION"], kept["SECRET_KEYS"], kept["LOG_FORMAT"]) == ("Before", key, "json")
    assert "see that host and port are right" in capsys.readouterr().out


def test_slack_is_explained_tried_and_asked_again(home, monkeypatch, capsys):
    nowhere = ["smtp://127.0.0.1:1?tls=none", "-", "n"]
    with beside(SlackStandIn()) as slack:
        slack.workspace.add_user("U0ADA", "ada", "ada@linden.example")
        slack.workspace.add_channel("C0STAFF", "privacy", private=True, members=["U0ADA"])
        (home / ".env").write_text(f"SLACK_API_URL={slack.api_url}\n")
        wrong = ["xoxb-mistyped", slack.tokens["app"], "C0STAFF", "U0ADA", "y", "y"]
        right = [slack.tokens["bot"], "", "", "", "y"]
        mailbox = ["imap://127.0.0.1:1?tls=none", "desk", "secret", "n"]
        lines = ["y", *house("desk@linden.example"), *mailbox, *nowhere, "y", *wrong, *right, NO_URL]
        assert answering(monkeypatch, *lines) == 1  # the mail servers are still to be mended
        settings = Settings.load({}, home)
    said = capsys.readouterr().out
    assert "From a manifest" in said
    assert "Slack says invalid_auth; install the app again" in said
    assert (settings.slack_bot_token, settings.slack_staff, settings.four_eyes) == (
        slack.tokens["bot"],
        ("U0ADA",),
        (),
    )
    assert (settings.smtp.user, settings.smtp.port) == ("", 1)


@pytest.mark.slow
def test_on_a_terminal_no_password_is_shown_and_ctrl_c_leaves_nothing(tmp_path, dovecot):
    """Through a pseudo-terminal, as somebody types."""
    user = dovecot.new_user()
    imap = f"imaps://localhost:{dovecot.imaps_port}/INBOX?ca={dovecot.certificates.ca}"
    clean = {name: value for name, value in os.environ.items() if name not in VARIABLES} | {
        "PYTHONPATH": str(ROOT)
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "init"],
        cwd=tmp_path, env=clean, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # else ignored in a background job
    )  # fmt: skip
    os.close(theirs)
    seen = ""
    for question, answer in zip(
        (
            "organisation",
            "address",
            "time zone",
            "holidays",
            "runs your mail",
            "IMAP server",
            "IMAP user",
            "IMAP password",
        ),
        (*house(user), imap, "", IMAP_PASSWORD),
        strict=True,
    ):
        seen = until(ours, seen, question)
        os.write(ours, f"{answer}\n".encode())
    seen = until(ours, seen, "SMTP server")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    os.close(ours)
    assert "ok: INBOX opens" in seen
    assert IMAP_PASSWORD not in seen
    assert list(tmp_path.iterdir()) == []


def until(terminal: int, seen: str, question: str) -> str:
    """All that was shown, once its last line asks this."""
    while question not in seen.rpartition("\n")[2]:
        seen += os.read(terminal, 65536).decode()
    return seen


@tried(deadline=None, max_examples=25)
@given(
    st.dictionaries(
        st.sampled_from(sorted(VARIABLES)), st.text(st.characters(exclude_categories=["C"]), min_size=1)
    )
)
def test_what_is_written_is_read_back(settings):
    with TemporaryDirectory() as folder:
        write_settings(Path(folder, ".env"), settings)
        assert variables({}, Path(folder)) == settings


@pytest.mark.parametrize(
    ("domain", "name"),
    [("gmail.com", "gmail"), ("linden.onmicrosoft.com", "microsoft-365"), ("linden.example", "own")],
)
def test_the_address_tells_the_provider(domain, name):
    assert provider_of(domain) == name


def test_the_servers_of_ones_own_are_guessed_by_what_resolves():
    found = provider("own", "linden.example", {"mail.linden.example", "smtp.linden.example"}.__contains__)
    assert (found.imap, found.smtp) == ("imaps://mail.linden.example:993", "smtps://smtp.linden.example:465")


def test_the_page_on_providers_names_their_servers():
    page = (ROOT / "docs/providers.md").read_text("utf-8")
    hosts = [
        url.partition("://")[2].partition(":")[0] for each in PROVIDERS.values() for url in (each.imap, each.smtp)
    ]
    assert [host for host in hosts if host not in page] == []
