"""People who write for or about others: what a letter shows of it, and what that does to a ticket."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.claims import claimed
from bot.domain.concerns import CONCERNS, sentences
from bot.domain.events import Added, Opened, Propose, Proven, Typed, Vouched, Write
from bot.domain.lifecycle import Refused, advance
from bot.domain.particulars import particulars
from bot.domain.representation import (
    AUTHORITY_SENT,
    CHILD,
    NO_AUTHORITY,
    Capacity,
    capacity_in,
    capacity_of,
    concerns_of,
    ended_by_owner,
    unauthorised,
)
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import RequestType, Status

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ACCESS, OBJECTION, OPT_OUT = RequestType.ACCESS, RequestType.OBJECTION, RequestType.OPT_OUT


def read(text, language="en"):
    return particulars(text, "", date(2026, 3, 2), language)


# ---- what a letter shows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "capacity"),
    [
        ("We represent Ms Robin Reed.", Capacity.AGENT),
        ("I hold a power of attorney.", Capacity.AGENT),
        ("On behalf of my mother I ask for a copy.", Capacity.AGENT),
        ("Eine Vollmacht liegt bei.", Capacity.AGENT),
        ("As the legal guardian of Mia Reed I ask for a copy.", Capacity.GUARDIAN),
        ("Bitte löschen Sie die Daten meiner Tochter.", Capacity.PARENT),
        ("Please close the account of my late husband.", Capacity.HEIR),
        ("Please send me my wife's data.", Capacity.THIRD_PARTY),
        ("What do you hold in the account of my ex?", Capacity.THIRD_PARTY),
        ("Bitte löschen Sie das Konto meiner Frau.", Capacity.THIRD_PARTY),
        ("Envoyez-moi les données de mon employé.", Capacity.THIRD_PARTY),
        ("Quiero los datos de mi vecino.", Capacity.THIRD_PARTY),
        ("Vorrei i dati di mia moglie.", Capacity.THIRD_PARTY),
        ("Verwijder het account van mijn vrouw.", Capacity.THIRD_PARTY),
        ("Quero os dados do meu vizinho.", Capacity.THIRD_PARTY),
        ("Proszę o dane mojego pracownika.", Capacity.THIRD_PARTY),
        ("Skicka mig uppgifter om min granne.", Capacity.THIRD_PARTY),
        ("Slet min kollega konto.", Capacity.THIRD_PARTY),
        ("Pošlete mi údaje mého souseda.", Capacity.THIRD_PARTY),
        ("Vreau datele vecinului meu.", Capacity.THIRD_PARTY),
    ],
)
def test_as_what_somebody_writes(text, capacity):
    assert capacity_of(read(text)) is capacity


@pytest.mark.parametrize(
    "text",
    [
        "Please delete my account.",
        "My husband and I have left; please delete my account.",
        "Delete my data, my wife has done so already.",
        "I shared my account with my ex. Delete my data.",
        "Sorry for my late reply. Please delete my account.",
        "My friend told me about you. Do you sell data?",
        "Bitte löschen Sie meine Daten, meine Frau hat es schon getan.",
        "Vă rog să ștergeți datele mele.",
    ],
)
def test_who_writes_for_themselves_has_no_capacity(text):
    assert capacity_of(read(text)) is None


def test_who_acts_for_somebody_asks_about_nobody_else():
    says = read("I write on behalf of my wife. Send me the data of my wife.")
    assert (says.agent.code, says.about_other) == ("other", None)


@pytest.mark.parametrize(
    "text",
    [
        "I am 13 years old.",
        "My account belongs to a 12-year-old.",
        "Ich bin 15 Jahre alt.",
        "J'ai 14 ans.",
        "Tengo 16 años.",
        "Ho 12 anni.",
        "Ik ben 11 jaar oud.",
        "Tenho 15 anos.",
        "Mam 13 lat.",
        "Jag är 14 år.",
        "Jeg er 14 år.",
        "Je mi 12 let.",
        "Am 13 ani.",
        "I am a minor.",
        "Mein Kind ist minderjährig.",
    ],
)
def test_a_child_is_seen(text):
    assert read(text).child


@pytest.mark.parametrize(
    "text",
    [
        "I am 34 years old.",
        "A customer for 13 years.",
        "Kunde seit 12 Jahren.",
        "Client depuis 10 ans.",
        "Mam konto 5 lat.",
        "A minor issue.",
    ],
)
def test_who_is_no_child_is_not_called_one(text):
    assert read(text).child is None


def test_codes_name_a_third_party_and_a_child_without_the_letters_words():
    assert read("I am 13 years old. Send me my mother's data.").codes == ("about_other", "child")


# ---- what staff look at ------------------------------------------------------------------------------------


def test_a_letter_for_oneself_raises_nothing():
    assert concerns_of(read("Please delete my account."), attached=True) == ()


def test_a_parent_writes_for_a_child_and_has_shown_nothing_yet():
    says = read("Please delete the account of my son.")
    assert concerns_of(says, attached=False) == (Capacity.PARENT, CHILD, NO_AUTHORITY)


def test_what_came_along_may_be_the_authority():
    assert concerns_of(read("I hold a power of attorney."), attached=True)[-1] == AUTHORITY_SENT


def test_every_concern_has_its_sentence():
    assert {*Capacity, CHILD, NO_AUTHORITY, AUTHORITY_SENT} <= set(CONCERNS)
    assert len(sentences([Capacity.HEIR, NO_AUTHORITY])) == 2


def test_authority_changes_what_is_missing_and_not_as_what_somebody_writes():
    concerns = [Capacity.AGENT, NO_AUTHORITY]
    assert (capacity_in(concerns), unauthorised(concerns)) == (Capacity.AGENT, Capacity.AGENT)
    assert (capacity_in(concerns[:1]), unauthorised(concerns[:1])) == (Capacity.AGENT, None)


def test_nobody_confirms_in_place_of_the_dead():
    assert ended_by_owner([Capacity.HEIR, NO_AUTHORITY]) == ()
    assert NO_AUTHORITY in ended_by_owner([Capacity.AGENT, NO_AUTHORITY])


# ---- whose account it is -----------------------------------------------------------------------------------


def test_the_name_looked_up_is_of_whom_somebody_acts_for():
    text = "I write on behalf of Ms Ida Berg."
    claims = claimed("eve@firm.example", "Eva Law", text, (), read(text))
    assert (claims.name, claims.given["name"]) == ("Ida Berg", ("Ida Berg",))


def test_an_address_in_the_senders_name_is_a_claim_even_where_they_act_for_somebody():
    text = "I write on behalf of Ms Ida Berg."
    claims = claimed("eve@firm.example", "kai@berg.example", text, (), read(text))
    assert claims.addresses == ("kai@berg.example",)


def test_labelled_data_are_looked_up_and_compared():
    text = "Username: idaberg\nDate of birth: 4 May 1990\nName: Ida Berg\nPhone: +49 30 1234567"
    claims = claimed("a@b.example", "I. B.", text, (), read(text))
    assert claims.ids == ("idaberg",)
    assert claims.given["name"] == ("I. B.", "Ida Berg")
    assert {"birth_date", "phone"} <= set(claims.given)


# ---- what it does to a ticket ------------------------------------------------------------------------------


def opened(capacity, *types, **facts):
    return advance(Ticket(acting=capacity), Opened(NOW, types, sure=True, **facts))


@pytest.mark.parametrize("capacity", list(Capacity))
def test_no_code_and_no_pass_proves_a_request_for_somebody_else(capacity):
    ticket, _ = opened(capacity, ACCESS, OBJECTION, mailbox_proven=True)
    ticket, effects = advance(ticket, Proven(NOW))
    assert ticket.unproven_types == (ACCESS, OBJECTION)
    assert effects == (Write("verified"),)


@pytest.mark.parametrize("capacity", list(Capacity))
def test_staff_record_authority_only_for_a_mailbox_that_is_proven(capacity):
    ticket, _ = opened(capacity, ACCESS)
    with pytest.raises(Refused):
        advance(ticket, Vouched(NOW))
    ticket, effects = advance(ticket, Vouched(NOW, mailbox_proven=True))
    assert (ticket.status, ticket.acting) == (Status.OPEN, None)
    assert effects == (Propose("fulfilled", (ACCESS,)),)


def test_who_writes_for_themselves_is_verified_by_hand_as_ever():
    ticket, _ = opened(None, ACCESS)
    assert advance(ticket, Vouched(NOW))[0].verified


def test_an_opt_out_waits_for_no_authority():
    """11 CCR 7026(j) lets a business ask for permission, and does not make it."""
    _, effects = opened(Capacity.AGENT, OPT_OUT)
    assert effects == (Write("acknowledgement"), Propose("fulfilled", (OPT_OUT,)))


def test_who_asks_about_a_third_party_is_proposed_an_explanation_for_each_right_once():
    ticket, effects = opened(Capacity.THIRD_PARTY, ACCESS, OPT_OUT)
    assert effects[1:] == (Propose("third_party", (ACCESS, OPT_OUT)),)
    _, effects = advance(ticket, Added(NOW, (OBJECTION,)))
    assert effects[1:] == (Propose("third_party", (OBJECTION,)),)


def test_what_staff_sort_is_explained_about_as_well():
    ticket, _ = advance(Ticket(acting=Capacity.THIRD_PARTY), Opened(NOW, (ACCESS,), sure=False))
    _, effects = advance(ticket, Typed(NOW, (ACCESS,)))
    assert effects == (Write("acknowledgement", code=True), Propose("third_party", (ACCESS,)))
