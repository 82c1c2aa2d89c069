"""``keys rotate``: without downtime, and not before every desk knows the new key."""

import base64
import secrets

from bot.cli import main
from bot.settings import Settings
from bot.store import replicas
from tests.unit.cli_desk import at_desk, desk_home

assert desk_home


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


async def running(desk) -> None:
    async with desk.store.transaction() as work:
        await replicas.seen(work, "one", desk.now())


def test_everything_goes_under_the_newest_key(desk_home, monkeypatch, capsys):
    old, new = key(), key()
    monkeypatch.setenv("SECRET_KEYS", old)
    at_desk(running)
    monkeypatch.setenv("SECRET_KEYS", f"{old},{new}")
    at_desk(running)  # added last, and restarted: this desk knows both
    monkeypatch.setenv("SECRET_KEYS", f"{new},{old}")
    assert main(["keys", "rotate"]) == 0
    assert "keys were sealed anew" in capsys.readouterr().out
    monkeypatch.setenv("SECRET_KEYS", new)
    at_desk(running)
    assert Settings.load().secret_keys


def test_it_is_refused_while_a_desk_that_runs_does_not_know_the_new_key(desk_home, monkeypatch, capsys):
    old, new = key(), key()
    monkeypatch.setenv("SECRET_KEYS", old)
    at_desk(running)
    monkeypatch.setenv("SECRET_KEYS", f"{new},{old}")
    assert main(["keys", "rotate"]) == 1
    assert "does not know the newest key" in capsys.readouterr().err
    monkeypatch.setenv("SECRET_KEYS", old)
    at_desk(running)


def test_no_key_is_printed(desk_home, monkeypatch, capsys):
    old = key()
    monkeypatch.setenv("SECRET_KEYS", old)
    at_desk(running)
    main(["keys", "rotate"])
    said = capsys.readouterr()
    assert old.strip("=") not in said.out + said.err
