"""Letters as they leave, in any language: one that has everything, changed by the situation that a test names."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.adapters.rendering import Letters, packaged_templates
from bot.domain.fulfilment import account, tasks_for
from bot.domain.lawpack import LawPack
from bot.domain.laws import ClockFacts, deadlines, in_short
from bot.domain.letters import Letter, LetterContext
from bot.domain.policy import read_policy
from bot.domain.vocabulary import Ground, Outcome, RequestType, Status

TEMPLATES = packaged_templates()
POLICY = read_policy(
    (TEMPLATES / "policy.md").read_text(encoding="utf-8"), (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
)
LETTERS, PACK = Letters([TEMPLATES]), LawPack.load()
LAW = PACK["gdpr"]
REFERENCE = "PR-7K3M9QZ2"
CODE = "48213907"
REASON = "§ 147 AO: 10 a"  # no words, so that it belongs to every language
TYPES = (RequestType.DELETION,)
FIRST = deadlines(LAW, ClockFacts(date(2026, 3, 2)))
LATER = deadlines(LAW, ClockFacts(date(2026, 3, 2), extended=True))
VERIFY, DOWNLOAD = "https://desk.example/verify/abc", "https://desk.example/download/abc"

WHOLE = LetterContext(
    organisation="Linden Books",
    reference=REFERENCE,
    request_types=TYPES,
    due_on=FIRST.respond_by,
    due_rule=in_short(FIRST.rule),
    why=FIRST.why,
    excerpts=POLICY.for_request(TYPES),
    policy_version=POLICY.version,
    policy_date=POLICY.date,
    policy_language=POLICY.language,
    account=account(tasks_for(TYPES, POLICY.inventory), POLICY),
    recipients=POLICY.inventory.received(),
    exemption=LAW.grounds[Ground.EXEMPT],
    status=Status.OPEN,
    authority=LAW.authority,
    denial=tuple(each.cited for each in LAW.routes),
    agents=LAW.agents,
    privacy_address="privacy@linden.example",
    reason=REASON,
    outcome=Outcome.FULFILLED,
)

SITUATIONS: dict[str, dict[str, Any]] = {
    "code": {"code": CODE, "verify_url": VERIFY},
    "mailed": {"mailed_to": "ro…@writer.example"},
    "in part free": {"code": CODE, "request_types": (RequestType.DELETION, RequestType.OPT_OUT)},
    "address unknown": {"mailed_to": ""},
    "agent": {"capacity": "agent"},
    "offers": {"offers": PACK["ccpa"].unverified},
    "no day": {"due_on": None, "due_rule": "", "why": None},
    "export": {"download_url": DOWNLOAD, "export_until": date(2026, 3, 9)},
    "fulfilled": {"outcome": Outcome.FULFILLED},
    "denied": {"outcome": Outcome.DENIED},
    "extension": {
        "due_on": LATER.respond_by,
        "due_rule": in_short(LATER.rule),
        "why": LATER.why,
        "first_due_on": FIRST.notice_by,
    },
}


def written(name: str, language: str, *situations: str, **changes: Any) -> Letter:
    """The letter of that name, or what `slack/NAME` says, in that language and those situations."""
    given = (["extension"] if name == "extension" else []) + list(situations)
    facts = {key: value for each in given for key, value in SITUATIONS[each].items()}
    context = replace(WHOLE, **(facts | changes))
    place, _, bare = name.rpartition("/")
    return (LETTERS.say if place else LETTERS.write)(bare, language, context)
