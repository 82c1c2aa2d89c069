"""Two copies of a mail are the same mail; two mails are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fingerprint import fingerprint

MAIL = (
    b"Received: from a.example\r\nMessage-ID: <1@example.org>\r\nFrom: Ida <ida@example.org>\r\n"
    b"To: desk@example.com\r\nSubject: My data,\r\n please\r\n"
    b"Date: Mon, 2 Mar 2026 09:30:00 +0000\r\n\r\nHello\r\n"
)


@pytest.mark.parametrize(
    "copy",
    [
        MAIL.replace(b"\r\n", b"\n"),
        b"Received: from b.example\r\n" + MAIL,
        MAIL.replace(b"To: desk@example.com\r\n", b"X-Spam: no\r\nTo: desk@example.com\r\n"),
        MAIL.replace(b",\r\n please", b",\r\n\tplease"),
        MAIL + b"\r\n\r\n",
    ],
    ids=["line ends", "one more hop", "a filter's header", "folding", "empty lines at the end"],
)
def test_what_transport_adds_changes_nothing(copy: bytes) -> None:
    assert copy != MAIL
    assert fingerprint(copy) == fingerprint(MAIL)


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        (b"<1@example.org>", b"<2@example.org>"),
        (b"Ida <ida@", b"Eve <eve@"),
        (b"My data", b"Your data"),
        (b"2 Mar", b"3 Mar"),
        (b"Hello", b"Hullo"),
    ],
)
def test_another_mail_under_the_same_message_id_is_another_mail(was: bytes, is_now: bytes) -> None:
    assert fingerprint(MAIL.replace(was, is_now)) != fingerprint(MAIL)


def test_mails_without_a_message_id_are_told_apart_by_all_their_headers() -> None:
    bare = MAIL.replace(b"Message-ID: <1@example.org>\r\n", b"")
    assert fingerprint(bare) == fingerprint(bare.replace(b"\r\n", b"\n"))
    assert fingerprint(b"Received: from b.example\r\n" + bare) != fingerprint(bare)


def test_a_header_repeated_in_the_body_does_not_stand_for_one() -> None:
    assert fingerprint(b"From: a\n\nSubject: b") != fingerprint(b"From: a\nSubject: b\n\n")


@given(st.binary(max_size=300))
def test_any_bytes_have_a_fingerprint(raw: bytes) -> None:
    assert len(fingerprint(raw)) == 64
