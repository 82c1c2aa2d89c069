"""What a reply would give away is seen before it leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.disclosure import Kind, forbidden, found, luhn

OWN = ("ida@example.org", "privacy@example.com")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Your card 4111 1111 1111 1111 was charged.", Kind.CARD),
        ("card: 5500-0000-0000-0004", Kind.CARD),
        ("We paid to DE89 3704 0044 0532 0130 00 in May.", Kind.IBAN),
        ("IBAN GB82WEST12345698765432.", Kind.IBAN),
        ("NL91 ABNA 0417 1643 00 is your account", Kind.IBAN),
        ("Your number 536-90-4399 is on file.", Kind.NATIONAL_ID),
        ("SSN is 536904399", Kind.NATIONAL_ID),
        ("NI number AB 12 34 56 C", Kind.NATIONAL_ID),
        ("Steuer-ID 86 095 742 719", Kind.NATIONAL_ID),
        ("PESEL 44051401359", Kind.NATIONAL_ID),
        ("CNP 1800101221144", Kind.NATIONAL_ID),
        ("CPF 529.982.247-25", Kind.NATIONAL_ID),
        ("sécurité sociale 1 84 12 76 451 089 46", Kind.NATIONAL_ID),
        ("DNI 12345678Z", Kind.NATIONAL_ID),
        ("NIE X-1234567-L", Kind.NATIONAL_ID),
        ("codice fiscale RSSMRA85T10A562S", Kind.NATIONAL_ID),
        ("personnummer 19811218-9876", Kind.NATIONAL_ID),
        ("rodné číslo 780123/3540", Kind.NATIONAL_ID),
        ("CPR-nummer: 010203-1234 and CPR: 010203-1234", Kind.NATIONAL_ID),
        ("BSN: 111222333", Kind.NATIONAL_ID),
        ("Password: hunter22", Kind.PASSWORD),
        ("Ihr Passwort = Sommer2024", Kind.PASSWORD),
        ("-----BEGIN RSA PRIVATE KEY-----", Kind.PASSWORD),
        ("key AKIAABCDEFGHIJKLMNOP", Kind.PASSWORD),
        ("We also wrote to bob@example.net.", Kind.STRANGER),
    ],
)
def test_what_a_thief_would_look_for_is_found(text: str, kind: Kind) -> None:
    assert found(text, OWN) == (kind,)


@pytest.mark.parametrize(
    "text",
    [
        "Your request PR-7K3M9QX2 was received on 2026-11-22 at 10:15:30.",
        "Call +49 30 1234567 or +1 415 555 0134, order 4111111111111112, invoice 2026-000123.",
        "Write to ida@example.org or PRIVACY@example.com.",
        "You can reset your password in the settings: open Security.",
        "Under Art. 17(3)(b) GDPR we keep invoices for 10 years, 3650 days.",
        "00000000000 and 0000000000000 are no numbers of anybody",
        "tracking 12345678901234567890123456789012",
    ],
)
def test_what_only_looks_like_it_is_let_through(text: str) -> None:
    assert found(text, OWN) == ()


def test_kinds_are_told_once_and_in_one_order() -> None:
    text = "bob@example.net paid with 4111 1111 1111 1111, twice: 4111 1111 1111 1111"
    assert found(text, OWN) == (Kind.CARD, Kind.STRANGER)


def test_californian_law_keeps_numbers_in_and_others_leave_it_to_people() -> None:
    assert forbidden((Kind.CARD, Kind.STRANGER), "ccpa") == (Kind.CARD,)
    assert forbidden((Kind.CARD,), "gdpr") == ()


@given(st.integers(0, 10**14), st.integers(1, 9))
def test_a_changed_digit_breaks_the_check_digit(number: int, change: int) -> None:
    digits = f"{number:015d}"
    whole = next(f"{digits}{last}" for last in range(10) if luhn(f"{digits}{last}"))
    assert not luhn(f"{whole[:-1]}{(int(whole[-1]) + change) % 10}")


@given(st.text(max_size=2_000))
def test_any_text_is_read(text: str) -> None:
    assert set(found(text, OWN)) <= set(Kind)
