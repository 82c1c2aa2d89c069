"""What people type in Slack, as plain text, and the few words there that mean something by themselves.

Slack's markup: https://docs.slack.dev/messaging/formatting-message-text
"""

import html
import re

LONGEST = 40_000  # characters of a message that are read; Slack takes no more
_MARKED = re.compile(r"<([^<>]{1,3000})>")
_BROKEN = re.compile(r"(?<![.!?:;,\s])[ \t]*\n+[ \t]*(?=[^\W\d_A-ZÀ-ÖØ-Þ])")
_REQUEST = r"(?:my |the |this |that |a |all )?(?:privacy )?(?:requests?|tickets?|it|pr-[0-9a-z]{8})"
_WITHDRAWS = re.compile(
    rf"(?:please |i |i want to |i'd like to |i would like to |can you )*(?:withdraw|cancel|retract|take back)"
    rf"(?: {_REQUEST})*(?: please| back| now)*"
    r"|(?:bitte )?(?:zurückziehen|anfrage zurückziehen|ich ziehe (?:meine|die) anfrage zurück)"
    r"|(?:je (?:retire|veux retirer|souhaite retirer)|retirer|annuler)(?: (?:ma|la|cette) demande)?"
    r"|(?:retiro|quiero retirar|retirar|cancelar|anular)(?: (?:mi|la|esta) (?:solicitud|petición))?"
    r"|(?:ritiro|voglio ritirare|vorrei ritirare|ritirare|annullare)(?: (?:la mia|la|questa) richiesta)?"
    r"|(?:retiro|quero retirar|retirar|cancelar|anular)(?: (?:o meu|meu|o|este|esse) pedido)?"
    r"|(?:ik trek (?:mijn|het|dit) verzoek in|(?:mijn |het )?(?:verzoek )?intrekken)"
    r"|(?:wycofaj|wycofuję|wycofać|proszę wycofać|chcę wycofać)(?: (?:mój |ten |swój )?wniosek)?"
)
_GREETINGS = re.compile(
    r"(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening|day)|guten (?:tag|morgen|abend)|moin|bonjour|salut|"
    r"hola|buenos días|ciao|buongiorno|olá|oi|cześć|dzień dobry|hej|goedendag|hoi|help|hilfe|aide|ayuda|\?)"
    r"(?: (?:there|all|everyone|everybody|team|folks|zusammen|à tous|a todos))?"
)
_STATUS = re.compile(
    r"(?:my |what is (?:the |my )?|what's (?:the |my )?)?(?:request )?status"
    r"(?:(?: of| for)?(?: my| the)?(?: request| ticket)?(?: pr-[0-9a-z]{8})?)"
    r"|statut|estado|stato"
)
_AGREES = re.compile(
    r"(?:yes|yep|yeah|ja|oui|s[iíì]|sim|tak|ok|okay|sure|correct|right|exactly|of course|go ahead|please do)"
    r"(?:,? (?:please|bitte|it is|that's right|take it on|go ahead|thanks|thank you))*"
)
_DISAGREES = re.compile(
    r"(?:no|nope|nein|non|não|nie|nee)(?:,? (?:thanks|thank you|danke|merci|it is not|it isn't))*"
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@.]+(?:\.[^\s<>()\[\],;:\"@.]+)+")


def plain_text(marked: str) -> str:
    """The text as its writer saw it: links with their real target, mentions and entities as characters."""
    return html.unescape(_MARKED.sub(_unmarked, marked[:LONGEST])).strip()


def _unmarked(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target.startswith("mailto:"):
        return target.removeprefix("mailto:")
    if target[:1] in "@#!":
        return label or target
    return f"{label} ({target})" if label and label not in target else target


def in_sentences(text: str) -> str:
    """The text with its sentences whole: people break them with a new line, or go on in a new message."""
    return _BROKEN.sub(" ", text)


def withdraws(text: str) -> bool:
    """Whether all that is said is that a request is taken back; to withdraw a consent is a request itself."""
    return bool(_WITHDRAWS.fullmatch(_bare(text)))


def greets(text: str) -> bool:
    """A greeting, or a call for help, and nothing else."""
    return bool(_GREETINGS.fullmatch(_bare(text))) or not _bare(text)


def asks_status(text: str) -> bool:
    """The bare word; whole questions are understood as all letters are."""
    return bool(_STATUS.fullmatch(_bare(text)))


def agrees(text: str) -> bool | None:
    """What somebody who was asked says to it; None where that is neither yes nor no."""
    if _AGREES.fullmatch(_bare(text)):
        return True
    return False if _DISAGREES.fullmatch(_bare(text)) else None


def address_in(text: str) -> str | None:
    """The one e-mail address in a text that is about little else."""
    found = list(dict.fromkeys(_ADDRESS.findall(text[:500])))
    return found[0].rstrip(".") if len(found) == 1 and len(text.split()) <= 12 and found[0].isprintable() else None


def _bare(text: str) -> str:
    """Small letters and single blanks, without what surrounds the words."""
    return " ".join(text[:200].lower().split()).strip(" .,!?…\"'“”„‘’«»") if len(text) <= 200 else text
