import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.rendering import Envelope, Letters, compose, packaged_templates
from bot.domain.letters import Letter

LETTERS = Letters([packaged_templates()])
ENVELOPE = Envelope(
    sender="privacy@acme.example",
    sender_name="Acme Software Ltd",
    recipient="ann@example.org",
    message_id="<pr.7k3m9qz2.1@acme.example>",
    in_reply_to="<b@example.org>",
    references=("<a@example.org>", "<b@example.org>"),
    date=datetime(2026, 11, 22, 12, 30, tzinfo=UTC),
    auto_submitted="auto-replied",
)


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def composed(letter=None, **changes):
    letter = letter or Letter("verified", "en", "Your code [PR-7K3M9QZ2]", "Hello,\n\n48213907\n\nGrüße\n")
    return compose(letter.subject, letter.text, LETTERS.html(letter.text), replace(ENVELOPE, **changes))


def test_a_mail_has_text_and_html_and_the_headers_of_its_thread():
    letter = Letter("status", "en", "Where it stands [PR-7K3M9QZ2]", "Hello,\n\nAll is “well”.\n")
    mail = read(composed(letter))
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == letter.text
    assert mail["Subject"] == letter.subject
    assert mail["Message-ID"] == ENVELOPE.message_id
    assert mail["In-Reply-To"] == "<b@example.org>"
    assert mail["References"] == "<a@example.org> <b@example.org>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["To"] == "ann@example.org"
    assert mail["Date"].datetime == ENVELOPE.date
    assert {"Cc", "Bcc", "Reply-To"}.isdisjoint(mail.keys())


def test_the_same_letter_is_the_same_bytes():
    assert composed() == composed()


def test_what_a_person_approved_does_not_call_itself_automatic():
    assert "Auto-Submitted" not in read(composed(auto_submitted=None))


def test_a_mail_is_seven_bit_with_short_lines_that_all_end_alike():
    raw = composed(sender_name="Müller & Söhne, „Datenschutz“ GmbH")
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) < 200
    assert read(raw)["From"].addresses[0].display_name == "Müller & Söhne, „Datenschutz“ GmbH"


def test_a_long_message_id_of_others_stays_as_it_is():
    long = f"<{'D' * 120}@mail.example>"
    mail = composed(in_reply_to=long, references=("<a@example.org>", long))
    assert f"In-Reply-To: {long}\r\n".encode() in mail
    assert f"References: <a@example.org>\r\n {long}\r\n".encode() in mail


@pytest.mark.parametrize("broken", ["<", "<a b@c>", "<a@b>\r\nBcc: x@y", "", "a@b", "<é@b>", f"<{'a' * 2000}@b>"])
def test_a_broken_message_id_of_others_is_left_out(broken):
    mail = read(composed(in_reply_to=broken, references=("<a@example.org>", broken)))
    assert "In-Reply-To" not in mail
    assert mail["References"] == "<a@example.org>"


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ann",
        "a@x.example,b@y.example",
        "a@x.example\r\nBcc: b@y.example",
        "Ann <a@x.example>",
        "é@x, b@y",
        "é@x\n",
    ],
)
def test_anything_but_exactly_one_recipient_is_refused(recipient):
    with pytest.raises(ValueError, match=r"\w"):
        composed(recipient=recipient)


def test_an_address_beyond_ascii_is_written_as_it_is():
    assert "To: jörg@bücher.example\r\n".encode() in composed(recipient="jörg@bücher.example")


@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=40))
def test_any_text_yields_exactly_one_mail_to_one_recipient(subject, text, sender_name):
    raw = compose(subject, text, LETTERS.html(text), replace(ENVELOPE, sender_name=sender_name))
    mail = read(raw)
    assert raw.isascii()
    assert [one.addr_spec for one in mail["From"].addresses] == ["privacy@acme.example"]
    assert [one.addr_spec for one in mail["To"].addresses] == ["ann@example.org"]
    assert {"Cc", "Bcc", "Reply-To"}.isdisjoint(mail.keys())
    assert len(list(mail.iter_parts())) == 2
    assert (
        mail.get_body(("plain",)).get_content().split()
        == re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]", "", text).split()
    )


@pytest.mark.parametrize(
    "text", ["=?utf-8?q?x=0D=0ABcc=3A_b@y?=", "x" * 300, "Größe " * 60, 'a "b" \\ c, d <e@f>', "(x) Acme; Ltd."]
)
def test_subject_and_name_are_read_as_they_were_written(text):
    mail = read(compose(text, "t", "t", replace(ENVELOPE, sender_name=text)))
    assert mail["Subject"] == text.strip()
    assert mail["From"].addresses[0].display_name.split() == text.split()
    assert "Bcc" not in mail


@pytest.mark.parametrize("recipient", ['"ann b"@example.org', "ann+x@[192.0.2.1]", "a.b-c_d=e@x.example"])
def test_unusual_addresses_are_one_recipient(recipient):
    assert read(composed(recipient=recipient))["To"].addresses[0].addr_spec == recipient
