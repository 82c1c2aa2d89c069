"""The work list of a ticket in its thread: what is to be done, who did it, and a menu to say how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.adapters.cards import Blocks, Posting, cut, escaped, plain, section, words
from bot.adapters.forms import Block, modal, one_of, optional, text
from bot.domain.fulfilment import Instruction

MENU = "task_more"
"""The overflow beside a task; its options are `RESULT:ID`, and `note:ID`."""
NOTE = "task_note"
_MOST_BLOCKS = 50  # that Slack takes in a message
_ROOM = 700  # characters of a task's words
_RESULTS = {
    "done": "Done",
    "kept": "Kept…",
    "nothing_found": "Nothing found",
    "not_applicable": "Not applicable",
    "note": "Add evidence…",
}
_MARKS = {
    "open": ":white_large_square:",
    "done": ":white_check_mark:",
    "kept": ":lock:",
    "nothing_found": ":mag:",
    "not_applicable": ":heavy_minus_sign:",
}
_STATEMENT = 150  # characters that Slack takes in an option's value


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A task as the list shows it. ``keeps``: there is something to keep; ``asked``: a connector does it."""

    id: int
    type: str
    state: str
    todo: Instruction
    by: str | None
    on: date | None
    asked: bool
    noted: bool
    changeable: bool
    statement: str
    keeps: bool


def work_list(reference: str, items: Sequence[Item]) -> Posting:
    """One message, whatever there is to do: where it is too much, what is settled is left out first."""
    settled = sum(each.state != "open" for each in items)
    standing = f"{settled} of {len(items)} done" if items else "there is nothing to do any more"
    headline = f"Work list of {reference}: {standing}"
    shown = items if _blocks_of(items) <= _MOST_BLOCKS - 2 else [each for each in items if each.state == "open"]
    while _blocks_of(shown) > _MOST_BLOCKS - 2:
        shown = shown[:-1]
    blocks: Blocks = [section(f":clipboard: *{escaped(headline)}*")]
    for kind in dict.fromkeys(each.type for each in shown):
        blocks.append(section(f"*{escaped(words(kind).capitalize())}*"))
        blocks += [_block(each) for each in shown if each.type == kind]
    if rest := len(items) - len(shown):
        blocks.append(section(f"{rest} more: `python -m bot ticket tasks {reference}` lists them all."))
    return Posting(headline, blocks)


def note_form(
    value: str, todo: Instruction, statements: Sequence[tuple[str, str]], usual: str, evidence: str
) -> Block:
    """Asks why something is kept, where there are ``statements`` (anchor and text), or for evidence alone."""
    happens = [f"This is about: {todo.name}."]
    hint = "A ticket of yours, a query, who told whom. Kept sealed, sent to nobody."
    noted = text("note", "The evidence", hint, now=evidence)
    if not statements:
        return modal(NOTE, value, "Evidence", happens, [noted], "Save")
    happens.append(
        "The requester learns that it is kept, and on what statement of the policy. It is refused in part."
    )
    offered = {anchor: said for anchor, said in statements if len(anchor) <= _STATEMENT}
    chosen = one_of("statement", "The statement that justifies it", offered, now=usual if usual in offered else "")
    return modal(NOTE, value, "Kept", happens, [chosen, optional(noted)], "It is kept")


def _blocks_of(items: Sequence[Item]) -> int:
    return len(items) + len({each.type for each in items})


def _block(item: Item) -> dict[str, Any]:
    told = "Tell them: " if item.todo.recipient else ""
    where = f" _In: {escaped(item.todo.lives_in)}._" if item.todo.lives_in else ""
    line = f"{_MARKS[item.state]} *{escaped(item.todo.name)}*{where}\n{told}{escaped(item.todo.words)}"
    line = cut(line, _ROOM) + "".join(f"\n_{each}_" for each in _fate(item))
    offered = [each for each in _RESULTS if item.keeps or each != "kept"] if item.changeable else []
    options = [{"text": plain(_RESULTS[each], 75), "value": f"{each}:{item.id}"} for each in offered]
    menu = {"accessory": {"type": "overflow", "action_id": MENU, "options": options}} if options else {}
    return section(line) | {"block_id": f"task_{item.id}"} | menu


def _fate(item: Item) -> list[str]:
    if item.state == "open":
        return ["With one of your own systems, which has not answered yet."] if item.asked else []
    who = f"<@{item.by}>" if (item.by or "")[:1] in ("U", "W") else escaped(item.by or "the desk")
    lines = [f"{words(item.state).capitalize()}: {who}, {item.on}{', with evidence' if item.noted else ''}"]
    return lines + ([f"“{escaped(cut(item.statement, 300))}”"] if item.statement else [])
