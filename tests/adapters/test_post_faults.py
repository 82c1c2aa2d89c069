"""What becomes of a letter when the server refuses it or the connection goes, moment by moment."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.post import Fate, Post
from bot.settings.endpoints import SmtpServer
from tests.adapters.posting import ADA, DESK, LARGE, LETTER, posting
from tests.servers.smtp import PASSWORD, USER, SmtpSink


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as server:
        yield server


@pytest.fixture
async def post(sink: SmtpSink) -> AsyncIterator[Post]:
    async with posting(sink) as made:
        yield made


class TestTakenBack:
    async def test_what_may_not_go_any_more_is_withheld_before_its_dot_and_the_next_letter_goes(
        self, sink: SmtpSink, post: Post
    ) -> None:
        async def taken_over() -> bool:
            return False

        withheld = await post.send(DESK, ADA, LETTER, taken_over)
        assert (withheld.fate, "taken back" in withheld.reason) == (Fate.TRY_LATER, True)
        assert (sink.commands[-1], sink.messages) == ("data", [])
        assert (await post.send(DESK, ADA, LETTER)).fate is Fate.SENT
        assert len(sink.messages) == 1


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
