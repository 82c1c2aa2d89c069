"""Sending by SMTP to a real server: what crosses the wire, and settings that are wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.post import Fate, Post
from tests.adapters.posting import ADA, DESK, LETTER, posting
from tests.servers.certificates import make_certificates
from tests.servers.smtp import SmtpSink


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as server:
        yield server


@pytest.fixture
async def post(sink: SmtpSink) -> AsyncIterator[Post]:
    async with posting(sink) as made:
        yield made


@pytest.fixture(scope="module")
async def plain_sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink(tls="none") as server:
        yield server


@pytest.fixture(scope="module")
async def plain_post(plain_sink: SmtpSink) -> AsyncIterator[Post]:
    async with posting(plain_sink) as made:
        yield made


async def test_a_letter_arrives_with_its_envelope_and_its_very_bytes(sink: SmtpSink, post: Post) -> None:
    sending = await post.send(DESK, ADA, LETTER)
    assert (sending.fate, sending.code) == (Fate.SENT, 250)
    [accepted] = sink.messages
    assert (accepted.sender, accepted.recipients, accepted.raw) == (DESK, (ADA,), LETTER)
    assert accepted.mail["Subject"] == "We have your letter"


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
async def test_each_kind_of_connection_carries_letters(tls: Any) -> None:
    async with SmtpSink(tls=tls) as sink, posting(sink) as post:
        assert await post.probe() is None
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT


async def test_one_connection_carries_many_letters_also_at_once(sink: SmtpSink, post: Post) -> None:
    sendings = await asyncio.gather(*(post.send(DESK, f"{n}@example.net", LETTER) for n in range(12)))
    assert {sending.fate for sending in sendings} == {Fate.SENT}
    assert (len(sink.messages), sink.connections) == (12, 1)


class TestTheWire:
    """T30: exactly one letter arrives, whatever its lines look like."""

    @pytest.mark.parametrize(
        "ending",
        [b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\r\r\n.\r\n"],
    )
    async def test_no_line_ends_a_letter_early(self, sink: SmtpSink, post: Post, ending: bytes) -> None:
        smuggled = b"MAIL FROM:<eve@example.org>\r\nRCPT TO:<ada@example.net>\r\nDATA\r\nBoo\r\n.\r\n"
        assert (await post.send(DESK, ADA, LETTER + b"Hello" + ending + smuggled)).fate is Fate.SENT
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert [accepted.sender for accepted in sink.messages] == [DESK, DESK]
        assert b"Boo" in sink.messages[0].raw

    @given(parts=st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"x", b"\r\n.\r\n"]), max_size=30))
    async def test_any_mixture_of_dots_and_line_ends_arrives_as_lines(
        self, plain_sink: SmtpSink, plain_post: Post, parts: list[bytes]
    ) -> None:
        body = b"".join(parts)
        plain_sink.messages.clear()
        assert (await plain_post.send(DESK, ADA, LETTER + body)).fate is Fate.SENT
        [accepted] = plain_sink.messages
        expected = (LETTER + body).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        assert accepted.raw == (expected.removesuffix(b"\n") + b"\n").replace(b"\n", b"\r\n")

    @pytest.mark.parametrize(
        "recipient",
        [
            "",
            "ada",
            "ada@",
            "a b@example.net",
            "ada@example.net>\r\nDATA",
            "ada@example.net> NOTIFY=NEVER",
            "Ada <ada@example.net>",
            "ada@example.net,eve@example.org",
            "ada\x00@example.net",
            "ada\udc80@example.net",
        ],
    )
    async def test_what_is_no_single_address_never_reaches_the_server(
        self, sink: SmtpSink, post: Post, recipient: str
    ) -> None:
        sending = await post.send(DESK, recipient, LETTER)
        assert (sending.fate, sink.connections) == (Fate.REFUSED, 0)

    async def test_a_quoted_local_part_is_an_address(self, sink: SmtpSink, post: Post) -> None:
        assert (await post.send(DESK, '"ada \\" l"@example.net', LETTER)).fate is Fate.SENT


class TestExtensions:
    async def test_an_address_beyond_ascii_asks_for_smtputf8(self, sink: SmtpSink, post: Post) -> None:
        assert (await post.send(DESK, "jürgen@bücher.example", LETTER)).fate is Fate.SENT
        assert sink.messages[0].recipients == ("jürgen@bücher.example",)
        assert "SMTPUTF8" in sink.messages[0].options

    async def test_a_plain_letter_asks_for_neither_extension(self, sink: SmtpSink, post: Post) -> None:
        await post.send(DESK, ADA, LETTER)
        assert sink.messages[0].options == (f"SIZE={len(LETTER)}",)

    async def test_eight_bit_text_is_announced_and_arrives_unchanged(self, sink: SmtpSink, post: Post) -> None:
        raw = LETTER + "Schöne Grüße\r\n".encode()
        assert (await post.send(DESK, ADA, raw)).fate is Fate.SENT
        assert sink.messages[0].raw == raw
        assert "BODY=8BITMIME" in sink.messages[0].options

    @pytest.mark.parametrize(
        ("hidden", "recipient", "raw"),
        [("SMTPUTF8", "jürgen@example.net", LETTER), ("8BITMIME", ADA, LETTER + "é\r\n".encode())],
    )
    async def test_what_the_server_cannot_carry_is_refused_with_the_reason(
        self, hidden: str, recipient: str, raw: bytes
    ) -> None:
        async with SmtpSink(hidden=[hidden]) as sink, posting(sink) as post:
            sending = await post.send(DESK, recipient, raw)
            assert sending.fate is Fate.REFUSED
            assert hidden in sending.reason
            assert sink.messages == []


class TestSettingsThatAreWrong:
    @pytest.mark.parametrize("tls", ["implicit", "starttls"])
    async def test_a_certificate_of_an_unknown_authority_makes_every_letter_wait(
        self, tls: Any, tmp_path: Path
    ) -> None:
        stranger = make_certificates(tmp_path).ca
        async with SmtpSink(tls=tls) as sink, posting(sink, ca=stranger) as post:
            sending = await post.send(DESK, ADA, LETTER)
            assert sending.fate is Fate.MISCONFIGURED
            assert "certificate is not trusted" in sending.reason
            assert sink.messages == []

    @pytest.mark.parametrize("tls", ["implicit", "starttls"])
    async def test_the_certificate_must_name_the_host(self, tls: Any) -> None:
        async with SmtpSink(tls=tls) as sink, posting(sink, host="127.1") as post:  # an alias of 127.0.0.1
            sending = await post.send(DESK, ADA, LETTER)
            assert sending.fate is Fate.MISCONFIGURED
            assert "certificate is not trusted" in sending.reason

    async def test_a_server_without_starttls_is_never_spoken_to_in_plain(self) -> None:
        async with SmtpSink(tls="none") as sink, posting(sink, tls="starttls") as post:
            sending = await post.send(DESK, ADA, LETTER)
            assert sending.fate is Fate.MISCONFIGURED
            assert "STARTTLS" in sending.reason
            assert sink.commands == ["connect"]

    async def test_implicit_tls_to_a_plain_port_is_a_matter_of_settings(self) -> None:
        async with SmtpSink(tls="none") as sink, posting(sink, tls="implicit") as post:
            assert (await post.send(DESK, ADA, LETTER)).fate is Fate.MISCONFIGURED

    async def test_a_wrong_password_makes_every_letter_wait(self, sink: SmtpSink) -> None:
        async with posting(sink, password="wrong") as post:
            sending = await post.send(DESK, ADA, LETTER)
            assert (sending.fate, sending.code) == (Fate.MISCONFIGURED, 535)

    @pytest.mark.parametrize("content", [None, "not a certificate"])
    async def test_an_authority_that_cannot_be_read_is_named(
        self, sink: SmtpSink, tmp_path: Path, content: str | None
    ) -> None:
        if content:
            (tmp_path / "ca.pem").write_text(content)
        async with posting(sink, ca=tmp_path / "ca.pem") as post:
            sending = await post.send(DESK, ADA, LETTER)
            assert sending.fate is Fate.MISCONFIGURED
            assert "ca.pem" in sending.reason

    @pytest.mark.parametrize(("code", "fate"), [(421, Fate.TRY_LATER), (554, Fate.MISCONFIGURED)])
    async def test_a_server_that_turns_us_away_says_for_how_long(
        self, sink: SmtpSink, post: Post, code: int, fate: Fate
    ) -> None:
        sink.fail("connect", code=code, text="Not you")
        assert (await post.send(DESK, ADA, LETTER)).fate is fate

    async def test_probe_says_what_is_wrong(self, sink: SmtpSink) -> None:
        async with posting(sink, password="wrong") as post:
            found = await post.probe()
        assert found
        assert (found.fate, found.code) == (Fate.MISCONFIGURED, 535)
