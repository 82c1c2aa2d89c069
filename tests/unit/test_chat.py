"""What people type in Slack: markup becomes text, and a few words mean something by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.interactions import Said, press_of, said_of
from bot.domain.chat import address_in, agrees, asks_status, greets, in_sentences, plain_text, withdraws

HELP = {"C0HELP"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<https://real.example|https://shown.example>", "https://shown.example (https://real.example)"),
        ("<https://real.example>", "https://real.example"),
        ("<@U123> and <#C1|help>", "@U123 and help"),
        ("<!channel>", "!channel"),
    ],
)
def test_markup_becomes_what_its_writer_saw(typed: str, read: str) -> None:
    assert plain_text(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("please delete\nmy account\nand all data", "please delete my account and all data"),
        ("It is broken.\nplease help", "It is broken.\nplease help"),
        ("Hello\nPlease delete it", "Hello\nPlease delete it"),
        ("- one\n- two", "- one\n- two"),
    ],
)
def test_a_sentence_that_goes_on_in_the_next_line_is_one(typed: str, read: str) -> None:
    assert in_sentences(typed) == read


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(plain_text(text), str)
    withdraws(text), greets(text), asks_status(text), agrees(text), address_in(text)


@pytest.mark.parametrize(
    "text", ["withdraw", "I withdraw my request.", "please cancel it", "withdraw PR-0A1B2C3D"]
)
def test_a_request_is_taken_back_in_words(text: str) -> None:
    assert withdraws(text)


@pytest.mark.parametrize(
    "text",
    [
        "retirer",
        "«\u202fretirer\u202f»",
        "Je retire ma demande.",
        "retirar",
        "Retiro mi solicitud",
        "ritirare",
        "Ritiro la mia richiesta.",
        "“retirar”",
        "Retiro o meu pedido",
        "zurückziehen",
        "‘intrekken’",
        "Ik trek mijn verzoek in.",
        "wycofaj",
        "Wycofuję mój wniosek.",
    ],
)
def test_a_request_is_taken_back_in_the_words_that_letters_name(text: str) -> None:
    assert withdraws(text)


@pytest.mark.parametrize("text", ["status", "statut", "« Statut »", "estado", "stato", "“estado”"])
def test_a_bare_word_asks_where_a_request_stands(text: str) -> None:
    assert asks_status(text)


@pytest.mark.parametrize(
    "text",
    [
        "Je retire mon consentement",
        "retirar el consentimiento",
        "ritiro il consenso",
        "cancelar a minha conta",
        "wycofuję zgodę",
    ],
)
def test_who_takes_back_a_consent_takes_back_no_request(text: str) -> None:
    assert not withdraws(text)


@pytest.mark.parametrize(
    "text",
    ["I withdraw my consent to marketing", "cancel my account", "Please cancel my subscription", "withdrawal"],
)
def test_what_is_a_request_itself_takes_none_back(text: str) -> None:
    assert not withdraws(text)


@pytest.mark.parametrize(
    ("text", "said"), [("Yes, please!", True), ("ok", True), ("Sì", True), ("No thanks", False), ("Yes but", None)]
)
def test_yes_and_no(text: str, said: bool | None) -> None:
    assert agrees(text) is said


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("it's robin@letters.example.", "robin@letters.example"),
        ("<robin@letters.example>", "robin@letters.example"),
        ("robin@letters", None),
        ("a@b.example or c@d.example", None),
        ("privacy", None),
    ],
)
def test_an_address_is_read_where_there_is_exactly_one(text: str, address: str | None) -> None:
    assert address_in(text) == address


# ---- events ------------------------------------------------------------------------------------------------


def event(**more: object) -> dict[str, object]:
    what = {"type": "message", "channel": "C0HELP", "channel_type": "channel", "user": "U1", "ts": "1.000001"}
    return {"type": "event_callback", "event_id": "Ev1", "event": {**what, "text": "hi", **more}}


def heard(**more: object) -> Said | None:
    return said_of(event(**more), HELP)


def test_a_message_is_named_by_its_place_and_a_change_of_it_by_the_event() -> None:
    said = heard()
    assert said is not None
    assert (said.change, said.origin, said.direct) == ("said", "slack/C0HELP/1.000001", False)
    before, after = ({"user": "U1", "ts": "1.000001", "text": text} for text in ("hi", "hello"))
    edited = heard(subtype="message_changed", message=after, previous_message=before, ts="2.000001")
    assert edited is not None
    assert (edited.change, edited.text, edited.message) == ("edited", "hello", said.origin)
    assert edited.origin != said.origin
    gone = heard(subtype="message_deleted", previous_message=before, ts="3.000001")
    assert gone is not None
    assert (gone.change, gone.message) == ("deleted", said.origin)


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"user": "USLACKBOT"},
        {"user": ""},
        {"channel": "C0OTHER"},
        {"ts": "soon"},
        {"channel_type": "mpim", "channel": "G1"},
        {
            "subtype": "message_changed",
            "message": {"user": "U1", "ts": "1.1", "text": "x"},
            "previous_message": {"text": "x"},
        },
    ],
)
def test_what_no_person_says_to_or_before_the_desk_is_not_heard(more: dict[str, object]) -> None:
    assert heard(**more) is None


def test_a_payload_without_anything_in_it_is_nothing() -> None:
    assert press_of({}) is None
    assert said_of({}, HELP) is None
    assert press_of({"type": "block_actions"}) is None
