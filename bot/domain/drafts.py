"""Drafts and who may let them go: an approval is bound to what was shown, and some need two people."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.domain.disclosure import Kind, forbidden, in_words
from bot.domain.policy import Policy, misquotations
from bot.domain.vocabulary import RequestType

SHOWN = 16  # characters of the digest that say what somebody saw
NO_FINAL_REPLY = frozenset({"question", "extension"})  # letters that settle nothing


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed reply, as far as approving it goes. ``author`` is None where the desk made it by itself."""

    types: tuple[RequestType, ...]
    author: str | None
    approvals: tuple[str, ...]
    digest: str
    state: str = "open"
    discloses: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that counts. ``complete``: no further one is needed, the reply leaves."""

    draft: Draft
    complete: bool


def digest(recipient: str, subject: str, text: str, attachments: Sequence[str] = ()) -> str:
    """What an approval is bound to: recipient, subject, text and the digests of attachments."""
    content = json.dumps([recipient, subject, text, list(attachments)], ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()


def approve(
    draft: Draft,
    approver: str,
    shown: str,
    *,
    four_eyes: Collection[RequestType],
    verified_by: str | None = None,
    requester: str | None = None,
) -> Approval | str:
    """The approval, or why it does not count, in words for the approver.

    ``shown``: the digest (or the beginning of it) of what the approver saw; ``verified_by``: who verified the
    requester by hand; ``requester``: the requester's own user id, where they have one here.
    """
    if draft.state != "open":
        return f"This draft is {draft.state} already."
    if len(shown) < SHOWN or not draft.digest.startswith(shown):
        return "This draft has changed since it was shown to you. Look at it again, then approve."
    if approver == requester:
        return "This is your own request: somebody else has to approve the answer."
    if _needs_two(draft, four_eyes) and (fault := _no_second_person(draft, approver, verified_by)):
        return fault
    counted = replace(draft, approvals=(*draft.approvals, approver))
    return Approval(counted, complete=missing(counted, four_eyes) == 0)


def missing(draft: Draft, four_eyes: Collection[RequestType]) -> int:
    """How many approvals are still to come before the reply may leave; its author is one of two people."""
    if not _needs_two(draft, four_eyes):
        return 0 if draft.approvals else 1
    people = {*draft.approvals, *([draft.author] if draft.author else [])}
    return max(0, 2 - len(people))


def withheld(discloses: Collection[Kind], law: str) -> str | None:
    """Why a reply that discloses this may not leave under this law, whoever approves; None where it may."""
    if kept_in := forbidden(discloses, law):
        return f"The law forbids to disclose {in_words(kept_in)} in an answer. Edit it out first."
    return None


def reason_missing(discloses: Collection[Kind], reason: str) -> str | None:
    """What to ask of somebody who approves a reply that discloses this without saying why."""
    if discloses and not reason.strip():
        return f"This reply holds {in_words(discloses)}. It needs a reason, and two people."
    return None


def _needs_two(draft: Draft, four_eyes: Collection[RequestType]) -> bool:
    return bool(draft.discloses or set(draft.types) & set(four_eyes))


def _no_second_person(draft: Draft, approver: str, verified_by: str | None) -> str | None:
    if approver == draft.author:
        return "You wrote this draft. This kind of reply needs a second person: somebody else has to approve it."
    if approver == verified_by:
        return "You verified this requester. This kind of reply needs a second person to approve it."
    if approver in draft.approvals:
        return "You have approved this draft. The desk wrote it by itself, so a second person has to approve it."
    return None


def not_ready(text: str, policy: Policy) -> str | None:
    """Why a text may not leave as it stands; None where it may."""
    if "[…]" in text:
        return "The draft still has a gap, marked […]. Edit it first."
    if not text.strip():
        return "The draft is empty. Edit it first."
    if wrong := misquotations(text, policy):
        return f"The draft quotes the policy wrongly: “{wrong[0][:120]}”. A quotation must be byte for byte."
    return None


def outdated(written_under: str, policy: Policy) -> str:
    """What to say of a draft that was written under another version of the policy; empty for the current one."""
    if written_under in ("", policy.version):
        return ""
    counts = f"{policy.version} of {policy.date}" if policy.date else policy.version
    return f"It was written under version {written_under} of the policy; by now version {counts} counts."
