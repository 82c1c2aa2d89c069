"""Letters: their names, what they may say, and the parts that a finished letter consists of.

The text of a letter is its canonical form: staff edit it, an approval is bound to it, and its HTML is made
from it. It consists of blocks with an empty line between them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.fulfilment import Line
from bot.domain.identity import Proof, proof_needed
from bot.domain.periods import Why
from bot.domain.policy import Statement
from bot.domain.policy_source import one_line_ending
from bot.domain.representation import Capacity
from bot.domain.vocabulary import Outcome, RequestType, Status

_BULLET = re.compile(r"[-*•] +(?=\S)")
_CODE = re.compile(r"[0-9]{8}")
_LINK = re.compile(r"https?://[!-~]+")


class LetterName(StrEnum):
    """Every letter that the desk writes; each is a source of the same name in each language's folder."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ACKNOWLEDGEMENT_NEUTRAL = "acknowledgement_neutral"
    ACKNOWLEDGEMENT_JOINED = "acknowledgement_joined"
    VERIFIED = "verified"
    WRONG_CODE = "wrong_code"
    NEW_CODE = "new_code"
    CODE_REMINDER = "code_reminder"
    QUESTION_REMINDER = "question_reminder"
    CONFIRM_ON_FILE = "confirm_on_file"
    CHAT_CODE = "chat_code"
    WITHDRAWN = "withdrawn"
    POLICY_ANSWER = "policy_answer"
    STATUS = "status"
    QUESTION = "question"
    REPLY = "reply"
    EXTENSION = "extension"
    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    DENIED = "denied"
    COULD_NOT_VERIFY = "could_not_verify"
    THIRD_PARTY = "third_party"
    COMPLAINT_RECEIVED = "complaint_received"
    COMPLAINT_DECIDED = "complaint_decided"
    APPEAL_RECEIVED = "appeal_received"
    APPEAL_DECIDED = "appeal_decided"
    EXPORT_READY = "export_ready"
    EXPORT_CODE = "export_code"
    ALERT = "alert"


class ChatText(StrEnum):
    """What the desk says only where people talk to it; each is a source in `templates/slack/`."""

    NOTICED = "noticed"
    SETTLED = "settled"
    NOTED = "noted"
    HELP = "help"
    NO_TICKET = "no_ticket"
    EXCERPTS = "excerpts"
    NO_ANSWER = "no_answer"
    WHICH_TICKET = "which_ticket"
    WRONG_ADDRESS = "wrong_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """All that a letter may speak of; nothing in it was written by the sender.

    `due_rule` is the law's sentence for the due date, `why` the same in parts, for other languages than English,
    and `first_due_on` the day that an extension moves; `policy_language` is the one that excerpts are in;
    `denial` holds what the law wants this letter to tell, one sentence each with its citation: the routes of a
    refusal, those after a decision, or what a notice of extension adds. Its duty to give reasons is met by
    `reason`, which staff write and which stands as a gap (`[…]`) in a draft while it is empty. `outcome` is how
    the draft settles what it answers. `offers` is what somebody is offered who has not proven who they are.
    `capacity` is as what the addressee wrote, where that was not for themselves, and `agents` what the law says.
    `chat`: it is said where people talk to the desk; `mailed_to` is the address that a code goes to by mail then,
    empty where none is known yet. `download_url` is the link behind which an export lies until `export_until`.
    `account` holds what became of each task that the answer rests on, `recipients` who receives which kinds of
    data, and `exemption` where the law lets some be kept.
    """

    organisation: str
    reference: str = ""
    request_types: tuple[RequestType, ...] = ()
    due_on: date | None = None
    due_rule: str = ""
    why: Why | None = None
    code: str | None = None
    excerpts: tuple[Statement, ...] = ()
    policy_version: str = ""
    policy_date: date | None = None
    policy_language: str = "en"
    account: tuple[Line, ...] = ()
    recipients: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exemption: str = ""
    status: Status | None = None
    authority: str = ""
    denial: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    verify_url: str | None = None
    privacy_address: str = ""
    reason: str = ""
    capacity: Capacity | None = None
    agents: str = ""
    outcome: Outcome | None = None
    first_due_on: date | None = None
    chat: bool = False
    mailed_to: str | None = None
    download_url: str | None = None
    export_until: date | None = None

    @property
    def free_types(self) -> tuple[RequestType, ...]:
        """What of the request needs no proof at all, and so never waits for a code."""
        return tuple(one for one in self.request_types if proof_needed(one) is Proof.NONE)

    @property
    def quotations(self) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
        """The excerpts by section, in the order in which the sections first come."""
        grouped: dict[str, list[Statement]] = {}
        for one in self.excerpts:
            grouped.setdefault(one.section, []).append(one)
        return tuple((section, tuple(group)) for section, group in grouped.items())


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter; `language` is the one it is really written in."""

    name: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a letter; `kind` is `paragraph`, `bullets`, `quotation`, `code` or `link`.

    `source` is what stands below a quotation: section, version and date.
    """

    kind: str
    lines: tuple[str, ...]
    source: str = ""


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a letter's text, as its HTML shows them; total for any text."""
    found: list[Block] = []
    held: list[str] = []
    for line in (*one_line_ending(text).split("\n"), ""):
        if line.strip():
            held.append(line)
        elif held:
            found.extend(_block(held))
            held = []
    return tuple(found)


def _block(lines: list[str]) -> Iterable[Block]:
    """One block of these lines, or two where a list or a quotation begins right below a sentence."""
    start = next((at for at, line in enumerate(lines) if _quotes(line) or _BULLET.match(line)), len(lines))
    if 0 < start < len(lines):
        yield Block("paragraph", tuple(lines[:start]))
        lines = lines[start:]
    if _quotes(lines[0]):
        end = next((at for at, line in enumerate(lines) if not _quotes(line)), len(lines))
        quoted = tuple(line.lstrip().removeprefix(">").removeprefix(" ") for line in lines[:end])
        yield Block("quotation", quoted, " ".join(lines[end:]))
    elif _BULLET.match(lines[0]):
        yield Block("bullets", tuple(_items(lines)))
    elif len(lines) == 1 and _CODE.fullmatch(lines[0].strip()):
        yield Block("code", (lines[0].strip(),))
    elif len(lines) == 1 and _LINK.fullmatch(lines[0].strip()):
        yield Block("link", (lines[0].strip(),))
    else:
        yield Block("paragraph", tuple(lines))


def _quotes(line: str) -> bool:
    return line.lstrip().startswith(">")


def _items(lines: list[str]) -> list[str]:
    """The items of a list; a line without a bullet goes on with the item above it."""
    items: list[str] = []
    for line in lines:
        if (bullet := _BULLET.match(line)) or not items:
            items.append(line[bullet.end() :] if bullet else line)
        else:
            items[-1] += f" {line.strip()}"
    return items
