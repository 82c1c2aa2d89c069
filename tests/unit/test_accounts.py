"""Whose account it is: addresses that match or only look alike, what standings are worth, data points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.accounts import (
    DENIED,
    Account,
    Claims,
    Finding,
    Standing,
    compare,
    folded,
    is_mailable,
    weigh,
    worth,
)
from bot.domain.claims import MOST, claimed, shows_identity_document
from bot.domain.identity import Proof
from bot.domain.mail import Attachment

IDA = Account("A-17", "ida@berg.example", "Ida Berg", ("ida.berg@work.example",))
KAI = Account("A-18", "kai@berg.example", "Kai Berg")
DESK = ("privacy@linden.example",)


# ---- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["ida@berg.example", "IDA@Berg.example", "Ida.Berg@work.example"])
def test_an_address_matches_however_its_ascii_letters_are_written(address: str) -> None:
    assert IDA.spelled(address) in IDA.addresses


@pytest.mark.parametrize(
    "address",
    [
        "іda@berg.example",  # a Cyrillic i
        "ıda@berg.example",  # without its dot
        "İda@berg.example",
        "ida@bеrg.example",  # a Cyrillic e
        "ida+a@berg.example",
        "i.da@berg.example",
        "ida@berg.example.evil.example",
        "ida@xn--berg-8ya.example",
        "ida\x00@berg.example",
        "ida@berg.example ",
        "ｉda@berg.example",
        "",
    ],
)
def test_what_only_looks_alike_does_not_match(address: str) -> None:
    assert IDA.spelled(address) is None


@given(st.text(max_size=40))
def test_no_other_text_than_the_address_itself_folds_to_it(text: str) -> None:
    if folded(text) == "ida@berg.example":
        assert text.isascii()
        assert text.lower() == "ida@berg.example"


@pytest.mark.parametrize(
    "address", ["", "ida", "a@b.example, c@d.example", "Ida <ida@berg.example>", "a@b\r\nBcc: x"]
)
def test_the_desk_writes_only_to_what_is_exactly_one_address(address: str) -> None:
    assert not is_mailable(address)


# ---- standings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "own", "claims", "namesakes", "standing"),
    [
        ("ida@berg.example", [IDA], [], [], Standing.OWN),
        ("ida@berg.example", [IDA], [IDA], [], Standing.OWN),
        ("ida@berg.example", [IDA], [KAI], [], Standing.ELSEWHERE),
        ("eve@evil.example", [], [IDA], [], Standing.ELSEWHERE),
        ("eve@evil.example", [], [IDA, IDA], [], Standing.ELSEWHERE),
        ("eve@evil.example", [], [IDA, KAI], [], Standing.SEVERAL),
        ("eve@evil.example", [], [], [IDA], Standing.NAMESAKE),
        ("ida@berg.example", [IDA], [], [KAI], Standing.OWN),
        ("eve@evil.example", [], [], [], Standing.UNKNOWN),
    ],
)
def test_how_a_sender_stands_to_what_the_letter_claims(sender, own, claims, namesakes, standing) -> None:
    assert weigh(sender, Claims(), own, claims, namesakes).standing is standing


def test_a_letter_that_names_more_than_anybody_would_is_for_a_person() -> None:
    assert weigh("ida@berg.example", Claims(too_many=True), [IDA], [], []).standing is Standing.SEVERAL


def test_only_an_account_elsewhere_has_somebody_to_confirm() -> None:
    assert Finding(Standing.ELSEWHERE, IDA).on_file == "ida@berg.example"
    assert Finding(Standing.OWN, IDA).on_file is None
    assert Finding(Standing.ELSEWHERE, Account("1", "no address")).on_file is None


@pytest.mark.parametrize("standing", list(Standing))
def test_a_code_proves_the_account_only_where_nothing_speaks_against_it(standing: Standing) -> None:
    trusted = {Standing.NO_DIRECTORY, Standing.OWN, Standing.UNKNOWN}
    assert worth([standing]) is (Proof.ON_FILE if standing in trusted else Proof.MAILBOX)
    assert worth([standing, DENIED]) is Proof.MAILBOX


# ---- data points ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_file", "given_", "word"),
    [
        ("1990-05-04", ("4.5.1990",), "matches"),
        ("1990-05-04", ("04/05/1990",), "matches"),
        ("1990-05-04", ("5.5.1990",), "differs"),
        ("1990-05-04", ("the fourth of May",), "not given"),
        ("+49 170 1234567", ("0170/1234567",), "matches"),
        ("+49 170 1234567", ("0170/1234568",), "differs"),
        ("77-15 B", ("7715b",), "matches"),
        ("77-15", ("7716", "7715"), "matches"),
        ("Ida Berg", ("IDA  BERG",), "matches"),
        ("Ida Berg", ("Eve Berg",), "differs"),
        ("Ida Berg", (), "not given"),
        ("Ida Berg", ("—",), "not given"),
    ],
)
def test_data_points_are_compared_in_any_usual_spelling(on_file: str, given_: tuple[str, ...], word: str) -> None:
    account = Account("1", "a@b.example", data={"Point": on_file})
    assert compare(account, {"point": given_}) == {"Point": word}


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_comparison_answers_with_a_word_and_never_with_a_value(on_file: str, given_: str) -> None:
    account = Account("1", "a@b.example", data={"point": on_file})
    assert set(compare(account, {"point": (given_,)}).values()) <= {"matches", "differs", "not given"}


def test_no_value_of_an_account_stands_in_its_repr() -> None:
    shown = repr(
        Finding(Standing.OWN, Account("A-17", "ida@berg.example", "Ida", ("x@y.example",), {"born": "1990"}))
    )
    assert not [each for each in ("A-17", "ida", "Ida", "x@y", "1990") if each in shown]


# ---- claims -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "My account number is 77-15.",
        "Account no: 77-15",
        "customer id 77-15",
        "Meine Kundennummer lautet 77-15",
        "Kunden-Nr.: 77-15",
        "Benutzerkennung: 77-15",
        "mon numéro de client : 77-15",
        "Número de cliente: 77-15",
        "numero cliente 77-15",
        "klantnummer: 77-15",
        "número da conta 77-15",
        "numer klienta: 77-15",
        "kundnummer 77-15",
        "Kundenummer: 77-15",
        "číslo zákazníka: 77-15",
        "numărul contului: 77-15",
    ],
)
def test_an_account_number_is_found_behind_its_label(text: str) -> None:
    assert claimed("a@b.example", "", text, DESK).ids == ("77-15",)


@pytest.mark.parametrize(
    "text", ["I have no account with you since 2019.", "77-15", "contact number 0123", "account is"]
)
def test_what_is_labelled_as_something_else_is_no_account_number(text: str) -> None:
    assert claimed("a@b.example", "", text, DESK).ids == ()


def test_other_addresses_are_claims_and_the_senders_and_ours_are_not() -> None:
    text = "From A@b.example to Privacy@linden.example: it is under ida@berg.example, or ida@berg.example."
    assert claimed("a@b.example", "", text, DESK).addresses == ("ida@berg.example",)


def test_more_addresses_than_are_looked_up_are_noticed() -> None:
    text = " ".join(f"p{n}@berg.example" for n in range(MOST + 1))
    claims = claimed("a@b.example", "", text, DESK)
    assert (len(claims.addresses), claims.too_many) == (MOST, True)


@given(st.text(alphabet=st.sampled_from("account no:.1@ \n-#Kundenr"), max_size=300))
def test_any_text_has_claims(text: str) -> None:
    assert len(claimed("a@b.example", "", text, DESK).addresses) <= MOST


def test_claims_in_a_hostile_text_are_read_in_no_time() -> None:
    assert claimed("a@b.example", "", "account number " * 10_000 + "a." * 10_000 + "@", DESK).ids == ()


@pytest.mark.parametrize(
    ("text", "name", "kind", "shown"),
    [
        ("Attached is a scan of my passport.", "scan.pdf", "application/pdf", True),
        ("Siehe Anhang", "Personalausweis.jpg", "image/jpeg", True),
        ("Voici ma carte d'identité", "a.png", "application/octet-stream", True),
        ("Attached is a scan of my passport.", "notes.txt", "text/plain", False),
        ("Je ne veux pas de publicité.", "facture.pdf", "application/pdf", False),
    ],
)
def test_a_picture_with_words_of_an_identity_document_is_noticed(text, name, kind, shown) -> None:
    assert shows_identity_document(text, [Attachment(name, kind, 1)]) is shown
