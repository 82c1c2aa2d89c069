"""Whether somebody does not accept a decision: an appeal, whatever it calls itself.

Only what follows a refusal is one (`Ticket.refused`): the same words in a first letter may be an objection to a
use of data, or a complaint. No law of the pack asks for a form or for the word.
"""

import re
from collections.abc import Sequence

from bot.domain.replies import RIGHTS
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import RequestType, Status

_EXAMINED = 20_000  # characters
_WITHIN = r"[^.!?;]{0,70}?"  # of one sentence

# What is not accepted, and the words that say so; they stand within a sentence in either order.
_NOT_ACCEPTED: dict[str, tuple[str, str]] = {
    "en": (
        r"decision|refus(?:al|ed?|ing)|denial|denied|rejection|rejected|your (?:answer|reply|response)",
        r"reconsider\w*|disagree\w*|contest\w*|challeng\w*|disput\w*|object to|overturn\w*|review"
        r"|look at (?:it|this) again"
        r"|(?:do not|don['’]t|cannot|can['’]t|not) (?:accept|agree)",
    ),
    "de": (
        r"entscheidung|ablehnung|abgelehnt|bescheid|absage|weigerung|verweigerung|ihre (?:antwort|auskunft)",
        r"widerspr(?:uch|eche)|einspruch|beschwerde|anfecht\w*|fechte"
        r"|nicht (?:einverstanden|hinnehm\w*|akzeptier\w*)"
        r"|(?:noch ?mals?|erneut) (?:zu )?(?:prüf\w*|überprüf\w*)|überprüf\w*|überdenk\w*",
    ),
    "fr": (
        r"décision|refus|rejet|votre réponse",
        r"recours|faire appel|fais appel|conteste\w*|désaccord|(?:pas|n['’])\s?(?:d['’])?accepte\w*"
        r"|réexamin\w*|reconsid\w*",
    ),
    "es": (
        r"decisión|denegación|negativa|rechazo|respuesta",
        r"recurs[oa]|recurr\w+|apel\w+|impugn\w+|no (?:acepto|estoy de acuerdo)|reconsider\w*|alegaci\w+",
    ),
    "it": (
        r"decisione|rifiuto|diniego|rigetto|vostra risposta",
        r"ricors[oi]|ricorr\w+|appell\w+|contest\w+|impugn\w+|non (?:accetto|sono d['’]accordo)|riesamin\w*",
    ),
    "nl": (
        r"beslissing|besluit|afwijzing|weigering|uw antwoord",
        r"bezwaar|beroep|niet (?:mee )?eens|niet akkoord|betwist\w*|heroverweg\w*|herzie\w*",
    ),
    "pl": (
        r"decyzj\w+|odmow\w+|odrzuceni\w+|odpowiedzi\w*",
        r"odwoł(?:uję|ać|anie)(?: się)? od|sprzeciw\w*|zażaleni\w+|nie zgadzam|nie akceptuj\w+"
        r"|ponown\w+ rozpatrz\w*",
    ),
    "pt": (
        r"decisão|recusa|indeferimento|negativa|resposta",
        r"recurso|recorr\w+|apel\w+|contest\w+|impugn\w+|não (?:aceito|concordo)|reconsider\w*|reaprecia\w*",
    ),
    "sv": (r"beslut\w*|avslag\w*|nekande", r"överklag\w*|bestrid\w*|inte (?:accepter\w*|godta\w*)|ompröv\w*"),
    "da": (r"afgørelse\w*|afslag\w*|beslutning\w*|vedtak\w*", r"klag\w+|anke\w*|ikke (?:enig|accept\w*)"),
    "cs": (r"rozhodnutí|zamítnutí|odmítnutí", r"odvol\w+|námitk\w+|nesouhlas\w*|přezkoum\w*"),
    "ro": (r"decizi\w+|refuz\w*", r"contest\w*|apel\w*|plângere|nu sunt de acord|reanaliz\w*"),
}  # fmt: skip
_BY_ITSELF = (
    r"(?<!not )(?<!no )(?<!n['’]t )\bappeal(?:s|ed|ing)?\b(?! to me)",
    r"\b(?:lodge|file|submit)\w* (?:an? )?(?:formal )?objection to\b|\breconsider\b|\bi \w{0,9} ?disagree\b",
    r"\bbitte (?:prüfen|überprüfen) sie (?:das|es|den fall|meinen antrag) (?:noch ?mals?|erneut)\b",
    r"异议|異議|申诉|申訴|复议|複議|不服|이의\s?(?:신청|제기)|불복|異議申",
)


def _either_order(what: str, how: str) -> str:
    what, how = rf"(?<!\w)(?:{what})(?!\w)", rf"(?<!\w)(?:{how})(?!\w)"
    return f"{what}{_WITHIN}{how}|{how}{_WITHIN}{what}"


_APPEALS = re.compile(
    "|".join((*_BY_ITSELF, *(_either_order(what, how) for what, how in _NOT_ACCEPTED.values()))), re.IGNORECASE
)


def appeals(text: str) -> bool:
    """Whether a letter's own words, quoted history taken off, speak against a decision. Total and bounded."""
    return bool(_APPEALS.search(" ".join(text[:_EXAMINED].split())))


def asked_anew(
    ticket: Ticket, understood: Sequence[RequestType], said: str
) -> tuple[tuple[RequestType, ...], bool]:
    """What a further letter asks for that the ticket does not hold open, and whether that is an appeal.

    `understood` is empty where nothing was surely understood. What speaks against a refusal names what was
    refused, and is no objection to a use of data. Where no staff are at work only a complaint is more than a
    further word.
    """
    appeal = bool(ticket.refused_types) and appeals(said)
    if appeal:
        named = {*ticket.refused_types, RequestType.OBJECTION}
        understood = (RequestType.COMPLAINT, *(each for each in understood if each not in named))
    new = (each for each in understood if each in _FURTHER and each not in ticket.open_types)
    types = tuple(dict.fromkeys(new))
    idle = ticket.status in (Status.TRIAGE, Status.CLOSED)
    return ((), False) if idle and RequestType.COMPLAINT not in types else (types, appeal)


_FURTHER = RIGHTS | {RequestType.COMPLAINT, RequestType.POLICY_QUESTION}
