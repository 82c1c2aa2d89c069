import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.appeals import appeals, asked_anew
from bot.domain.events import Opened
from bot.domain.lifecycle import advance
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType
from tests.unit.test_lifecycle import NOW, REFUSED

ACCESS, DELETION, OBJECTION = RequestType.ACCESS, RequestType.DELETION, RequestType.OBJECTION
COMPLAINT, OPT_OUT = RequestType.COMPLAINT, RequestType.OPT_OUT
APPEAL = "I appeal against your decision."


@pytest.mark.parametrize(
    "text",
    [
        APPEAL,
        "Please treat this as an appeal.",
        "I do not accept your refusal and want somebody else to look at it.",
        "You refused my request. Please reconsider.",
        "I disagree.",
        "I do not accept\nyour refusal.",
        "I'd like to challenge the denial of my request.",
        "Gegen Ihre Entscheidung lege ich Widerspruch ein.",
        "Mit der Ablehnung meines Antrags bin ich nicht einverstanden.",
        "Je conteste votre décision.",
        "Je souhaite former un recours contre ce refus.",
        "No estoy de acuerdo con su negativa.",
        "Presento ricorso contro il diniego.",
        "Ik ben het niet eens met uw beslissing.",
        "Odwołuję się od tej decyzji.",
        "Não concordo com a vossa recusa.",
        "Jag vill överklaga ert avslag.",
        "Jeg klager over jeres afslag.",
        "Proti tomuto rozhodnutí podávám námitky.",
        "Contest decizia dumneavoastră.",
        "我不服这个决定。",
        "異議を申し立てます。異議申立",
        "이의 신청합니다.",
    ],
)
def test_who_does_not_accept_a_decision_appeals(text):
    assert appeals(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you, that is what I wanted to know.",
        "I will not appeal.",
        "That does not appeal to me.",
        "When will my copy come?",
        "My new address is 5 Elm Road.",
        "Ich widerspreche der Nutzung meiner Daten für Werbung.",
        "Odwołuję zgodę na przetwarzanie moich danych.",
        "Je m'oppose à la prospection.",
    ],
)
def test_other_words_are_no_appeal(text):
    assert not appeals(text)


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    assert appeals(text) in (True, False)


def test_a_long_letter_is_read_at_its_beginning_alone():
    assert not appeals(" " * 30_000 + APPEAL)


def test_an_appeal_names_what_was_refused_and_asks_for_nothing_of_it_again():
    assert asked_anew(REFUSED, (ACCESS,), APPEAL) == ((COMPLAINT,), True)
    assert asked_anew(REFUSED, (OBJECTION,), APPEAL) == ((COMPLAINT,), True)
    assert asked_anew(REFUSED, (), APPEAL) == ((COMPLAINT,), True)


def test_an_appeal_may_ask_for_something_else_too():
    assert asked_anew(REFUSED, (ACCESS, OPT_OUT), APPEAL) == ((COMPLAINT, OPT_OUT), True)


def test_the_words_of_an_appeal_are_none_where_nothing_was_refused():
    ticket, _ = advance(None, Opened(NOW, (ACCESS,), True))
    assert asked_anew(ticket, (OBJECTION,), APPEAL) == ((OBJECTION,), False)
    done = ticket.with_outcome((ACCESS,), Outcome.FULFILLED, NOW)
    assert asked_anew(done, (OBJECTION,), APPEAL) == ((), False)


def test_after_closure_only_a_complaint_is_more_than_a_further_word():
    assert asked_anew(REFUSED, (DELETION,), "Delete it.") == ((), False)
    assert asked_anew(REFUSED, (DELETION, COMPLAINT), "I complain.") == ((DELETION, COMPLAINT), False)


def test_a_complaint_that_is_open_is_not_opened_twice():
    assert asked_anew(Ticket().with_requests((COMPLAINT,), NOW), (COMPLAINT,), "I complain.") == ((), False)


def test_a_fulfilled_right_cannot_be_appealed_and_a_refused_one_can():
    assert REFUSED.refused_types == (ACCESS,)
