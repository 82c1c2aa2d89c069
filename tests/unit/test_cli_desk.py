"""run, check, migrate: the commands that run the desk and look after it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checks import examine
from bot.checks.mail import certificate
from bot.cli import main
from bot.demo.slack import ALL_SCOPES, SlackStandIn
from bot.settings import Settings
from tests.servers.smtp import PASSWORD, SmtpSink
from tests.unit.cli_desk import ENVIRONMENT, desk_home  # noqa: F401 (a fixture)

ROOT = Path(__file__).parent.parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def port(desk_home, monkeypatch):  # noqa: F811
    monkeypatch.setenv("PORT", free_port())


def states(findings):
    return {each.name: each.state for each in findings}


def failures(findings):
    return {each.name: each.what for each in findings if each.state == "failed"}


# ---- migrate ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("desk_home")
def test_a_second_migration_has_nothing_to_do(capsys):
    capsys.readouterr()
    assert main(["migrate"]) == 0
    assert "already" in capsys.readouterr().out


# ---- check --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("port")
def test_what_is_not_set_is_no_failure(capsys):
    assert main(["check", "--json"]) == 0
    found = {each["name"]: each["state"] for each in json.loads(capsys.readouterr().out.splitlines()[-1])}
    assert {found["IMAP_URL"], found["SMTP_URL"], found["SLACK_BOT_TOKEN"]} == {"not set"}
    assert {found["DATABASE_URL"], found["POLICY_PATH"], found["letters"], found["PORT"]} == {"ok"}


@pytest.mark.usefixtures("port")
def test_a_failure_is_exit_1_and_a_line_that_names_it(monkeypatch, capsys):
    monkeypatch.setenv("ORGANISATION", "")
    assert main(["check"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "failed" in line]
    assert line.startswith("ORGANISATION")


def test_a_malformed_setting_is_exit_2(desk_home, monkeypatch):  # noqa: F811
    monkeypatch.setenv("PORT", "eighty")
    assert main(["check"]) == 2


async def examined(directory, **changes):
    return await examine(Settings.load({**ENVIRONMENT, "PORT": free_port(), **changes}, directory))


async def test_a_database_that_is_not_there_yet_is_no_failure_and_is_not_made(tmp_path):
    found = await examined(tmp_path)
    assert states(found)["DATABASE_URL"] == "note"
    assert list(tmp_path.iterdir()) == []


async def test_a_letter_that_cannot_be_written_is_named(tmp_path):
    letters = tmp_path / "custom" / "letters" / "en"
    letters.mkdir(parents=True)
    (letters / "status.txt").write_text("About it\n\nHello {{ nickname }},\n")
    found = await examined(tmp_path, CUSTOM_DIR="custom")
    assert "en/status.txt" in failures(found)["letters"]


async def test_a_port_that_something_else_holds_is_a_failure(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = await examined(tmp_path, PORT=str(other.getsockname()[1]))
    assert "PORT" in failures(found)


async def test_the_directory_of_accounts_is_asked(tmp_path):
    (tmp_path / "people.csv").write_text("id,email,name\n1,ida@berg.example,Ida Berg\n")
    found = await examined(tmp_path, ACCOUNTS_URL="csv:people.csv")
    assert "people.csv holds 1 accounts" in [each.what for each in found if each.name == "ACCOUNTS_URL"]
    gone = failures(await examined(tmp_path, ACCOUNTS_URL="csv:nobody.csv"))["ACCOUNTS_URL"]
    assert gone.startswith("nobody.csv cannot be used: No such file or directory; ")


async def test_each_region_tells_its_next_holiday(tmp_path):
    found = await examined(tmp_path, HOLIDAYS="DE-BY,GB-SCT")
    assert [each.what.partition(",")[0] for each in found if each.name == "HOLIDAYS"] == ["DE-BY", "GB-SCT"]


async def test_a_mail_server_is_logged_into(tmp_path):
    async with SmtpSink() as sink:
        wrong = sink.url.replace(PASSWORD, "wrong")
        assert states(await examined(tmp_path, SMTP_URL=sink.url))["SMTP_URL"] == "ok"
        refused = failures(await examined(tmp_path, SMTP_URL=wrong))["SMTP_URL"]
    assert "535" in refused
    assert "wrong" not in refused


async def test_the_end_of_a_mail_servers_certificate_is_told(tmp_path, dovecot):
    """Theirs are good for thirty days."""
    async with SmtpSink(tls="starttls") as sink:
        found = await examined(tmp_path, SMTP_URL=sink.url, IMAP_URL=dovecot.url(dovecot.new_user()))
    told = {each.name: each for each in found if "certificate ends on" in each.what}
    assert set(told) == {"SMTP_URL", "IMAP_URL localhost"}
    assert {each.state for each in told.values()} == {"ok"}
    assert all(re.search(r"in (29|30) days", each.what) for each in told.values())


@pytest.mark.parametrize(("days", "state"), [(22, "ok"), (20, "note"), (-1, "note")])
def test_a_certificate_that_ends_soon_is_to_be_renewed(days, state):
    (found,) = certificate("SMTP_URL", datetime.now(UTC) + timedelta(days=days, hours=1))
    assert (found.state, "renewed" in found.what) == (state, state == "note")


async def test_a_mailbox_that_is_not_there_is_a_failure(tmp_path):
    port = free_port()
    urls = {"IMAP_URL": f"imaps://desk:secret@127.0.0.1:{port}/INBOX", "SMTP_URL": "smtp://127.0.0.1:1?tls=none"}
    found = failures(await examined(tmp_path, **urls))
    assert set(found) == {"IMAP_URL 127.0.0.1", "SMTP_URL"}
    assert "secret" not in str(found)


async def test_old_mails_in_a_mailbox_are_counted_before_the_first_start(tmp_path, dovecot):
    user = dovecot.new_user()
    long_ago = datetime.now(UTC) - timedelta(days=9)
    for received in (long_ago, long_ago, datetime.now(UTC)):
        dovecot.append(user, b"Subject: Data\r\n\r\nHello\r\n", internaldate=received)
    urls = {"IMAP_URL": dovecot.url(user), "SMTP_URL": "smtp://127.0.0.1:1?tls=none"}
    found = await examined(tmp_path, **urls)
    assert [each.state for each in found if each.name.startswith("IMAP_URL")] == ["ok", "ok", "note"]
    assert "2 unseen mails" in next(each.what for each in found if each.state == "note" and "IMAP" in each.name)


async def test_what_takes_too_long_is_given_up(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}?tls=none"
        settings = Settings.load({**ENVIRONMENT, "PORT": free_port(), "SMTP_URL": url}, tmp_path)
        assert "no answer" in failures(await examine(settings, seconds=0.3))["SMTP_URL"]


@pytest.fixture
async def workspace():
    """A Slack with two members of staff and a private channel."""
    async with SlackStandIn() as slack:
        for user in ("U0ADA", "U0BEN"):
            slack.workspace.add_user(user, user.lower(), f"{user.lower()}@linden.example")
        slack.workspace.add_channel("C0STAFF", "privacy", private=True, members=["U0ADA", "U0BEN"])
        yield slack


def pointed_at(slack):
    return {
        "SLACK_BOT_TOKEN": slack.tokens["bot"],
        "SLACK_APP_TOKEN": slack.tokens["app"],
        "SLACK_API_URL": slack.api_url,
        "SLACK_STAFF_CHANNEL": "C0STAFF",
        "SLACK_STAFF": "U0ADA,U0BEN",
    }


async def test_a_slack_that_is_set_up_right_has_no_failure(tmp_path, workspace):
    found = await examined(tmp_path, **pointed_at(workspace))
    assert failures(found) == {}
    assert {states(found)[each] for each in pointed_at(workspace) if each != "SLACK_API_URL"} == {"ok"}


async def test_a_wrong_token_is_told_and_never_shown(tmp_path, workspace):
    found = failures(await examined(tmp_path, **pointed_at(workspace) | {"SLACK_BOT_TOKEN": "xoxb-nonsense"}))
    assert set(found) == {"SLACK_BOT_TOKEN"}
    assert "nonsense" not in str(found)


async def test_a_missing_scope_is_named(tmp_path, workspace):
    workspace.scopes = ALL_SCOPES - {"im:write"}
    assert "im:write" in failures(await examined(tmp_path, **pointed_at(workspace)))["SLACK_BOT_TOKEN"]


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ({"private": False}, "is public"),
        ({"private": True, "shared": True}, "another organisation"),
        ({"private": True, "invited": False}, "must have the app in it"),
    ],
)
async def test_a_staff_channel_that_is_not_among_ourselves_is_a_failure(tmp_path, workspace, channel, why):
    workspace.workspace.add_channel("C0OTHER", "other", **channel)
    changed = pointed_at(workspace) | {"SLACK_STAFF_CHANNEL": "C0OTHER"}
    assert why in failures(await examined(tmp_path, **changed))["SLACK_STAFF_CHANNEL"]


async def test_a_guest_among_the_staff_does_not_count_for_four_eyes(tmp_path, workspace):
    workspace.workspace.add_user("U0BEN", "ben", "ben@linden.example", guest=True)
    found = failures(await examined(tmp_path, **pointed_at(workspace)))
    assert "U0BEN" in found["SLACK_STAFF"]
    assert "FOUR_EYES" in found


# ---- run ----------------------------------------------------------------------------------------------------


def start(*words, **changes):
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **changes},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("port")
def test_run_names_every_setting_that_it_misses(capsys, monkeypatch):
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "")
    assert main(["run"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == list(ENVIRONMENT)


@pytest.mark.usefixtures("port")
def test_commands_work_beside_a_run_that_ends_well_when_asked_to():
    desk = start("run")
    try:
        for line in desk.stderr:
            if "the desk is up" in line:
                break
        tickets, second = start("tickets", "--json"), start("run")
        assert json.loads(tickets.communicate(timeout=60)[0]) == []
        assert "another desk runs" in second.communicate(timeout=60)[1]
        assert second.returncode == 2
        desk.send_signal(signal.SIGTERM)
        desk.communicate(timeout=20)
        assert desk.returncode == 0
    finally:
        desk.kill()
        desk.communicate()


async def test_what_the_custom_folder_holds_is_named_and_what_nothing_looks_at_is_a_failure(tmp_path):
    letters = tmp_path / "own" / "letters" / "en"
    letters.mkdir(parents=True)
    (letters / "denied.txt").write_text("{# #}", "utf-8")
    (letters / "deneid.txt").write_text("Sorry.", "utf-8")
    found = [each for each in await examined(tmp_path, CUSTOM_DIR="own") if each.name == "CUSTOM_DIR"]
    assert [(each.state, each.what.split()[-1 if each.state == "ok" else 0]) for each in found] == [
        ("ok", "letters/en/denied.txt"),
        ("failed", "letters/en/deneid.txt"),
    ]
