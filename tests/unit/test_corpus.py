"""The corpus and the letters made of it: whole, the same at every call, and parted into folds without overlap."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from bot.domain.vocabulary import RequestType
from tests.evaluation.corpus import FOLDS, LANGUAGES, ORDINARY, _hasty, families, sentences
from tests.evaluation.letters import _Fold, surroundings

ANYBODY = 10  # words
UNSEEN = Path(__file__).parents[1] / "evaluation" / "unseen"


@pytest.fixture(scope="module")
def some_letters():
    group = [family for family in families() if family.language == "da" and family.fold == 2]
    return group, list(_Fold(group).letters())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_request_type(language):
    said = {family.label for family in families() if family.language == language}
    assert said == set(RequestType)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Löschen Sie é, ż und ș!", "loschen sie e, z und s"),
        ("Hesabımı İPTAL edin.", "hesabimi iptal edin"),
        ("データを削除してください。", "データを削除してください"),
        ("삭제해 주세요！", "삭제해 주세요"),
        ("Мой акаунт, моля.", "мой акаунт, моля"),
    ],
)
def test_haste_takes_accents_from_latin_letters_alone(written, typed):
    assert _hasty(written) == typed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_vague_is_taught_as_several_types(language):
    vague = [family for family in families() if family.language == language and family.section == "vague"]
    assert vague
    assert all(ORDINARY in family.taught and len(family.taught) > 2 for family in vague)


def test_every_fold_of_a_language_holds_requests_and_ordinary_mail():
    held = defaultdict(set)
    for family in families():
        held[family.language, family.fold].add(family.label == ORDINARY)
    assert len(held) == FOLDS * len(LANGUAGES)
    assert all(each == {True, False} for each in held.values())


def test_the_letters_of_a_fold_are_the_same_at_every_call(some_letters):
    group, made = some_letters
    assert made == list(_Fold(group).letters())


def test_a_letter_holds_a_wording_of_its_own_fold_for_each_of_its_labels(some_letters):
    group, made = some_letters
    around = surroundings("da")
    worded = defaultdict(set)
    for family in group:
        worded[family.label] |= {*sentences(family, around), *family.variants(1)}
    for letter in made:
        said = f"{letter.subject}\n{letter.text}"
        assert all(any(text in said for text in worded[label]) for label in letter.labels)


def test_complaints_come_first_but_behind_a_reminder_and_questions_come_alone(some_letters):
    _, made = some_letters
    assert {letter.labels[0] for letter in made if "complaint" in letter.labels[1:]} == {"status_inquiry"}
    assert all(len(letter.labels) == 1 for letter in made if letter.labels[0] == "policy_question")


def test_no_unseen_letter_stands_in_the_corpus_but_lines_that_anybody_writes():
    taught = {text for family in families() for text in family.variants()}
    rows = [json.loads(line) for path in UNSEEN.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert rows
    assert not taught & {row["text"] for row in rows if len(row["text"].split()) > ANYBODY}
