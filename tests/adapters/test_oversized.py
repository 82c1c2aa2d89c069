"""What is kept of a mail that is too large to read whole; tests/adapters/test_mailbox.py does it for real."""

from email import message_from_bytes
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.oversized import TEXT_BYTES, TextPart, first_text, shortened_mail

PLAIN = (b"TEXT", b"PLAIN", (b"CHARSET", b"utf-8"), None, None, b"7BIT", 10, 1, None, None)
HTML = (b"text", b"html", None, None, None, b"7bit", 10, 1, None, (b"INLINE", None))
ATTACHED = (b"text", b"plain", None, None, None, b"7bit", 10, 1, None, (b"Attachment", (b"FILENAME", b"a")))
PICTURE = (b"image", b"png", None, None, None, b"base64", 10)


def multipart(*parts: object) -> object:
    return (list(parts), b"mixed")


def test_plain_text_goes_before_html_wherever_it_stands() -> None:
    structure = multipart(PICTURE, multipart(HTML, PLAIN))
    assert first_text(structure) == TextPart(body="2.2", header="2.2.MIME")


def test_html_is_a_text_where_there_is_no_other() -> None:
    assert first_text(multipart(PICTURE, HTML)) == TextPart(body="2", header="2.MIME")


def test_a_mail_of_one_part_has_its_text_below_its_own_header() -> None:
    assert first_text(PLAIN) == TextPart(body="TEXT", header="HEADER")


def test_what_is_attached_is_not_the_letter() -> None:
    forwarded = (b"message", b"rfc822", None, None, None, b"7bit", 10, (), PLAIN, 1)
    assert first_text(multipart(ATTACHED, PICTURE, forwarded)) is None


def test_the_content_fields_are_those_of_the_part_folded_lines_included() -> None:
    header = b"Subject: Hello\r\n there\r\nContent-Type: multipart/mixed;\r\n\tb=x\r\nTo: a@b.example\r\n\r\n"
    part = b"X-Part: 1\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n"
    assert shortened_mail(header, part, b"Text\r\n").splitlines() == [
        *(b"Subject: Hello", b" there", b"To: a@b.example"),
        *(b"Content-Type: text/plain;", b" charset=utf-8", b"", b"Text"),
    ]


def test_the_line_that_the_limit_cuts_through_is_left_out() -> None:
    text = (b"x" * 70 + b"\r\n") * 4_000
    assert shortened_mail(b"", b"", text[:TEXT_BYTES]).endswith(b"x\r\n")


def test_a_line_without_end_is_kept() -> None:
    text = b"Short.\r\n" + b"x" * TEXT_BYTES
    assert shortened_mail(b"", b"", text[:TEXT_BYTES]).endswith(b"xxx")


NAMES = st.lists(st.sampled_from(["Subject", "X-Content", "Content-Type", "CONTENT-ID", "To"]))
VALUES = st.sampled_from([b"a: b", b"folded\r\n further", b"\xff\xfe", b""])


@given(NAMES, NAMES, VALUES, st.binary())
def test_no_field_is_lost_and_none_comes_twice(
    mails: list[str], parts: list[str], value: bytes, text: bytes
) -> None:
    header, part = (
        b"".join(name.encode() + b": " + value + b"\r\n" for name in names) for names in (mails, parts)
    )
    raw = shortened_mail(header + b"\r\n", part + b"\r\n", text)
    kept = [name for name in mails if not name.lower().startswith("content-")]
    described = [name for name in parts if name.lower().startswith("content-")]
    assert raw.endswith(b"\r\n" + text)
    assert message_from_bytes(raw.removesuffix(text), policy=default).keys() == kept + described
