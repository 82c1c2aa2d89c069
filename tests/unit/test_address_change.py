"""A wish for another contact address, in the languages of the lexicons, and who gains by it."""

from datetime import date

import pytest

from bot.domain.accounts import Account, Finding, Standing
from bot.domain.address_change import COOLING_OFF, is_asked_for, newcomers
from bot.domain.guards import cooling
from bot.domain.lawpack import LawPack
from bot.domain.laws import ClockFacts, deadlines
from bot.domain.particulars import particulars
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType
from tests.handlers.conftest import NOW

OLD, NEW = "old@post.example", "new@post.example"
ACCOUNT = Account("A-1", OLD, "Ida Berg", ("other@post.example",))
KNOWN = Finding(Standing.OWN, ACCOUNT)


def asked(text: str):
    return particulars(text, "Hello", date(2026, 3, 2), "en").new_address


@pytest.mark.parametrize(
    "text",
    [
        f"Please change my e-mail address to {NEW}.",
        f"Bitte ändern Sie meine E-Mail-Adresse von {OLD} auf {NEW}.",
        f"Merci de remplacer l'adresse {OLD} par {NEW}.",
        f"Quiero cambiar mi correo de {OLD} a {NEW}.",
        f"Vorrei aggiornare la mia e-mail: da {OLD} a {NEW}.",
        f"Graag mijn e-mailadres wijzigen in {NEW}.",
        f"Quero alterar o meu e-mail para {NEW}.",
        f"Proszę zmienić mój adres e-mail na {NEW}.",
        f"Jag vill ändra min e-post till {NEW}.",
        f"Jeg vil ændre min e-mail til {NEW}.",
        f"Prosím změňte můj e-mail na {NEW}.",
        f"Vreau să schimb adresa de email în {NEW}.",
        f"{OLD} is closed. My new address is {NEW}.",
    ],
)
def test_a_new_address_is_found_in_every_language(text):
    assert asked(text).value == NEW


@pytest.mark.parametrize(
    "text",
    [
        "Update the e-mail address of my account to the one that I write from.",
        f"I no longer use {OLD}, write to {NEW} please.",
        f"Change the email to {NEW}, or to {OLD}.",
    ],
)
def test_a_change_is_found_where_no_one_address_is_marked_as_the_new_one(text):
    assert asked(text).value == ""


@pytest.mark.parametrize(
    "text",
    [
        "Please correct my postal address.",
        "Please send me my data by e-mail.",
        f"My e-mail is {NEW}.",
        "Tell me whether anything was changed in the records of my purchases and visits to your shops in "
        "the last years, and whom you told of it by letter, telephone or e-mail.",
    ],
)
def test_what_speaks_of_mail_or_of_change_alone_asks_for_no_other_address(text):
    assert asked(text) is None


def test_what_was_found_is_told_without_the_address():
    says = particulars(f"Change my email to {NEW}.", "", date(2026, 3, 2), "en")
    assert "address_change" in says.codes
    assert NEW not in f"{says.codes} {says!r}"
    assert says.as_json()["new_address"]["value"] == NEW


def test_of_a_known_account_whatever_is_not_on_file_is_new():
    assert newcomers(OLD, (NEW, "other@post.example"), "", KNOWN) == (NEW,)
    assert newcomers(NEW, (OLD,), NEW, Finding(Standing.ELSEWHERE, ACCOUNT)) == (NEW,)


@pytest.mark.parametrize(
    ("sender", "marked", "gaining"),
    [(OLD, NEW, (NEW,)), (NEW, NEW, (NEW, OLD)), (NEW, "", (NEW, OLD)), ("NEW@post.example", NEW, None)],
)
def test_of_an_unknown_account_the_sender_is_new_unless_another_one_is_marked(sender, marked, gaining):
    named = (OLD if sender == NEW else NEW,)
    assert newcomers(sender, named, marked, Finding()) == (gaining or (sender, *named))


def test_a_letter_that_can_steal_nothing_is_not_taken_at_its_word():
    assert is_asked_for([RequestType.CORRECTION], abstained=False)
    assert is_asked_for([RequestType.OPT_OUT], abstained=True)
    assert not is_asked_for([RequestType.OPT_OUT, RequestType.POLICY_QUESTION], abstained=False)


def test_a_cooling_off_is_over_before_any_law_wants_an_answer():
    pack = LawPack.load()
    for law in (pack[code] for code in pack.codes()):
        due = deadlines(law, ClockFacts(received=NOW.date()), request_type=RequestType.ACCESS).respond_by
        assert due is None or due > (NOW + COOLING_OFF).date()


@pytest.mark.parametrize(
    ("types", "outcome", "waits"),
    [
        ([RequestType.ACCESS], Outcome.FULFILLED, True),
        ([RequestType.PORTABILITY], Outcome.PARTLY_FULFILLED, True),
        ([RequestType.DELETION], Outcome.FULFILLED, True),
        ([RequestType.CORRECTION], Outcome.FULFILLED, False),
        ([RequestType.ACCESS], Outcome.DENIED, False),
    ],
)
def test_what_waits_for_the_end_of_a_cooling_off(types, outcome, waits):
    ticket = Ticket(cooling_until=NOW + COOLING_OFF)
    assert bool(cooling(ticket, types, outcome, NOW)) is waits
    assert cooling(ticket, types, outcome, NOW + COOLING_OFF) is None
    assert cooling(Ticket(), types, outcome, NOW) is None
