"""Sending by SMTP, against a real server that misbehaves on request."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.post import Fate, Post
from bot.settings.endpoints import SmtpServer
from tests.servers.certificates import make_certificates
from tests.servers.smtp import PASSWORD, USER, SmtpSink

DESK = "privacy@desk.test"
ADA = "ada@example.net"
LETTER = b"From: privacy@desk.test\r\nTo: ada@example.net\r\nSubject: We have your letter\r\n\r\nThank you.\r\n"
LARGE = LETTER + b"Nothing much happens on this line of the attachment.\r\n" * 320_000


def server_of(sink: SmtpSink, **other: Any) -> SmtpServer:
    return SmtpServer(**{
        "host": "127.0.0.1", "port": sink.port, "user": USER, "password": PASSWORD, "tls": sink.tls,
        "ca": sink.ca, **other,
    })  # fmt: skip


@asynccontextmanager
async def posting(
    sink: SmtpSink, *, idle: float = 50.0, timeout: float = 5.0, **other: Any
) -> AsyncIterator[Post]:
    post = Post(
        server_of(sink, **other), local_hostname="desk.test", timeout=timeout, answer_timeout=timeout, idle=idle
    )
    try:
        yield post
    finally:
        await post.close()


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


async def test_the_password_is_in_no_representation(sink: SmtpSink) -> None:
    assert PASSWORD not in repr(server_of(sink))


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


class TestRefusals:
    @pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
    @pytest.mark.parametrize(("code", "fate"), [(451, Fate.TRY_LATER), (554, Fate.REFUSED)])
    async def test_a_refusal_is_temporary_or_final_by_its_first_digit(
        self, sink: SmtpSink, post: Post, stage: Any, code: int, fate: Fate
    ) -> None:
        sink.fail(stage, code=code)
        sending = await post.send(DESK, ADA, LETTER)
        assert (sending.fate, sending.code) == (fate, code)
        assert sink.messages == []

    async def test_after_a_refusal_the_same_connection_goes_on(self, sink: SmtpSink, post: Post) -> None:
        sink.fail("rcpt", code=550, recipient="nobody@example.net")
        assert (await post.send(DESK, "nobody@example.net", LETTER)).fate is Fate.REFUSED
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert [accepted.recipients for accepted in sink.messages] == [(ADA,)]
        assert sink.connections == 1

    async def test_a_server_that_wants_a_login_is_a_matter_of_settings(self, sink: SmtpSink) -> None:
        async with posting(sink, user="") as post:
            sending = await post.send(DESK, ADA, LETTER)
        assert (sending.fate, sending.code) == (Fate.MISCONFIGURED, 530)

    async def test_the_reason_holds_no_address_no_link_and_no_code(self, sink: SmtpSink, post: Post) -> None:
        said = (
            "5.1.1 <ada@example.net> and ada are unknown, see https://desk.test/verify/s3cr3t?x 1234 5678 \x1b[0m"
        )
        sink.fail("rcpt", code=550, text=said)
        sending = await post.send(DESK, ADA, LETTER)
        assert (
            sending.reason == "the mail server said 550 5.1.1 … and … are unknown, see https://desk.test/… … [0m"
        )

    async def test_an_answer_to_the_dot_that_makes_no_sense_leaves_the_letter_unsure(
        self, sink: SmtpSink, post: Post
    ) -> None:
        sink.fail("dot", code=354)
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.UNSURE
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert sink.connections == 2

    async def test_a_positive_answer_before_the_letter_is_not_taken_for_sent(
        self, sink: SmtpSink, post: Post
    ) -> None:
        sink.fail("data", code=250)
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.TRY_LATER


class TestLostConnections:
    """M6: only between the final dot and its answer is a letter's fate unknown."""

    @pytest.mark.parametrize("act", ["drop", "stall"])
    @pytest.mark.parametrize("stage", ["connect", "rset", "mail", "rcpt", "data"])
    async def test_lost_before_the_letter_is_tried_later(self, sink: SmtpSink, stage: Any, act: Any) -> None:
        sink.fail(stage, act)
        async with posting(sink, timeout=1.0) as post:
            sending = await post.send(DESK, ADA, LETTER)
            assert (sending.fate, sending.code) == (Fate.TRY_LATER, None)
            assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert len(sink.messages) == 1

    @pytest.mark.parametrize("act", ["drop", "stall"])
    @pytest.mark.parametrize("tls", ["starttls", "none"])
    async def test_lost_within_the_letter_is_tried_later(self, act: Any, tls: Any) -> None:
        async with SmtpSink(tls=tls) as sink, posting(sink, timeout=2) as post:
            sink.fail("body", act)
            assert (await post.send(DESK, ADA, LARGE)).fate is Fate.TRY_LATER
            assert sink.messages == []

    @pytest.mark.parametrize("act", ["drop", "stall"])
    async def test_lost_after_the_dot_is_unsure_and_is_not_tried_again(self, sink: SmtpSink, act: Any) -> None:
        sink.fail("dot", act, times=2)
        async with posting(sink, timeout=1.0) as post:
            sending = await post.send(DESK, ADA, LETTER)
        assert (sending.fate, sending.code) == (Fate.UNSURE, None)
        assert len(sink.messages) == 1

    async def test_unsure_on_a_kept_connection_is_not_tried_again_either(self, sink: SmtpSink, post: Post) -> None:
        await post.send(DESK, ADA, LETTER)
        sink.fail("dot", "drop")
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.UNSURE
        assert len(sink.messages) == 2

    async def test_a_letter_after_a_stalled_one_never_reads_its_late_answer(self, sink: SmtpSink) -> None:
        sink.fail("rcpt", "stall")
        async with posting(sink, timeout=1.0) as post:
            await post.send(DESK, "slow@example.net", LETTER)
            await post.send(DESK, ADA, LETTER)
        assert [accepted.recipients for accepted in sink.messages] == [(ADA,)]
        assert sink.connections == 2

    async def test_a_send_that_is_cancelled_leaves_nothing_half_said(self, sink: SmtpSink, post: Post) -> None:
        sink.fail("rcpt", "stall")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(post.send(DESK, "slow@example.net", LETTER), 0.5)
        async with asyncio.timeout(10):
            while sink.connected:
                await asyncio.sleep(0.01)
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert [accepted.recipients for accepted in sink.messages] == [(ADA,)]

    async def test_a_server_that_is_not_there_is_tried_later(self, sink: SmtpSink) -> None:
        async with SmtpSink() as gone:
            pass
        async with posting(sink, port=gone.port) as post:
            assert (await post.send(DESK, ADA, LETTER)).fate is Fate.TRY_LATER


