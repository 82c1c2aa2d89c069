"""Thanks, wishes for a new code, and nothing that only looks like them."""

import pytest

from bot.domain.courtesies import asks_for_code, denies, is_little_more_than_a_code, is_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you very much for your quick reply.\n\nKind regards\nIda Berg",
        "Vielen Dank für die schnelle Hilfe!",
        "Herzlichen Dank und freundliche Grüße\nIda",
        "Merci beaucoup, bonne journée",
        "Muchas gracias por su ayuda",
        "Grazie mille",
        "Bedankt voor je hulp",
        "Muito obrigada",
        "Dziękuję bardzo",
    ],
)
def test_thanks_are_thanks(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "Please delete my account as well. Thanks!",
        "Thanks in advance for deleting everything.",
        "Thanks, but this is wrong.",
        "Thank you. But I never agreed to that.",
        "Danke, das stimmt aber nicht.",
        "Merci de supprimer mon compte.",
        "Thanks. What about my brother?",
        "Thanks, I object to the extension.",
        "Thanks.\nPlease delete it",
        "Thanks\n1234 5678",
        "Tak",
        "thanks " * 21,
    ],
)
def test_what_says_anything_more_is_for_a_person_to_read(text: str) -> None:
    assert not is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please send me a new code",
        "Bitte einen neuen Code",
        "un nouveau code svp",
        "Otro código, por favor",
        "Pido un código nuevo",
        "« nuovo codice »",
        "novo código",
    ],
)
def test_a_wish_for_a_new_code_is_heard(text: str) -> None:
    assert asks_for_code(text)


@pytest.mark.parametrize("text", ["The code is 12345678", "your code of conduct", "a new code " + "and " * 70])
def test_a_code_that_is_only_mentioned_is_no_wish_for_a_new_one(text: str) -> None:
    assert not asks_for_code(text)


def test_a_code_with_a_greeting_is_little_more_than_a_code() -> None:
    assert is_little_more_than_a_code("Hello,\nhere it is: 1234 5678\nKind regards\nIda Berg")
    assert not is_little_more_than_a_code("My order 12345678 " + "never arrived and I wonder why. " * 8)


@pytest.mark.parametrize(
    "text",
    [
        "This was not me!",
        "It wasn't me.",
        "Not me",
        "Hello,\nI did not request this.\nIda",
        "I never asked for it.",
        "Das war ich nicht.",
        "Ich war das nicht!",
        "Ce n'était pas moi.",
        "«\u202fpas moi\u202f»",
        "No fui yo",
        "Yo no he sido",
        "Non sono stata io",
        "non ero io",
        "Dat was ik niet",
        "Não fui eu.",
        "To nie byłam ja",
        "Det var inte jag.",
        "Det var ikke mig",
        "To jsem nebyl já.",
        "Nu am fost eu",
    ],
)
def test_who_did_not_ask_is_heard(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize(
    "text",
    [
        "It was me.",
        "12345678",
        "Das bin ich.",
        "C'est moi",
        "I did not get your code.",
        "was not me " + "and " * 70,
    ],
)
def test_what_only_sounds_like_it_is_no_denial(text: str) -> None:
    assert not denies(text)
