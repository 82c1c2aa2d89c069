"""Parsing: what real mail programs send, what attackers send, and what nobody should have sent."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.mail import Flag, Mail, parse_mail
from bot.domain.vocabulary import MailKind
from tests.mails import FILES, mail, read


def from_line(value: str) -> Mail:
    return mail(f"From: {value}", "To: privacy@desk.example")


# ---- what people send -------------------------------------------------------------------------------------


def test_a_reply_is_its_new_words_in_text_and_thread() -> None:
    found = read("gmail-reply-de")
    assert found.said == "Hier ist der Code:\n\n48213377\n\nBitte löschen Sie danach alles."
    assert "bitte bestätigen" in found.text
    assert found.in_reply_to == ("pr-7k2m9qxa.abcdefghijklmnop.abcdefghijklmnopqrstuvwxyz@desk.example",)
    assert found.references[0] == "first@desk.example"
    assert found.kind is MailKind.MESSAGE
    assert found.flags == frozenset()


def test_charsets_declared_or_not_are_read() -> None:
    japanese, western = read("japanese-iso-2022"), read("windows-1252-undeclared")
    assert (japanese.subject, japanese.text) == ("開示請求", "個人情報を開示してください。\n山田")
    assert (western.subject, western.text.strip()) == ("Löschung", "Bitte löschen Sie „alles“ über mich.")
    assert western.sender is not None
    assert western.sender.name == "Jörg Maß"


def test_utf8_under_a_western_name_is_read_as_what_it_is() -> None:
    found = mail("From: a@x.example", "Content-Type: text/plain; charset=iso-8859-1", body="Bitte löschen „alles“")
    assert found.text == "Bitte löschen „alles“"
    assert Flag.BAD_ENCODING in found.flags


@pytest.mark.parametrize("charset", ["no-such-thing", "zip", "punycode", "unicode_escape", "x" * 300, "a\x00b"])
def test_an_unknown_charset_is_guessed_and_flagged(charset: str) -> None:
    found = mail("From: a@x.example", f'Content-Type: text/plain; charset="{charset}"', body="Bitte löschen")
    assert found.text == "Bitte löschen"
    assert "unknown_charset" in found.flags


def test_broken_base64_is_read_as_far_as_it_goes() -> None:
    headers = ("From: a@x.example", "Content-Type: text/plain", "Content-Transfer-Encoding: base64")
    found = mail(*headers, body="RGVsZXRl*IG15IGRhdGE=Q")
    assert found.text.startswith("Delete my data")
    assert "bad_encoding" in found.flags


def test_the_name_of_an_attachment_is_never_a_path() -> None:
    for hostile, shown in {
        "../../etc/cron.d/x": "x",
        "..\\\\evil.bat": "evil.bat",
        "a\u202efdp.exe": "afdp.exe",
        "\x00": "unnamed",
    }.items():
        found = mail(
            "From: a@x.example",
            "Content-Type: application/octet-stream",
            f'Content-Disposition: attachment; filename="{hostile}"',
        )
        assert [each.filename for each in found.attachments] == [shown]
        assert found.text == ""


def test_a_long_name_keeps_its_ending() -> None:
    found = mail("From: a@x.example", f"Content-Type: image/png; name={'n' * 4000}.png")
    assert len(found.attachments[0].filename) == 120
    assert found.attachments[0].filename.endswith(".png")


def test_the_size_of_an_attachment_is_that_of_its_content() -> None:
    headers = ("From: a@x.example", "Content-Type: application/pdf", "Content-Transfer-Encoding: base64")
    assert mail(*headers, body="SGVs\r\nbG8=\r\n").attachments[0].size == 5


def test_what_is_encrypted_is_said_to_be() -> None:
    pgp = mail("From: a@x.example", body="-----BEGIN PGP MESSAGE-----\nabc")
    smime = mail("From: a@x.example", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")
    assert "encrypted" in pgp.flags
    assert "encrypted" in smime.flags


def test_winmail_dat_is_flagged() -> None:
    assert "winmail_dat" in mail("From: a@x.example", "Content-Type: application/ms-tnef; name=winmail.dat").flags


# ---- letters in letters -----------------------------------------------------------------------------------


def test_of_a_forward_the_inner_letter_is_what_was_said() -> None:
    found = read("forward-by-colleague")
    assert found.forwarded is not None
    assert found.forwarded.sender is not None
    assert found.forwarded.sender.address == "rosa@garten.example"
    assert "What do you hold on me?" in found.said
    assert "Forwarded message" not in found.said


def test_a_form_names_its_writer_in_the_text() -> None:
    found = read("web-form")
    assert found.forwarded is not None
    assert found.forwarded.by_form
    assert found.forwarded.sender is not None
    assert found.forwarded.sender.address == "milo@garten.example"


def test_an_attached_mail_never_sets_the_sender() -> None:
    inner = "From: victim@v.example\r\nSubject: mine\r\n\r\nGive me access."
    found = mail("From: kim@x.example", "Content-Type: message/rfc822", body=inner)
    assert found.sender is not None
    assert found.sender.address == "kim@x.example"
    assert found.forwarded is not None
    assert found.forwarded.sender is not None
    assert found.forwarded.sender.address == "victim@v.example"
    assert found.said == "Give me access."


# ---- attacks, by their number in the list of attacks ------------------------------------------------------


def test_t21_two_senders_are_none() -> None:
    found = read("crash-two-senders-and-a-broken-id")
    assert found.sender is None
    assert found.sender_fault == "it has 2 From headers instead of one"


@pytest.mark.parametrize("disguise", ["From :", "FROM:", "From\t:", "Fr\x01om:"])
def test_t21_a_second_sender_in_disguise_counts(disguise: str) -> None:
    assert mail("From: a@x.example", f"{disguise} b@evil.example").sender is None


def test_a_from_line_behind_junk_is_not_trusted() -> None:
    assert mail("Received: x", "this is no header", "From: a@x.example").sender is None
    assert mail("From: a@x.example", "this is no header", "To: b@x.example").sender is not None


@pytest.mark.parametrize(
    "value",
    [
        "alice@victim.example <b@evil.example>",
        "alice@victim.example)bob@evil.example",
        "alice@victim.example(bob@evil.example",
        "=?utf-8?q?alice?=@victim.example",
        "<=?utf-8?q?alice?=@victim.example>",
        "team:a@x.example,b@y.example;",
        "a@x.example, b@y.example",
        "Doe, John <j@x.example>",
        "",
        "<>",
        "Daemon <>",
        "a@x.example <b@y.example><c@z.example>",
        "Bob <b@x.example> c@z.example",
        "<@relay.example:b@x.example>",
        "a\x00b@x.example",
        "a@b@c.example",
        "nobody",
        '"open <b@x.example>',
        "a@x.example\u202e",
        "ann@[192.0.2.1]",
        "ann@[IPv6:2001:db8::1]",
        "Ann <ann@[192.0.2.1]>",
        "a\ufffdb@x.example",
        "(" * 1000,
        "(" * 1000 + ")" * 1000 + "@",
    ],
)
def test_t22_t24_t26_t38_an_ambiguous_sender_is_nobody(value: str) -> None:
    found = from_line(value)
    assert found.sender is None
    assert found.sender_fault
    assert found.text == "Please delete my data."


@pytest.mark.parametrize("address", [b"j\xf6rg@x.example", b"J <j\xf6rg@x.example>", b"j@\xfc.example"])
def test_an_address_of_bytes_that_are_no_text_is_nobodys(address: bytes) -> None:
    found = parse_mail(b"From: " + address + b"\r\n\r\nDelete my data.")
    assert found.sender is None
    assert found.sender_fault
    assert parse_mail(b"From: J\xf6rg <j@x.example>\r\n\r\nDelete it.").sender is not None
    assert parse_mail("From: jörg@x.example\r\n\r\nDelete it.".encode()).sender is not None


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ('"alice@victim.example" <b@evil.example>', "b@evil.example", "alice@victim.example"),
        ("=?utf-8?q?alice=40victim.example=3E?= <b@evil.example>", "b@evil.example", "alice@victim.example>"),
        ("a(&email=v@victim.example&)@x.example", "a@x.example", "&email=v@victim.example&"),
        ("Ann.Lee@X.EXAMPLE", "Ann.Lee@x.example", ""),
        ("ann@x.example (Ann Lee)", "ann@x.example", "Ann Lee"),
        ("ann@x.example <ann@x.example>", "ann@x.example", "ann@x.example"),
        ('"Lee, \\"Ann\\"" <ann@x.example>', "ann@x.example", 'Lee, "Ann"'),
        ("A\u2028B\u0085C\u202e <a@x.example>", "a@x.example", "A B C"),
        ("K <k@\u212aelvin.example>", "k@\u212aelvin.example", "K"),
    ],
)
def test_t23_t25_t27_t29_the_address_is_the_one_that_is_used(value: str, address: str, name: str) -> None:
    sender = from_line(value).sender
    assert sender is not None
    assert (sender.address, sender.name) == (address, name)


def test_t28_a_subject_is_one_line() -> None:
    assert read("crash-two-senders-and-a-broken-id").subject == "a Bcc: x@evil.example"


@pytest.mark.parametrize("value", ["<[>", "<", "", "<a@b", "no id at all", "<a@b><c@d>"])
def test_t37_any_message_id_is_taken_in(value: str) -> None:
    found = mail("From: a@x.example", f"Message-ID: {value}", f"In-Reply-To: {value}", f"References: {value}")
    assert found.sender is not None
    assert not set("<> \r\n") & set(found.message_id)


def nested(depth: int) -> bytes:
    opened = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return b"From: a@x.example\r\n" + b"".join(opened) + b"\r\nhello"


@pytest.mark.parametrize(
    "raw",
    [
        nested(3_000),
        b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 100_000,
        b"From: a@x.example\nTo: " + b", ".join(b"u%d@x.example" % n for n in range(8_000)) + b"\n\nhello",
        b"From: a@x.example\nSubject: " + b" ".join([b"=?utf-8?q?a?="] * 8_000) + b"\n\nhello",
        b"a: b\n" * 50_000 + b"\nhello",
        b"a" * 3_000_000,
        b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"\n--bx" * 1_000_000,
    ],
    ids=["depth", "parts", "recipients", "encoded words", "fields", "one header", "false boundaries"],
)
def test_t38_what_cannot_be_taken_apart_safely_says_why(raw: bytes) -> None:
    found = parse_mail(raw)
    assert found.unreadable
    assert found.sender is None


def test_parts_nested_as_people_nest_them_are_read() -> None:
    assert parse_mail(nested(10)).text == "hello"


@pytest.mark.parametrize(
    "body",
    [b"a " * 5_000_000, b"> " * 5_000_000, b"\n" * 10_000_000, b"<p>a " * 2_000_000, b"<div>" * 100_000 + b"x"],
    ids=["a line", "quotations", "line ends", "paragraphs", "depth"],
)
@pytest.mark.parametrize("content_type", [b"text/plain", b"text/html"])
def test_of_a_huge_text_the_beginning_is_read(content_type: bytes, body: bytes) -> None:
    found = parse_mail(b"From: a@x.example\nContent-Type: " + content_type + b"\n\n" + body)
    assert found.sender is not None
    assert len(found.text) <= 1_000_000


# ---- anything at all ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mail_here_is_read_with_either_line_end(file: Path) -> None:
    raw = file.read_bytes().replace(b"\r\n", b"\n")
    unix, dos = parse_mail(raw), parse_mail(raw.replace(b"\n", b"\r\n"))
    assert unix.text.encode()
    assert (unix.text, unix.said, unix.sender, unix.kind) == (dos.text, dos.said, dos.sender, dos.kind)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    assert isinstance(parse_mail(raw), Mail)


@settings(max_examples=300)
@given(st.sampled_from(FILES), st.data())
def test_a_damaged_mail_is_a_mail(file: Path, data: st.DataObject) -> None:
    raw = file.read_bytes()
    at = data.draw(st.integers(0, len(raw)))
    until = data.draw(st.integers(at, min(len(raw), at + 200)))
    found = parse_mail(raw[:at] + data.draw(st.binary(max_size=40)) + raw[until:])
    assert "\r" not in found.text
    assert "\n" not in found.subject
    assert repr(found).encode()


@given(st.text(max_size=300))
def test_any_from_line_gives_one_safe_address_or_a_reason(value: str) -> None:
    found = from_line(value.replace("\r", " ").replace("\n", " "))
    if found.sender is None:
        assert found.sender_fault
    else:
        assert found.sender.address.isprintable()
        assert not set(' <>,;"') & set(found.sender.domain)
        assert "\n" not in found.sender.name
