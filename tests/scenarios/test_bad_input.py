"""What cannot be read or must not be answered is kept for a person, and the next mail goes on."""

from itertools import count
from typing import Any

import pytest

from tests.scenarios.outside import DESK, World, letter, until

ASKS = "Please delete my account and all personal data you hold about me."
OPT_OUT = "Please stop selling and sharing my personal data for advertising."
HEAD = f"To: {DESK}\nSubject: My data\nMessage-ID: <{{name}}@writer.example>\n"
PLAIN = f"\n{ASKS}\n"
NUMBERS = count(1)


def head(name: str, more: str = "") -> bytes:
    return (HEAD.format(name=name) + more).encode()


def nested(depth: int) -> bytes:
    lines = [f'Content-Type: multipart/mixed; boundary="{each}"\n\n--{each}\n' for each in range(depth)]
    return head("nested", "From: nested@writer.example\nMIME-Version: 1.0\n") + "".join(lines).encode()


async def next_mail_goes_on(world: World) -> None:
    await world.acknowledged(OPT_OUT, sender=f"next{next(NUMBERS)}@writer.example")


async def aside(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await world.desk.answer("tickets", "--status", "quarantined")
    return found


UNREADABLE = {
    "no From": head("no-from") + PLAIN.encode(),
    "two From": head("two", "From: one@writer.example\nFrom: two@writer.example\n") + PLAIN.encode(),
    "two addresses in From": head("pair", "From: one@writer.example, two@writer.example\n") + PLAIN.encode(),
    "an address in front of another": head("front", "From: one@writer.example <two@other.example>\n")
    + PLAIN.encode(),
    "garbage": bytes(range(256)) * 40,
    "nothing": b"\n",
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_has_no_one_sender_is_quarantined_and_staff_are_told(town: World, case: str) -> None:
    told, left = len(town.alerts("quarantine")), len(town.sink.messages)
    await town.deliver(UNREADABLE[case])
    await next_mail_goes_on(town)
    await until(lambda: len(town.alerts("quarantine")) == told + 1)
    assert len(town.sink.messages) == left + 1
    item = (await aside(town))[-1]
    assert f"quarantine show {item['quarantine']}" in town.alerts("quarantine")[-1]
    assert item["due_at"]


STRANGE = {
    "an unknown charset": head(
        "charset", "From: charset@writer.example\nContent-Type: text/plain; charset=klingon-8\n"
    )
    + PLAIN.encode(),
    "no body": head("empty", "From: empty@writer.example\n") + b"\n",
    "three thousand nested parts": nested(3000),
}


@pytest.mark.parametrize("case", STRANGE)
async def test_what_can_hardly_be_read_is_kept_for_a_person(town: World, case: str) -> None:
    before = len(await aside(town)) + len(await town.tickets())
    await town.deliver(STRANGE[case])
    await next_mail_goes_on(town)
    tickets, items = await town.tickets(), await aside(town)
    assert len(tickets) + len(items) == before + 2
    assert all(each["due_at"] for each in tickets)


UNANSWERED = {
    "a mailing list": {"List-Id": "<news.lists.example>"},
    "bulk mail": {"Precedence": "bulk"},
    "an automatic form": {"Auto-Submitted": "auto-generated"},
}


@pytest.mark.parametrize("case", UNANSWERED)
async def test_what_no_person_sent_directly_goes_to_triage_without_an_answer(town: World, case: str) -> None:
    sender = f"unanswered{next(NUMBERS)}@writer.example"
    await town.write(ASKS, sender=sender, headers=UNANSWERED[case])
    await next_mail_goes_on(town)
    (ticket,) = await town.of(sender)
    assert ticket["status"] == "triage"
    assert not town.mails_to(sender)


async def test_a_message_id_seen_before_with_other_content_is_a_mail_of_its_own(town: World) -> None:
    headers = {"Message-ID": "<the.same@writer.example>"}
    first, second = "first@writer.example", "second@writer.example"
    await town.acknowledged(ASKS, sender=first, headers=headers)
    await town.acknowledged(OPT_OUT, sender=second, headers=headers)
    assert len(await town.of(first)) == len(await town.of(second)) == 1


async def test_the_same_mail_delivered_twice_is_one_ticket(town: World) -> None:
    twice = "twice@writer.example"
    raw = letter(ASKS, sender=twice)
    await town.deliver(raw)
    await town.deliver(raw)
    await next_mail_goes_on(town)
    assert len(await town.of(twice)) == 1
    assert len(town.mails_to(twice)) == 1


async def test_a_mail_beyond_the_limit_is_a_ticket_in_triage_and_stays_in_the_mailbox(town: World) -> None:
    large = "large@writer.example"
    attachment = b"A" * 76 + b"\r\n"
    raw = head("large", f"From: {large}\nContent-Type: multipart/mixed; boundary=b\n") + (
        f"\n--b\nContent-Type: text/plain\n\n{ASKS}\n--b\nContent-Type: application/zip\n\n".encode()
    )
    await town.deliver(raw + attachment * (30 * 2**20 // len(attachment)) + b"\n--b--\n")
    (ticket,) = await until(lambda: town.of(large))
    assert ticket["status"] == "triage"
    await next_mail_goes_on(town)
    with town.dovecot.session(town.mailbox, "INBOX") as client:
        assert client.search(["LARGER", str(25 * 2**20)])