class TestKeptConnections:
    async def test_a_connection_that_the_server_ended_is_opened_again_at_once(
        self, sink: SmtpSink, post: Post
    ) -> None:
        await post.send(DESK, ADA, LETTER)
        await sink.hang_up()
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert (len(sink.messages), sink.connections) == (2, 2)

    @pytest.mark.parametrize("stage", ["rset", "mail"])
    @pytest.mark.parametrize("act", ["drop", "refuse"])
    async def test_one_that_fails_before_the_letter_is_opened_again_at_once(
        self, sink: SmtpSink, post: Post, stage: Any, act: Any
    ) -> None:
        await post.send(DESK, ADA, LETTER)
        sink.fail(stage, act, code=421, text="4.4.2 Idle for too long")
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert (len(sink.messages), sink.connections) == (2, 2)

    async def test_it_is_opened_again_once_and_not_for_ever(self, sink: SmtpSink, post: Post) -> None:
        await post.send(DESK, ADA, LETTER)
        sink.fail("mail", "drop", times=9)
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.TRY_LATER
        assert sink.connections == 2

    async def test_a_connection_that_was_idle_is_not_trusted(self, sink: SmtpSink) -> None:
        async with posting(sink, idle=0.0) as post:
            await post.send(DESK, ADA, LETTER)
            await post.send(DESK, ADA, LETTER)
        assert sink.connections == 2

    async def test_after_close_letters_can_be_sent_again(self, sink: SmtpSink, post: Post) -> None:
        await post.send(DESK, ADA, LETTER)
        await post.close()
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT


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


async def test_the_sink_as_a_process_keeps_mails_beyond_its_death(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.smtp", "--store", str(tmp_path), "--tls", "none",
        "--fault", '{"at": "dot", "act": "drop"}',
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    port = int(url.partition("127.0.0.1:")[2].partition("?")[0])
    post = Post(SmtpServer("127.0.0.1", port, USER, PASSWORD, "none", None), local_hostname="desk.test")
    assert [(await post.send(DESK, ADA, LETTER)).fate for _ in range(2)] == [Fate.UNSURE, Fate.SENT]
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    await post.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000001.eml", "000001.json", "000002.eml", "000002.json",
    ]  # fmt: skip
    assert (tmp_path / "000001.eml").read_bytes() == LETTER
    envelope = json.loads((tmp_path / "000002.json").read_text())
    assert (envelope["sender"], envelope["recipients"]) == (DESK, [ADA])
    assert message_from_bytes((tmp_path / "000002.eml").read_bytes())["To"] == ADA
