"""A code comes back: right, wrong, late, from somebody else, or in a long letter."""

import pytest

from bot.domain.events import Closed
from bot.domain.identity import CODE_TRIES, CODES_A_DAY
from bot.domain.understanding import Understanding, classify
from bot.domain.vocabulary import Outcome
from handlers import reading
from tests.handlers.conftest import ERASE, EVE, ROBIN, Bench, code_of, text_of, wrong

LONG = (
    "Thank you for your quick mail. I have looked for the right drawer with all of my papers in it, and found the "
    "old contract, too, which I had thought was lost. The code that you have sent me is {}, as far as I can see."
)


async def asked(bench: Bench, sender: str = ROBIN):
    """A ticket that waits for proof, and its acknowledgement."""
    case = await bench.case(await bench.write(ERASE, sender=sender))
    return case.reference, (await bench.letters())[-1]


async def verified(bench: Bench, reference: str) -> bool:
    return (await bench.case(reference)).row.verified


async def test_a_right_code_in_the_thread_proves_and_is_answered(bench):
    reference, letter = await asked(bench)
    await bench.write(code_of(letter), answers=letter)
    assert await verified(bench, reference)
    assert await bench.kinds() == ["acknowledgement", "verified"]
    assert [each.letter for each in await bench.drafts()] == ["fulfilled"]


async def test_a_right_code_outside_of_any_thread_is_evidence_by_itself(bench):
    reference, letter = await asked(bench)
    await bench.write(f"Here it is: {code_of(letter)}", subject="the code")
    assert await verified(bench, reference)
    assert len(await bench.cases()) == 1


async def test_a_right_code_with_a_space_in_the_middle_proves(bench):
    reference, letter = await asked(bench)
    code = code_of(letter)
    await bench.write(f"{code[:4]} {code[4:]}", answers=letter)
    assert await verified(bench, reference)


async def test_a_right_code_in_a_long_letter_proves_and_the_letter_is_for_staff_to_read(bench):
    reference, letter = await asked(bench)
    code = code_of(letter)
    await bench.write(LONG.format(code), answers=letter)
    assert await verified(bench, reference)
    assert await bench.heard(await bench.case(reference)) == [ERASE, LONG.format("********")]


async def test_a_further_right_beside_a_code_is_a_request_of_its_own(bench):
    reference, letter = await asked(bench)
    more = "Please also send me a copy of all personal data that you hold about me."
    await bench.write(f"{code_of(letter)}\n\n{more}", answers=letter)
    requests = (await bench.case(reference)).ticket().requests
    assert [(each.type, each.verified_at is not None) for each in requests] == [
        ("deletion", True),
        ("access", False),
    ]


async def test_no_code_is_a_request_however_its_digits_sound(bench, monkeypatch):
    heard = []

    def listening(text: str, subject: str, **more: object) -> Understanding:
        heard.append((text.strip(), subject))
        return classify(text, subject)

    _, letter = await asked(bench)
    monkeypatch.setattr(reading, "classify", listening)
    await bench.write(code_of(letter), answers=letter, subject=f"Re: {letter['Subject']}")
    assert heard == [("", "")]


async def test_a_code_that_stands_only_in_what_is_quoted_is_not_tried(bench):
    reference, letter = await asked(bench)
    quoted = "\n".join(f"> {line}" for line in text_of(letter).splitlines())
    await bench.write(f"What is this about?\n\nOn Monday, we wrote:\n{quoted}", answers=letter)
    assert not await verified(bench, reference)


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_wrong_code_changes_nothing_and_the_next_try_is_free(bench, in_thread):
    reference, letter = await asked(bench)
    thread = letter if in_thread else None
    await bench.write(wrong(code_of(letter)), answers=thread)
    assert not await verified(bench, reference)
    assert await bench.kinds() == ["acknowledgement", "wrong_code"]
    await bench.write(code_of(letter), answers=thread)
    assert await verified(bench, reference)


async def test_the_fifth_wrong_code_is_the_last_and_the_right_one_comes_too_late(bench):
    reference, letter = await asked(bench)
    for _ in range(CODE_TRIES):
        await bench.write(wrong(code_of(letter)), answers=letter)
    await bench.write(code_of(letter), answers=letter)
    assert not await verified(bench, reference)
    assert (await bench.kinds())[-1] == "wrong_code"


async def test_a_right_code_is_good_for_a_day(bench):
    reference, letter = await asked(bench)
    bench.clock.forward(hours=24)
    await bench.write(code_of(letter), answers=letter)
    assert not await verified(bench, reference)


async def test_a_right_code_serves_once(bench):
    _, letter = await asked(bench)
    for _ in range(2):
        await bench.write(code_of(letter), answers=letter)
    assert await bench.kinds() == ["acknowledgement", "verified", "wrong_code"]


async def test_another_tickets_code_proves_nothing_in_this_thread(bench):
    reference, letter = await asked(bench)
    await bench.write("Please send me a copy of all the personal data that you hold about me.")
    other = (await bench.letters())[-1]
    await bench.write(code_of(other), answers=letter)
    assert not await verified(bench, reference)


async def test_a_code_from_another_address_proves_nothing_and_becomes_a_matter_of_its_own(bench):
    reference, letter = await asked(bench)
    item = await bench.write(code_of(letter), sender=EVE, answers=letter)
    assert not await verified(bench, reference)
    stranger = await bench.case(item)
    assert (stranger.row.status, stranger.reference == reference) == ("triage", False)
    assert reference not in text_of((await bench.letters())[-1])


async def test_anothers_guesses_do_not_use_up_the_requesters_tries(bench):
    reference, letter = await asked(bench)
    for _ in range(CODE_TRIES):
        await bench.write(wrong(code_of(letter)), sender=EVE, answers=letter)
    await bench.write(code_of(letter), answers=letter)
    assert await verified(bench, reference)


async def test_a_new_code_comes_when_it_is_asked_for_and_the_old_one_is_dead(bench):
    reference, letter = await asked(bench)
    await bench.write("Please send me a new code.", answers=letter)
    fresh = (await bench.letters())[-1]
    await bench.write(code_of(letter), answers=letter)
    assert not await verified(bench, reference)
    await bench.write(code_of(fresh), answers=letter)
    assert await verified(bench, reference)


async def test_three_new_codes_are_given_in_a_day_and_a_fourth_the_day_after(bench):
    _, letter = await asked(bench)
    for _ in range(CODES_A_DAY + 1):
        await bench.write("Please send me a new code.", answers=letter)
    assert (await bench.kinds()).count("new_code") == CODES_A_DAY
    bench.clock.forward(days=1, seconds=1)
    await bench.write("Please send me a new code.", answers=letter)
    assert (await bench.kinds()).count("new_code") == CODES_A_DAY + 1


async def test_a_right_code_after_closure_is_answered_in_the_same_words_and_goes_to_staff(bench):
    reference, letter = await asked(bench)
    await bench.happen(reference, Closed(bench.clock(), Outcome.UNVERIFIED))
    bench.clock.forward(hours=1)
    await bench.write(code_of(letter), answers=letter)
    case = await bench.case(reference)
    assert (case.row.status, case.row.verified) == ("triage", False)
    assert case.row.reopened_at == bench.clock()
    assert (await bench.kinds())[-1] == "verified"
