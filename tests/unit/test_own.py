"""What staff teach shifts what is unclear, within bounds, and keeps nothing of any single letter."""

from dataclasses import replace

import numpy as np
import pytest

from bot.domain.learned.grams import PLACES, places
from bot.domain.learned.head import TYPES
from bot.domain.learned.own import SHARED_BY, TAUGHT, Example, Own, Told, fit, packaged_digest
from bot.domain.learned.trial import LEAST_EXAMPLES, Score, own_score, packaged_score, too_few
from bot.domain.learned.weighing import Weighed
from bot.domain.rules.verdict import Verdict
from bot.domain.understanding import BAR, classify, heed, tell
from bot.domain.vocabulary import RequestType

T = RequestType
VERDICT = Verdict((T.NOT_PRIVACY,), 0.5, {}, 0.0, False, frozenset(), frozenset(), on_topic=True, too_short=False)


def letter(*sentences: str) -> Told:
    """One that the packaged model has no idea of."""
    main = np.full(len(TYPES), 1 / len(TYPES), np.float32)
    return Told(tuple(places(each.split()) for each in sentences), VERDICT, Weighed(main, np.zeros_like(main)))


def example(text: str, kind: RequestType, by: int | str) -> Example:
    return Example(letter(text), (kind,), str(by))


def school(count: int = 12) -> list[Example]:
    """Letters of two kinds, each from somebody else."""
    deletions = [example("wipe the larkspur pass", T.DELETION, f"d{number}") for number in range(count)]
    return deletions + [example("open the juniper drawer", T.ACCESS, f"a{number}") for number in range(count)]


def test_a_letter_like_the_examples_is_understood_and_the_sentence_that_shows_it_is_named():
    advice = fit(school(10)).advise(letter("hello", "please wipe my larkspur pass"))
    assert advice.weighed.types() == (T.DELETION,)
    assert advice.weighed.confidence >= BAR
    assert (advice.finding.type, advice.finding.rule, advice.finding.at) == (T.DELETION, TAUGHT, 1)


def test_a_letter_unlike_the_examples_is_left_as_it_was():
    told = letter("xqz vvv")
    assert np.allclose(fit(school()).advise(told).weighed.main, told.weighed.main)


@pytest.mark.parametrize(("people", "taught"), [(SHARED_BY, True), (SHARED_BY - 1, False)])
def test_what_only_few_people_wrote_leaves_no_trace(people, taught):
    own = fit([*school(), *(example("quetzal", T.COMPLAINT, f"q{at % people}") for at in range(9))])
    rare = np.setdiff1d(places(["quetzal"]), np.concatenate([each.told.places for each in school()]))
    assert own.weights[rare].any() == taught


def test_the_same_examples_make_the_same_bytes():
    assert fit(school()).as_bytes() == fit(school()).as_bytes()


def test_what_is_written_can_be_read_again():
    own = fit(school())
    read = Own.from_bytes(own.as_bytes())
    assert read
    assert np.allclose(read.weights, own.weights, atol=1e-2)
    assert read.as_bytes() == own.as_bytes()


def test_what_is_broken_or_of_another_version_is_no_model():
    whole = Own(np.ones((PLACES, len(TYPES)), np.float32), packaged_digest()).as_bytes()
    other = Own(np.ones((PLACES, len(TYPES)), np.float32), "another").as_bytes()
    assert Own.from_bytes(whole)
    assert [Own.from_bytes(each) for each in (b"", b"\x00" * 99, whole[:-40], other)] == [None] * 4


