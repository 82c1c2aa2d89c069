"""DKIM signatures that the desk checks by itself, with keys of the test's own and no DNS."""

import base64
import logging
import sys

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.signatures import MOST, Signatures

MAIL = (
    b"From: Robin <robin@letters.example>\r\nTo: privacy@linden.example\r\nSubject: My data\r\n"
    b"Message-ID: <1@letters.example>\r\n\r\nPlease stop using my data for advertising.\r\n"
)


class Zone:
    """Keys, and the DNS that publishes them."""

    def __init__(self, bits: int = 2048) -> None:
        self._key = rsa.generate_private_key(65537, bits)
        self.asked: list[bytes] = []

    def sign(self, mail: bytes = MAIL, domain: str = "letters.example", **options: object) -> bytes:
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return bytes(dkim.sign(mail, b"s1", domain.encode(), pem, **options)) + mail

    def __call__(self, name: bytes, timeout: float = 5) -> bytes:
        self.asked.append(name)
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


@pytest.fixture(scope="module")
def zone() -> Zone:
    return Zone()


async def whole(zone: Zone, mail: bytes) -> tuple[str, ...]:
    return await Signatures(zone).whole(mail)


async def test_a_whole_signature_names_its_domain(zone: Zone) -> None:
    assert await whole(zone, zone.sign()) == ("letters.example",)
    assert zone.asked[-1] == b"s1._domainkey.letters.example."


async def test_several_signatures_are_told_in_the_mails_order_and_not_without_end(zone: Zone) -> None:
    mail = zone.sign(zone.sign(), "mailer.example")
    assert await whole(zone, mail) == ("mailer.example", "letters.example")
    for _ in range(10):
        mail = zone.sign(mail)
    asked = len(zone.asked)
    assert await whole(zone, mail) == ("letters.example",) * MOST
    assert len(zone.asked) == asked + MOST


@pytest.mark.parametrize(
    ("old", "new"), [(b"advertising", b"everything"), (b"My data", b"Our data"), (b"robin@", b"eve@")]
)
async def test_what_was_changed_on_the_way_is_not_whole(zone: Zone, old: bytes, new: bytes) -> None:
    assert await whole(zone, zone.sign().replace(old, new)) == ()


async def test_a_signature_of_the_first_lines_alone_counts_for_nothing(zone: Zone) -> None:
    signed = zone.sign(length=True)
    assert b" l=" in signed
    assert await whole(zone, signed) == ()


async def test_a_short_key_counts_for_nothing() -> None:
    weak = Zone(bits=1024)
    signed = weak.sign()
    assert await whole(weak, signed) == ("letters.example",)
    assert await whole(Zone(bits=1024), signed) == ()


@pytest.mark.parametrize("answer", [None, b"", b"v=DKIM1; p=", b"v=DKIM1; k=rsa; p=AAAA", b"\xff" * 100])
async def test_a_domain_that_publishes_no_key_vouches_for_nothing(zone: Zone, answer: bytes | None) -> None:
    assert await Signatures(lambda name, timeout=5: answer).whole(zone.sign()) == ()


async def test_names_that_cannot_be_asked_vouch_for_nothing(zone: Zone) -> None:
    def broken(name: bytes, timeout: float = 5) -> bytes:
        raise OSError("no such server")

    assert await Signatures(broken).whole(zone.sign()) == ()


@given(st.binary(max_size=300))
async def test_no_header_whatever_breaks_the_check(value: bytes) -> None:
    mail = b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; h=from; bh=; b=" + value + b"\r\n" + MAIL
    assert await Signatures(lambda name, timeout=5: b"v=DKIM1; p=AAAA").whole(mail) == ()


async def test_nothing_of_a_mail_is_logged(zone: Zone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await whole(zone, zone.sign().replace(b"My data", b"Our data"))
    assert caplog.records == []


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(ModuleNotFoundError, match=r"privacy-desk\[dkim\]"):
        Signatures()
