from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.excerpts import find_excerpts, meaning
from bot.domain.learned.embedding import embed
from bot.domain.policy import parse_any, read_policy

POLICY = read_policy((Path(__file__).parents[2] / "templates" / "policy.md").read_text(encoding="utf-8"), None)


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Do you sell my data?", "not-sell-personal"),
        ("Verkauft ihr meine Daten?", "not-sell-personal"),
        ("Vendez-vous mes données ?", "not-sell-personal"),
        ("¿Venden ustedes mis datos?", "not-sell-personal"),
        ("Vendete i miei dati?", "not-sell-personal"),
        ("Verkopen jullie mijn gegevens?", "not-sell-personal"),
        ("Vocês vendem os meus dados?", "not-sell-personal"),
        ("Czy sprzedajecie moje dane?", "not-sell-personal"),
        ("How long do you keep billing records?", "billing-records-retained"),
        ("WIE LANGE WERDEN RECHNUNGEN AUFBEWAHRT???", "billing-records-retained"),
        ("Combien de temps gardez-vous les factures ?", "billing-records-retained"),
        ("¿Cuánto tiempo guardan las facturas?", "billing-records-retained"),
        ("how long are logs kept", "logs-retained-necessary"),
        ("Which of your employees can see my data?", "least-privilege-access"),
        ("Do you hand data over to the police?", "legal-disclosures-occur"),
        ("How will I learn about changes of this policy?", "material-changes-reflected"),
        ("What happens to old unused API keys?", "inactive-credentials-revoked"),
        ("Can I get a copy of my data?", "request-access-data"),
    ],
)
def test_the_statement_that_answers_comes_first(question, statement):
    answer = find_excerpts(POLICY, question)
    assert answer.answerable
    assert answer.excerpts[0].anchor.endswith(f"/{statement}")


@pytest.mark.parametrize(
    "question",
    ["Do you sell my data?", "How long do you keep billing records?", "Verkauft ihr meine Daten?"],
)
def test_a_plain_question_is_answered_with_confidence(question):
    assert find_excerpts(POLICY, question).confidence >= 0.8


@pytest.mark.parametrize(
    "question",
    [
        "Do you have a phone number?",
        "Do you train AI on my data?",
        "Where are your offices?",
        "Do you use cookies?",
        "Trainiert ihr KI mit meinen Daten?",
        "Avez-vous un numéro de téléphone ?",
        "¿Dónde están sus oficinas?",
        "Who is your data protection officer?",
        "Do you collect data from children?",
        "What does a subscription cost?",
        "Can you tell me a joke?",
        "hello",
        "?!",
        "",
    ],
)
def test_a_question_that_the_policy_does_not_answer_is_refused(question):
    assert not find_excerpts(POLICY, question).answerable


def test_a_question_that_the_policy_answers_in_part_is_not_sure():
    assert find_excerpts(POLICY, "Do you sell my fingerprints to insurers abroad?").confidence < 0.8


def test_a_french_contraction_is_no_question_about_machines():
    assert find_excerpts(POLICY, "J'ai une question : vendez-vous mes données ?").confidence >= 0.8


def test_what_the_section_is_about_counts_where_the_statement_does_not_say_it():
    answer = find_excerpts(POLICY, "Why do you process my data?")
    assert answer.answerable
    assert answer.excerpts[0].section == "Why we process data"


def test_excerpts_are_verbatim_best_first_and_bounded():
    found = find_excerpts(POLICY, "How long do you keep logs, bills and support messages?", limit=3).excerpts
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {(one.anchor, one.section, one.text) for one in found} <= {
        (one.anchor, one.section, one.text) for one in POLICY.statements
    }


def test_a_policy_of_somebody_else_is_searched_in_its_own_language():
    policy = parse_any("## Cookies\nWir setzen Cookies ein.\n\n## Kinder\nUnser Angebot ist nicht für Kinder.\n")
    assert find_excerpts(policy, "Do you have rules for children?").excerpts[0].section == "Kinder"


