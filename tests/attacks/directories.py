"""A desk with a directory of accounts, for the tests of attacks, and hands to reply for people."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from bot.adapters.accounts import DirectoryDown
from bot.adapters.accounts.directory import fitting
from bot.domain.accounts import Account
from bot.store.tables import TicketRow
from tests.handlers.conftest import ERASE, Bench, bench, code_of

assert bench

IDA, WORK = "ida@berg.example", "ida.berg@work.example"
KAI = "kai@berg.example"
ACCOUNTS = (
    Account("A-17", IDA, "Ida Berg", (WORK,), {"birth_date": "1990-05-04"}),
    Account("A-18", KAI, "Kai Berg"),
)
ABOUT_IDA = f"{ERASE} My account is under {IDA}."
ACCESS = "Please send me a copy of all the personal data that you hold about me."


class Book:
    """A directory of accounts that can fail."""

    def __init__(self, accounts=ACCOUNTS):
        self.accounts, self.down, self.asked = accounts, False, []

    async def find(self, *, address="", account_id="", name=""):
        self.asked.append(address or account_id or name)
        if self.down:
            raise DirectoryDown("it is down")
        return fitting(self.accounts, address, account_id, name)

    async def examine(self):
        return "well"

    async def close(self):
        """Nothing stays open."""


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def listed(bench, book):
    """A desk with a directory of accounts."""
    return replace(bench, desk=replace(bench.desk, accounts=book))


def to(letters: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [each for each in letters if each["To"] == address]


async def case_of(bench: Bench, text: str, sender: str, **more) -> str:
    """The reference of the ticket of a letter."""
    return (await bench.case(await bench.write(text, sender=sender, **more))).reference


async def answered(bench: Bench, sender: str) -> EmailMessage:
    """This sender replies to the last letter that they got with its code."""
    letter = to(await bench.letters(), sender)[-1]
    await bench.write(code_of(letter), sender=sender, answers=letter)
    return letter


async def row_of(bench: Bench, reference: str) -> TicketRow:
    return (await bench.case(reference)).row
