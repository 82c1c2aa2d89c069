"""Letters as they are queued: thread, promise, sealed bytes, masked codes; merged mails and alerts."""

from datetime import timedelta

import pytest

from bot.domain.correlation import ticket_of
from bot.store import cases, outbox
from bot.store.outbox import Promise
from handlers import dispatch
from tests.handlers.conftest import DESK, ERASE, ROBIN, UNSUBSCRIBE, code_of, text_of, wrong

QUESTION = "Do you sell my personal data to third parties?"


async def test_a_letter_is_from_the_desk_to_the_requester_alone(bench):
    await bench.write(ERASE, headers=[("Reply-To", "else@elsewhere.example"), ("Cc", "more@elsewhere.example")])
    (letter,) = await bench.letters()
    assert letter["To"] == ROBIN
    assert (letter["Cc"], letter["Reply-To"]) == (None, None)
    assert DESK in letter["From"]
    assert "Linden Books" in letter["From"]


async def test_a_letter_stands_in_the_thread_of_what_it_answers(bench):
    item = await bench.write(ERASE, headers=[("References", "<one@letters.example> <two@letters.example>")])
    case = await bench.case(item)
    (letter,) = await bench.letters()
    heard = letter["In-Reply-To"]
    assert heard.endswith("@letters.example>")
    assert letter["References"].split() == ["<one@letters.example>", "<two@letters.example>", heard]
    assert ticket_of(letter["Message-ID"].strip("<>"), bench.desk.store.keys.token_secret) == case.reference


async def test_of_many_references_the_first_and_the_last_few_are_kept(bench):
    many = " ".join(f"<{place}@letters.example>" for place in range(30))
    await bench.write(ERASE, headers=[("References", many)])
    (letter,) = await bench.letters()
    kept = letter["References"].split()
    assert kept[:2] == ["<0@letters.example>", "<26@letters.example>"]
    assert len(kept) == 6


async def test_an_automatic_letter_says_so_and_repeats_nothing_that_the_sender_wrote(bench):
    await bench.write(ERASE, subject="URGENT: read https://bad.example", sender=f'"Cheap pills" <{ROBIN}>')
    (letter,) = await bench.letters()
    assert letter["Auto-Submitted"] == "auto-replied"
    written = letter.as_string()
    assert "bad.example" not in written
    assert "pills" not in written


async def test_the_subject_carries_the_reference(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    assert letter["Subject"].endswith(f"[{case.reference}]")


async def test_a_letter_is_text_and_html(bench):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


async def test_the_kept_text_has_its_code_masked_and_the_letter_has_it(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    (kept,) = await bench.heard(case, "out")
    assert code_of(letter) not in kept
    assert "********" in kept.splitlines()


async def test_each_letter_has_the_promise_that_fits_it(bench):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    await bench.write(wrong(code_of(letter)), answers=letter)
    await bench.write("Please send me a new code.", answers=letter)
    await bench.write(ERASE)
    assert [(each.kind, each.promise) for each in await bench.queued()] == [
        ("acknowledgement", Promise.NOTICE),
        ("wrong_code", Promise.SPARE),
        ("new_code", Promise.ONCE),
        ("acknowledgement_joined", Promise.SPARE),
    ]


async def test_the_same_row_is_the_same_bytes(bench):
    await bench.write(ERASE)
    (row,) = await bench.queued()
    async with bench.desk.store.reading() as work:
        assert await outbox.payload_of(work, row) == await outbox.payload_of(work, row)
    assert row.payload is not None
    assert b"reference" not in row.payload


async def test_a_policy_answer_quotes_word_for_word_and_says_how_to_make_a_request(bench):
    await bench.write(QUESTION)
    (letter,) = await bench.letters()
    quoted = [line[2:] for line in text_of(letter).splitlines() if line.startswith("> ")]
    assert quoted
    assert set(quoted) <= {line for each in bench.desk.policy.statements for line in each.text.split("\n")}
    assert "reply to this mail, and say in your own words what you want" in text_of(letter)


# ---- mail that had to wait ---------------------------------------------------------------------------------


@pytest.fixture
async def held(bench):
    """Two acknowledgements to one address that have to wait, and the row whose turn it is."""
    await bench.write(ERASE)
    await bench.write(UNSUBSCRIBE)
    async with bench.desk.store.transaction() as work:
        for each in await bench.queued():
            row = await outbox.load(work, each.id)
            outbox.later(work, row, bench.clock() + timedelta(hours=1), outbox.HELD_BACK)
    return (await bench.queued())[0]


async def test_what_had_to_wait_for_one_address_becomes_one_mail(bench, held):
    before = [text_of(each).strip() for each in await bench.letters()]
    async with bench.desk.store.transaction() as work:
        await dispatch.merged(bench.desk, work, await outbox.load(work, held.id))
    (one,) = await bench.letters()
    assert all(each in text_of(one) for each in before)
    references = [each.reference for each in await bench.cases()]
    assert all(f"[{each}]" in one["Subject"] for each in references)
    assert one["Auto-Submitted"] == "auto-replied"
    assert len(await bench.queued(state="dead")) == 2


async def test_the_messages_of_merged_letters_follow_the_one_mail(bench, held):
    async with bench.desk.store.transaction() as work:
        one = await dispatch.merged(bench.desk, work, await outbox.load(work, held.id))
    for case in await bench.cases():
        async with bench.desk.store.reading() as work:
            found = [row.outbox_id for row, _ in await cases.messages(work, case) if row.direction == "out"]
        assert found == [one.id]


async def test_a_code_in_a_merged_mail_is_good(bench, held):
    async with bench.desk.store.transaction() as work:
        await dispatch.merged(bench.desk, work, await outbox.load(work, held.id))
    (one,) = await bench.letters()
    await bench.write(code_of(one))
    assert (await bench.cases())[0].row.verified


async def test_a_row_that_waits_alone_goes_as_it_is(bench):
    await bench.write(ERASE)
    (row,) = await bench.queued()
    async with bench.desk.store.transaction() as work:
        alone = await outbox.load(work, row.id)
        outbox.later(work, alone, bench.clock(), outbox.HELD_BACK)
        assert (await dispatch.merged(bench.desk, work, alone)).id == row.id
    assert await bench.kinds() == ["acknowledgement"]


async def test_the_recipient_is_read_from_the_mail_itself(bench):
    await bench.write(ERASE)
    (row,) = await bench.queued()
    async with bench.desk.store.reading() as work:
        assert dispatch.recipient_of(await outbox.payload_of(work, row)) == ROBIN