@pytest.mark.parametrize(
    ("decision", "advised", "heeded"),
    [
        (((T.ACCESS,), 0.4), ((T.DELETION,), 0.9), ((T.DELETION,), 0.9)),
        (((T.ACCESS,), 0.4), ((T.ACCESS,), 0.9), ((T.ACCESS,), 0.9)),
        (((T.ACCESS,), 0.4), ((T.NOT_PRIVACY,), 0.9), ((T.NOT_PRIVACY,), 0.5)),
        (((T.ACCESS,), 0.4), ((T.POLICY_QUESTION,), 0.9), ((T.POLICY_QUESTION,), 0.5)),
        (((T.ACCESS,), 0.4), ((T.STATUS_INQUIRY,), 0.9), ((T.ACCESS,), 0.4)),
        (((T.ACCESS,), 0.8), ((T.STATUS_INQUIRY,), 0.9), ((T.ACCESS,), 0.5)),
        (((T.STATUS_INQUIRY,), 0.4), ((T.STATUS_INQUIRY,), 0.9), ((T.STATUS_INQUIRY,), 0.5)),
        (((T.ACCESS,), 0.8), ((T.ACCESS,), 0.3), ((T.ACCESS,), 0.8)),
        (((T.ACCESS,), 0.8), ((T.DELETION,), 0.9), ((T.DELETION,), 0.5)),
        (((T.NOT_PRIVACY,), 0.9), ((T.DELETION,), 0.4), ((T.DELETION,), 0.4)),
        (((T.POLICY_QUESTION,), 0.9), ((T.POLICY_QUESTION,), 0.99), ((T.POLICY_QUESTION,), 0.9)),
    ],
)
def test_what_is_unclear_is_said_and_what_is_sure_can_only_be_doubted(decision, advised, heeded):
    assert heed(VERDICT, decision, advised) == heeded


def test_what_the_rules_are_certain_of_stands():
    certain = replace(VERDICT, certain=frozenset({T.ACCESS}))
    decision = ((T.ACCESS,), 0.9)
    assert heed(certain, decision, ((T.DELETION,), 0.99)) == decision


def test_words_that_may_as_well_mean_something_else_still_go_to_a_person():
    def all_for_deletion() -> Own:
        weights = np.zeros((PLACES, len(TYPES)), np.float32)
        weights[:, TYPES.index(T.DELETION)] = 9
        return Own(weights, packaged_digest())

    understood = classify("close my account", advise=all_for_deletion().advise)
    assert understood.request_types == (T.DELETION,)
    assert understood.abstain


@pytest.mark.parametrize("unclear", [{"too_short": True}, {"ambiguous": frozenset({T.NOT_PRIVACY})}])
def test_what_the_rules_find_unclear_stays_with_a_person(unclear):
    decision = ((T.NOT_PRIVACY,), 0.5)
    assert heed(replace(VERDICT, **unclear), decision, ((T.DELETION,), 0.9)) == ((T.DELETION,), 0.5)


def test_nothing_is_told_of_an_empty_letter():
    assert tell("") is None


def test_every_person_is_judged_by_what_others_taught():
    alone = [example(f"{word} larkspur pass", T.DELETION, "one") for word in ("wipe", "drop", "clear", "lose")]
    assert own_score(alone) == packaged_score(alone)
    assert own_score(school()).right == len(school())


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (school()[: LEAST_EXAMPLES - 1], "19 decisions are too few"),
        ([example("wipe", T.DELETION, at) for at in range(LEAST_EXAMPLES)], "every decision is the same"),
        (school(), ""),
    ],
)
def test_it_says_why_nothing_can_be_learned(examples, said):
    assert too_few(examples).startswith(said)
    assert bool(too_few(examples)) == bool(said)


@pytest.mark.parametrize(
    ("mine", "beats"),
    [
        (Score(5, 1, 4, 8), False),
        (Score(6, 1, 3, 8), True),
        (Score(5, 0, 5, 8), True),
        (Score(5, 1, 4, 9), True),
        (Score(9, 2, 0, 9), False),
        (Score(4, 0, 6, 9), False),
    ],
)
def test_a_model_is_worth_keeping_where_it_is_better_in_something_and_worse_in_nothing(mine, beats):
    assert mine.beats(Score(5, 1, 4, 8)) == beats
