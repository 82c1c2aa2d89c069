"""A draft as staff see it in a ticket's thread: masked, with what was looked at, and who has approved it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.adapters.cards import SECTION, Blocks, Posting, cut, escaped, labelled, markdown, quote, section, words


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A draft as it stands in its ticket's thread."""

    id: int
    reference: str
    letter: str
    outcome: str
    state: str
    digest: str
    author: str | None
    approvals: Sequence[str]
    needed: int
    masked: str = field(repr=False)
    quotations: int = 0  # of the policy, byte for byte
    policy_version: str = ""
    edited: bool = False  # no longer as the desk wrote it
    fault: str = ""  # why it cannot leave as it stands
    delivery: str | None = None
    carries: Sequence[str] = ()  # files that leave with it, or that are missing
    outdated: str = ""  # the policy has changed since it was written


def draft_message(draft: DraftCard) -> Posting:
    """A draft with its buttons; without them once it is decided."""
    text = f"Draft reply for {draft.reference}: {words(draft.letter)}"
    who = f"by <@{draft.author}>" if draft.author else "written by the desk"
    settles = f", outcome: {words(draft.outcome)}" if draft.outcome else ""
    headline = f":memo: *{escaped(text)}* ({who}{settles})"
    blocks: Blocks = [section(headline), section(quote(cut(escaped(draft.masked), SECTION - 200)))]
    blocks.append(
        {"type": "context", "elements": [markdown(each, 2000) for each in (*_marks(draft), _progress(draft))]}
    )
    if draft.state == "open":
        value = f"{draft.id}:{draft.digest[:16]}"
        blocks.append(
            {
                "type": "actions",
                "elements": [
                    labelled("draft_approve", "Approve and send", value, style="primary"),
                    labelled("draft_show", "Show", value),
                    labelled("draft_edit", "Edit", value),
                    labelled("draft_discard", "Discard", value, style="danger"),
                ],
            }
        )
    return Posting(text, blocks)


def _marks(draft: DraftCard) -> list[str]:
    """What was looked at already, for whoever is to approve it."""
    if draft.state != "open":
        return []
    marks = (
        [f":pencil2: edited by <@{draft.author}>" if draft.author else ":pencil2: edited"] if draft.edited else []
    )
    marks += [f":paperclip: {escaped(each)}" for each in draft.carries]
    marks += [f":warning: {escaped(draft.outdated)}"] if draft.outdated else []
    if draft.fault:
        return [*marks, f":no_entry: {escaped(draft.fault)}"]
    if draft.quotations:
        count = "1 quotation" if draft.quotations == 1 else f"{draft.quotations} quotations"
        marks.append(
            f":white_check_mark: {count}, word for word from the policy, version {escaped(draft.policy_version)}"
        )
    return marks


def _progress(draft: DraftCard) -> str:
    approved = ", ".join(f"<@{each}>" if each[:1] in "UW" else escaped(each) for each in draft.approvals)
    if draft.state == "discarded":
        return "Discarded. Nothing was sent."
    if draft.state == "approved":
        fate = {"sent": "sent", "unsure": "may or may not have been sent", "dead": "could not be sent"}
        return f"Approved by {approved}: {fate.get(draft.delivery or '', 'on its way')}."
    if not draft.approvals:
        done = "Approve it once what it says is done. " if "fulfilled" in draft.outcome else ""
        return f"{done}It needs {draft.needed} approval{'s' if draft.needed > 1 else ''}."
    return f"Approved by {approved}; {draft.needed} more to go."
