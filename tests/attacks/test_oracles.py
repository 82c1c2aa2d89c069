"""Attacks by people who want to know who has an account."""

import re
from datetime import timedelta

import pytest

from bot.domain.accounts import Account
from bot.store import outbox
from tests.attacks.directories import ABOUT_IDA, IDA, answered, book, listed, to
from tests.handlers.conftest import ERASE, EVE, Bench, bench, code_of, text_of

FIXTURES = (bench, book, listed)


# ---- who wants to know who has an account ------------------------------------------------------------------

_VARIES = re.compile(
    rb"PR-[0-9A-Z]{8}|pr-[\w.]+@[\w.]+|\d+\.[0-9a-f]{8}@letters\.example|^\d{8}\r$|>\d{8}<|=_[0-9a-f]{32}"
    rb"|p\d+@(?:known|other)\.example",
    re.MULTILINE,
)


_ON_THE_WAY = (
    "00000000",
    "CODE",
    "CODE",
    "What is the status of my request?",
    "Please send me a new code.",
    "Thank you!",
    "Please also send me a copy of all the personal data that you hold about me.",
    "What is the status of my request?",
)


async def _mails(bench: Bench, sender: str, text: str, *, whole: bool) -> tuple[bytes, ...]:
    """What this sender is mailed on the way of a request, without what is another in each mail."""
    index, before = bench.desk.store.keys.address_index(sender), len(await bench.queued())
    await bench.write(text, sender=sender)
    letter = to((await bench.letters())[before:], sender)[0]
    for said in _ON_THE_WAY if whole else _ON_THE_WAY[1:2]:
        await bench.write(said.replace("CODE", code_of(letter)), sender=sender, answers=letter)
    rows = (await bench.queued())[before:]
    async with bench.desk.store.reading() as work:
        raws = [await outbox.payload_of(work, each) for each in rows if each.address_index == index]
        for row in rows:
            outbox.dead(work, row, "looked at")
        await work.session.commit()
    return tuple(_VARIES.sub(b"*", raw.replace(b"=\r\n", b"")) for raw in raws)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("pairs", "wholly"), [(4, 2), pytest.param(200, 8, marks=pytest.mark.slow)])
async def test_t59_known_and_unknown_get_the_same_mails(listed, book, pairs, wholly):
    """A customer and a stranger, or strangers who name an account that is there and one that is not."""
    book.accounts = tuple(Account(f"K-{n}", f"p{n}@known.example", f"Person {n}") for n in range(200))
    short, whole = set(), set()
    for n in range(pairs):
        named = f"{ERASE} It is under p{n}@{{}}.example." if n % 2 else ERASE
        senders = ("other", "other") if n % 2 else ("known", "other")
        for sender, account in zip(senders, ("known", "nowhere"), strict=True):
            who = f"p{n + 1000 * (account == 'nowhere')}@{sender}.example"
            seen = whole if n < wholly else short
            seen.add(await _mails(listed, who, named.format(account), whole=n < wholly))
    assert [len(each) for each in short] == [2]
    assert [len(each) for each in whole] == [8]


async def test_t59_a_date_that_proof_moves_tells_nothing(listed):
    """Under the UK GDPR the month begins with the proof of identity; an account elsewhere has none yet."""
    promised = set()
    for text, sender in ((ERASE, IDA), (ABOUT_IDA, EVE)):
        await listed.write(f"{text} This is a request under the UK GDPR.", sender=sender)
        listed.clock.forward(hours=20)
        await answered(listed, sender)
        promised.add(re.search(r"answer by (.+)\.", text_of(to(await listed.letters(), sender)[-1]))[1])
        listed.clock.at -= timedelta(hours=20)
    assert promised == {"2 April 2026"}
