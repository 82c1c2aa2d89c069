"""Parsers against whatever can be put together out of hostile pieces: thousands of tries, apart from the rest."""

from datetime import timedelta
from pathlib import Path
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.authenticity import authenticate, parse_results
from bot.domain.codes import code_in, mask_codes
from bot.domain.disclosure import found
from bot.domain.mail import parse_mail
from bot.domain.masking import masked
from bot.domain.mime.addresses import parse_mailboxes
from bot.domain.mime.headers import decode_words, parse_parameters
from bot.domain.screening import Desk, Treatment, screen
from bot.domain.understanding import classify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

thorough = settings(max_examples=3_000, deadline=timedelta(seconds=5))
MAILS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))]
US = Desk(addresses=frozenset({"privacy@linden.example"}), trusted_authserv_id="mx.linden.example")

FIELDS = (
    *(
        "From: ",
        "To: privacy@linden.example",
        "Subject: ",
        "Reply-To: ",
        "Message-ID: <",
        "In-Reply-To: ",
        "Date: ",
    ),
    *("Content-Type: multipart/mixed; boundary=b", "Content-Type: multipart/alternative; boundary=b"),
    *("Content-Type: text/html; charset=", "Content-Type: message/rfc822", "Content-Type: text/plain; name*0*="),
    *("Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "Return-Path: <>"),
    *("Authentication-Results: mx.linden.example; dmarc=pass", "Auto-Submitted: auto-replied", "List-Id: <a.b>"),
    "DKIM-Signature: v=1; d=x.example; h=from; l=1",
)
SIGNS = (
    *(
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\t",
        " ",
        "\0",
        "\x1b[2J",
        "\u2028",
        "\x85",
        "\u202e",
        "\u200b",
        "\ud7ff",
        "\uff20",
    ),
    *(
        "(",
        ")",
        "<",
        ">",
        '"',
        "\\",
        ",",
        ";",
        ":",
        "@",
        "[",
        "]",
        "=?utf-8?q?",
        "=?b?b?",
        "?=",
        "=41",
        "=\r\n",
        "%00",
    ),
    *("a@x.example", "b@y.example", "x" * 80, "--b", "--b--", "> ", ">> ", "On Monday, a@x.example wrote:", "-- "),
    *(
        "<div style='display:none'>",
        "<blockquote>",
        "</p>",
        "<!--",
        "&#0;",
        "&amp;",
        "<style>",
        "12345678",
        "1234 5678",
    ),
    *(
        "delete my data",
        "opt out",
        "4111 1111 1111 1111",
        "DE89370400440532013000",
        "password: x",
        "dmarc=fail",
        "xyz=",
    ),
)
hostile_text = st.lists(st.sampled_from(SIGNS) | st.text(max_size=4), max_size=40).map("".join)
hostile_mail = st.lists(
    st.sampled_from([each.encode() for each in (*FIELDS, *SIGNS)]) | st.binary(max_size=6), max_size=80
).map(b"".join)


def read(raw: bytes) -> None:
    """All that happens to a mail before a ticket is looked at; what must hold of any."""
    mail = parse_mail(raw)
    verdict = screen(mail, US)
    classify(mail.said or mail.text, mail.subject)
    assert (mail.sender is None) == bool(mail.sender_fault)
    assert verdict.treatment is not Treatment.ANSWER or mail.sender is not None
    assert "\n" not in mail.subject
    assert not [each for each in mail.attachments if "/" in each.filename or not each.filename.isprintable()]
    assert authenticate(mail, None, US.addresses).dmarc == "none"


@thorough
@given(hostile_mail)
def test_any_pieces_are_a_mail(raw: bytes) -> None:
    read(raw)


@thorough
@given(st.sampled_from(MAILS), hostile_mail, st.data())
def test_any_mail_with_pieces_in_it_is_a_mail(mail: bytes, piece: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(mail)))
    until = data.draw(st.integers(at, min(len(mail), at + 100)))
    read(mail[:at] + piece + mail[until:])


@thorough
@given(hostile_text)
def test_any_from_line_is_one_plain_address_or_none(value: str) -> None:
    mailboxes, fault = parse_mailboxes(value)
    for each in mailboxes if fault is None else ():
        assert each.address.isprintable()
        assert not set(f" <>,;\r\n{ascii_uppercase}") & set(each.domain)
        assert "\n" not in each.name


@thorough
@given(hostile_text)
def test_any_header_value_is_decoded(value: str) -> None:
    decode_words(value)
    parse_parameters(value)
    parse_results(value)


@thorough
@given(hostile_text)
def test_any_text_is_searched_and_covered(text: str) -> None:
    found(text, ())
    code = code_in(text)
    assert code is None or code.isdigit()
    covered = mask_codes(text, code)
    assert code is None or code not in covered
    assert "a@x.example" not in masked(f" {text} a@x.example ")
