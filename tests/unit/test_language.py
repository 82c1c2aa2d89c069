"""The language of a text: by script, by words, and unknown where nothing tells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.language import UNKNOWN, detect, plausible

SENTENCES = [
    ("en", "Could you tell me which of my details are kept on your computers?"),
    ("de", "Ich wüsste gern, welche Angaben zu meiner Person bei Ihnen liegen."),
    ("fr", "J'aimerais savoir quelles informations vous gardez à mon sujet."),
    ("es", "Me gustaría saber qué información guardan ustedes sobre mi persona."),
    ("it", "Vorrei sapere quali informazioni conservate sul mio conto."),
    ("nl", "Ik zou graag willen weten welke gegevens u van mij bewaart."),
    ("pt", "Gostaria de saber quais informações vocês guardam a meu respeito."),
    ("pl", "Chciałbym wiedzieć, jakie informacje na mój temat przechowujecie."),
    ("sv", "Jag skulle vilja veta vilka uppgifter ni har sparat om mig."),
    ("da", "Jeg vil gerne vide, hvilke oplysninger I har gemt om mig."),
    ("cs", "Rád bych věděl, jaké informace o mně uchováváte ve svých systémech."),
    ("ro", "Aș dori să știu ce informații păstrați despre mine în sistemele voastre."),
    ("tr", "Hakkımda hangi bilgileri sakladığınızı öğrenmek istiyorum, teşekkürler."),
    ("ja", "私についてどのような情報を持っているか教えてください。"),
    ("zh", "请告诉我你们保存了哪些关于我的信息。"),
    ("ko", "저에 대해 어떤 정보를 가지고 있는지 알려 주세요."),
    ("bg", "Бих искал да знам каква информация съхранявате за мен във вашите системи."),
    ("ru", "Я хотел бы знать, какую информацию обо мне вы храните в своих системах."),
    ("el", "Θα ήθελα να μάθω ποιες πληροφορίες έχετε για μένα."),
    ("he", "אני רוצה לדעת איזה מידע יש לכם עליי."),
    ("ar", "أود أن أعرف ما هي المعلومات التي تحتفظون بها عني."),
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_the_language_of_a_sentence_is_known(language, text):
    assert detect(text) == language


@pytest.mark.parametrize(
    "text", ["", "   ", "12345 67", "?!", "a", "https://example.org/en/privacy", "\u200b\u200f"]
)
def test_a_text_without_words_has_no_language(text):
    assert detect(text) == UNKNOWN
    assert plausible(text) == ()


def test_addresses_and_links_do_not_decide():
    assert (
        detect("Cancellate i miei dati https://www.example.com/delete/my/account me@the-best-of.example") == "it"
    )


def test_a_japanese_text_of_mostly_chinese_characters_is_japanese():
    assert detect("個人情報開示請求書を送付いたします") == "ja"


def test_what_is_plausible_begins_with_what_is_detected():
    text = SENTENCES[1][1]
    assert plausible(text)[0] == detect(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_a_code(text):
    assert detect(text) == UNKNOWN or len(detect(text)) == 2