@pytest.fixture
def without_encoder(monkeypatch):
    meaning.meaning_of.cache_clear()
    monkeypatch.setattr(meaning, "embed", lambda texts: None)
    yield
    meaning.meaning_of.cache_clear()


@pytest.mark.usefixtures("without_encoder")
@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Do you sell my data?", "not-sell-personal"),
        ("Säljer ni mina uppgifter?", "not-sell-personal"),
        ("Hvor længe gemmer I fakturaer?", "billing-records-retained"),
        ("Jak dlouho uchováváte faktury?", "billing-records-retained"),
        ("Vindeți datele mele?", "not-sell-personal"),
    ],
)
def test_without_a_sentence_encoder_the_words_find_the_statement(question, statement):
    answer = find_excerpts(POLICY, question)
    assert answer.answerable
    assert answer.excerpts[0].anchor.endswith(f"/{statement}")


@pytest.mark.usefixtures("without_encoder")
def test_without_a_sentence_encoder_what_the_policy_does_not_answer_is_refused():
    assert not find_excerpts(POLICY, "Do you have a phone number?").answerable


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("What if burglars come in over the internet?", "security-controls/"),
        ("My family name has a typo.", "correction"),
        ("Wie lange hebt ihr alte Belege auf?", "billing-records-retained"),
    ],
)
def test_meaning_finds_what_no_word_does(question, statement):
    assert any(statement in one.anchor for one in find_excerpts(POLICY, question).excerpts[:3])


def test_what_is_said_around_a_question_changes_nothing():
    plain = find_excerpts(POLICY, "Do you sell my data?")
    wordy = "I have been a customer for nine years and pay every invoice by card. Do you sell my data? Thanks, Ada"
    assert find_excerpts(POLICY, wordy) == plain


def test_only_so_many_characters_of_a_policy_are_embedded(monkeypatch):
    seen: list[str] = []

    def counting(texts):
        seen.extend(texts)
        return np.full((len(texts), 512), 512**-0.5, np.float32)

    monkeypatch.setattr(meaning, "embed", counting)
    policy = parse_any("\n\n".join(f"Part {n} is long. " + "We keep your letters. " * 8 for n in range(400)))
    assert len(find_excerpts(policy, "Do you keep letters?").excerpts) == 10
    assert len(seen) > 400
    assert sum(len(text) for text in seen) < 50_000


def test_a_sign_that_stands_for_many_letters_is_not_spelt_out_without_end(monkeypatch):
    seen: list[str] = []
    monkeypatch.setattr(meaning, "embed", lambda texts: seen.extend(texts))
    find_excerpts(parse_any("## S\n\n" + "\ufdfa" * 5_000), "Do you sell bread?")
    assert max(len(text) for text in seen) <= 400


def test_a_policy_of_too_many_statements_is_read_by_its_words():
    statements = parse_any("\n\n".join(f"We keep letter {n}." for n in range(501))).statements
    assert meaning.meaning_of(statements) is None
    assert meaning.meaning_of(statements[:3]) is not None or embed(["."]) is None


@pytest.mark.parametrize("question", ["", "?!", "zzz", "\u200b"])
def test_what_is_no_question_finds_nothing(question):
    assert find_excerpts(POLICY, question).excerpts == ()


def test_an_empty_policy_answers_nothing():
    assert find_excerpts(parse_any(""), "Do you sell my data?").excerpts == ()


@given(st.text(max_size=200))
def test_any_text_is_a_question(text):
    answer = find_excerpts(POLICY, text)
    assert 0 <= answer.confidence <= 1
    assert all(0 < one.score <= 1 for one in answer.excerpts)


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "sell " * 200_000, "\0" * 1_000_000, "\ufdfa" * 100_000, "\ud800"]
)
def test_a_megabyte_of_question_is_answered(text):
    assert len(find_excerpts(POLICY, text).excerpts) <= 10


def test_only_so_much_of_an_endless_policy_is_read():
    policy = parse_any("## S\n" + "- We keep your letters.\n" * 20_000 + "- We sell bread.\n")
    assert find_excerpts(policy, "Do you keep letters?").answerable
    assert not find_excerpts(policy, "Do you sell bread?").answerable
