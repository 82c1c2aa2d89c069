"""Codes in what people write: found however they are spelled, never in numbers of another kind, and covered."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import code_in, holds_pass, mask_codes, mask_passes, new_text
from bot.domain.mail import parse_mail

DIGITS = st.integers(0, 10**8 - 1).map("{:08d}".format)


@pytest.mark.parametrize(
    "text",
    [
        "12345678",
        "1234 5678",
        "1234-5678",
        "My code is 12345678.",
        "(12345678)",
        "*12345678*",
        "Hello,\n\n12345678\n\nIda",
        "code: 12345678, thanks",
        "12345678 and not 87654321",
    ],
)
def test_eight_digits_that_stand_alone_are_a_code(text: str) -> None:
    assert code_in(text) == "12345678"


@pytest.mark.parametrize(
    "text",
    [
        "1234\u00a05678",
        "1234\u202f5678",
        "1234\u20135678",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
        "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "“12345678”",
        "[1234 5678]",
        "**12345678**",
        "__12345678__",
        "I think it is _1234 5678_",
        "<b>12345678</b>",
        "„1234-5678“",
    ],
)
def test_typographic_blanks_dashes_digits_and_marks_around_it_make_no_difference(text: str) -> None:
    assert code_in(text) == "12345678"


@pytest.mark.parametrize(
    "spelled", ["12 34 56 78", "1234.5678", "1234/5678", "123 456 78", "12-345-678", "1 2 3 4 5 6 7 8"]
)
@pytest.mark.parametrize(
    "line", ["{}", "\n  {}\n\nIda", "({})", "Code: {}.", "Hello,\nmy code is {}\nIda", "Der Code lautet {}"]
)
def test_other_groups_are_a_code_where_the_line_says_so_or_begins_the_letter(line: str, spelled: str) -> None:
    assert code_in(line.format(spelled)) == "12345678"


@pytest.mark.parametrize(
    "text", ["Code:12345678", "CODE=1234-5678", "验证码：12345678", "The verification code is:1234 5678"]
)
def test_a_code_may_touch_the_word_for_it(text: str) -> None:
    assert code_in(text) == "12345678"


@pytest.mark.parametrize(
    "text",
    [
        "11112222 is my order, this is the other number:\n\n12345678\n\nIda",
        "Customer 11112222\nCode: 1234 5678",
        "Hello,\nmy code is 1234 5678\nIda Berg\n9876 5432",
    ],
)
def test_of_several_the_one_on_a_line_of_its_own_counts_then_the_one_that_is_called_so(text: str) -> None:
    assert code_in(text) == "12345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A12345678",
        "12345678B",
        "It costs 12.345678",
        "EUR 12345678,50",
        "https://example.org/12345678",
        "12345678/2",
        "+12345678",
        "1234\n5678",
        "I wrote 1234.5678 before",
        "0170-1234-5678",
        "1234-5678-9012",
        "030 1234 5678",
        "1234 5678 9012 3456",
        "+49 30 1234 5678",
        "ORD_12345678",
        "12345678_b",
        "20.03.2026",
        "My orders of 2022-2024",
        "Period: 1999 2003.",
        "2026-03-20",
        "Code 20/03/2026",
        "My zip code 12 34 56 78",
        "Regards\nMette\n12 34 56 78",
        "Order 1234567 never came",
        "1234567\nis my order",
    ],
)
def test_digits_that_belong_to_something_else_are_no_code(text: str) -> None:
    assert code_in(text) is None


def test_a_number_of_another_kind_does_not_hide_the_code() -> None:
    assert code_in("Call me on 030 1234 5678. The code is 87654321.") == "87654321"


@pytest.mark.parametrize(
    "text", ["1234567", " 123456789\n", "1234 567 8901", "Code: 123 4567", "The code is 123456789."]
)
def test_a_mistyped_code_is_a_try_that_fits_nothing(text: str) -> None:
    found = code_in(text)
    assert found is None or (len(found) != 8 and found.isdigit())
    assert (found is None) == (text == "1234 567 8901"), "a phone number is no try"


PHONES = (
    "+45 12 34 56 78", "+4712345678", "0170 12345678", "030/1234567", "(030) 123 456 78", "555-123-4567",
    "06 12 34 56 78", "020 7946 0958", "00 49 30 1234 567", "+1 (555) 123-4567",
)  # fmt: skip
ORDERS = ("ORD-12345678", "A/12345678", "2026-12345678", "12345678-9", "No.12345678x", "123-1234567-1234567")
LETTERS = ("Please call me: {}", "Regards\nKim\n{}", "Tel. {}", "I ordered {} last week", "It was {}, I think")


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("number", PHONES + ORDERS)
def test_phone_and_order_numbers_are_no_code(letter: str, number: str) -> None:
    assert code_in(letter.format(number)) is None


@given(
    day=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    sign=st.sampled_from("./- "),
    letter=st.sampled_from(("{}", *LETTERS)),
)
def test_no_date_is_a_code(day: date, sign: str, letter: str) -> None:
    for form in ("%d{0}%m{0}%Y", "%Y{0}%m{0}%d", "%m{0}%d{0}%Y"):
        assert code_in(letter.format(day.strftime(form.format(sign)))) is None


@given(code=DIGITS, sign=st.sampled_from([".", "/"]), letter=st.sampled_from(LETTERS))
def test_groups_within_a_letter_are_no_code(code: str, sign: str, letter: str) -> None:
    groups = (code[:2], code[2:4], code[4:6], code[6:]), (code[:4], code[4:]), (code[:3], code[3:6], code[6:])
    assert not [each for each in groups if code_in(letter.format(sign.join(each)))]
    assert code_in(letter.format(" ".join(groups[0]))) is None


@given(code=DIGITS, before=st.sampled_from(["", "Code: ", "It is\n"]))
def test_any_code_is_found_where_it_stands_alone(code: str, before: str) -> None:
    assert code_in(f"{before}{code}\nIda") == code
    assert code_in(f"{before}{code[:4]} {code[4:]}") == code


@pytest.mark.parametrize(
    "text", ["Your code: 12345678", "1234 5678", "1234-5678", "12 34 56 78", "1234\u202f5678", "code 1234567"]
)
def test_a_masked_text_holds_no_code(text: str) -> None:
    masked = mask_codes(text)
    assert "********" in masked
    assert not re.search(r"\d", masked)


def test_what_was_tried_is_covered_wherever_it_stands() -> None:
    assert mask_codes("On Monday we wrote:\n> hello\n\n12 34 56 78", "12345678").endswith("hello\n\n********")


def test_numbers_of_another_kind_stay_readable() -> None:
    text = "Call +45 12 34 56 78 about order 1234567 of 20.03.2026."
    assert mask_codes(text) == text


@given(st.text(alphabet="0123456789 -./\u00a0\nab_:code", max_size=80))
def test_no_text_holds_a_code_once_it_is_masked(text: str) -> None:
    found = code_in(mask_codes(text, code_in(text)))
    assert found is None or len(found) != 8


@given(st.text(max_size=200))
def test_masking_changes_nothing_but_what_it_covers(text: str) -> None:
    assert all(each in text for each in mask_codes(text).split("********"))


def test_a_letter_that_is_only_passed_on_sends_no_code_back() -> None:
    ours = "From: privacy@desk.example\nSubject: Your request\n\nYour code:\n\n12345678"
    passed_on = f"From: ann@x.example\n\n---------- Forwarded message ---------\n{ours}"
    assert code_in(new_text(parse_mail(passed_on.encode()))) is None
    assert code_in(new_text(parse_mail(b"From: ann@x.example\n\n12345678"))) == "12345678"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("X7K-9QD is your code", "******** is your code"),
        ("Enter FZK-LQB or 4829", "Enter ******** or ********"),
        ("482 913", "********"),
        ("Open https://x.example/confirm?t=abcdef now", "Open https://x.example/******** now"),
    ],
)
def test_t10_codes_and_links_for_accounts_elsewhere_are_covered(text: str, kept: str) -> None:
    assert holds_pass(text)
    assert mask_passes(text) == kept


@pytest.mark.parametrize(
    "text", ["In 2026, as in 1999", "Privacy Policy", "GDPR and CCPA", "https://x.example/", "page 12", ""]
)
def test_words_years_and_short_links_are_no_codes_for_accounts(text: str) -> None:
    assert not holds_pass(text)
