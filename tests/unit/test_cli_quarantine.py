"""quarantine list, show, replay, ticket, drop: what could not be read safely."""

import json

import pytest

from bot.cli import main
from bot.store import inbox
from tests.unit.cli_desk import (
    at_desk,
    desk_home,  # noqa: F401 (a fixture)
    events,
    quarantine,
)

pytestmark = pytest.mark.usefixtures("desk_home")

READABLE = b"From: Kim <kim@letters.example>\r\nSubject: Data\r\n\r\nDelete it all.\r\n"
TWO_SENDERS = b"From: a@b.example, c@d.example\r\nSubject: Data\r\n\r\nWho am I?\r\n"


def put_aside(raw=READABLE, **facts):
    return str(at_desk(lambda desk: quarantine(desk, raw, **facts)))


def item(number):
    async def load(desk):
        async with desk.store.reading() as work:
            return await inbox.load(work, int(number))

    return at_desk(load)


def shown(capsys, reference):
    capsys.readouterr()
    assert main(["show", reference, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def made_ticket(capsys):
    return next(word.rstrip(",") for word in capsys.readouterr().out.split() if word.startswith("PR-"))


def test_items_are_listed_with_their_reason_and_due_date(capsys):
    number = put_aside(reason="It has two senders.")
    capsys.readouterr()
    assert main(["quarantine", "list"]) == 0
    (_, row) = capsys.readouterr().out.splitlines()
    assert row.split("\t") == [number, "2026-03-02T09:30:00+00:00", "2026-03-02", "It has two senders."]


def test_the_source_is_shown_and_cannot_steer_the_terminal(capsys):
    number = put_aside(b"From: a\x1b]0;gone\x07@b.example\r\n\r\n\xff \xe2\x80\xae turned\r\n")
    capsys.readouterr()
    assert main(["quarantine", "show", number]) == 0
    out = capsys.readouterr().out
    assert r"From: a\x1b]0;gone\x07@b.example" in out
    assert r"\xff \u202e turned" in out
    assert "two_senders" in out
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(out)


def test_only_the_beginning_of_a_long_source_is_shown(capsys):
    number = put_aside(b"A: " + b"x" * 150_000)
    capsys.readouterr()
    assert main(["quarantine", "show", number]) == 0
    out = capsys.readouterr().out
    assert len(out) < 110_000
    assert "50003 more bytes" in out


def test_a_replayed_item_is_new_again_with_its_tries_given_back():
    number = put_aside()
    assert main(["quarantine", "replay", number]) == 0
    again = item(number)
    assert (again.state, again.attempts, again.reason) == ("new", 0, "")


def test_a_ticket_is_made_in_triage_and_nothing_leaves_on_its_own(capsys):
    number = put_aside()
    assert main(["quarantine", "ticket", number]) == 0
    view = shown(capsys, reference := made_ticket(capsys))
    assert (view["status"], view["requester"]["address"]) == ("triage", "kim@letters.example")
    assert [(each["direction"], each["text"].strip()) for each in view["messages"]] == [("in", "Delete it all.")]
    assert view["received_at"] == "2026-03-02T09:30:00+00:00"
    assert item(number).state == "done"
    assert ("cli:ada", "taken_from_quarantine") in at_desk(lambda desk: events(desk, reference))


def test_a_mail_without_one_sender_needs_an_address(capsys):
    number = put_aside(TWO_SENDERS)
    assert main(["quarantine", "ticket", number]) == 1
    assert "--from" in capsys.readouterr().err
    assert main(["quarantine", "ticket", number, "--from", "c@d.example"]) == 0
    assert shown(capsys, made_ticket(capsys))["requester"]["address"] == "c@d.example"


@pytest.mark.parametrize("address", ["nobody", "a@b.example, c@d.example", "privacy@linden.example"])
def test_the_address_given_must_be_one_and_not_our_own(address):
    number = put_aside()
    assert main(["quarantine", "ticket", number, "--from", address]) == 1
    assert item(number).state == "quarantined"


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, b"From: x"])
def test_whatever_it_is_made_of_it_can_become_a_ticket(raw, capsys):
    number = put_aside(raw)
    assert main(["quarantine", "ticket", number, "--from", "kim@letters.example"]) == 0
    assert shown(capsys, made_ticket(capsys))["status"] == "triage"


def test_what_slack_sent_is_no_mail(capsys):
    number = put_aside(b"{}", source="slack")
    assert main(["quarantine", "ticket", number, "--from", "kim@letters.example"]) == 1
    assert "Only a mail" in capsys.readouterr().err


def test_a_dropped_item_keeps_the_reason_and_who_gave_it():
    number = put_aside()
    assert main(["quarantine", "drop", number, "--reason", "An advertisement."]) == 0
    dropped = item(number)
    assert (dropped.state, dropped.reason) == ("dropped", "An advertisement. (cli:ada)")
    assert main(["quarantine", "replay", number]) == 1


@pytest.mark.parametrize("words", [(), ("--reason", " \n")])
def test_a_drop_without_a_reason_is_bad_usage(words):
    number = put_aside()
    assert main(["quarantine", "drop", number, *words]) == 2
    assert item(number).state == "quarantined"


@pytest.mark.parametrize("command", ["show", "replay", "ticket"])
def test_an_item_that_is_not_there_is_a_negative_answer(command, capsys):
    assert main(["quarantine", command, "77"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_number_that_is_none_is_bad_usage(capsys):
    assert main(["quarantine", "show", "first"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
