"""The command that learns from what staff decided."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.drafts import opened_desk
from bot.cli.output import Failure, misuse, write, write_fields, write_json

if TYPE_CHECKING:
    from bot.domain.learned.trial import Score
    from handlers.learning import Lesson

PLACE = "the table `taught` of the database, sealed"


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command()(train)


def train(
    forget: Annotated[bool, typer.Option("--forget", help="Delete what was learned, and learn nothing.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Learn from what staff decided, where LEARNING is on."""
    if forget:
        there_was = asyncio.run(_forget())
        said = "What was learned is deleted." if there_was else "Nothing was learned, so nothing is deleted."
        write_json({"forgotten": there_was}) if json_ else write(said)
        return
    lesson = asyncio.run(_train())
    write_json(_as_json(lesson)) if json_ else write_fields(_fields(lesson))
    if lesson.why_not:
        raise Failure(f"no model is kept: {lesson.why_not}")


async def _forget() -> bool:
    from handlers import learning

    async with opened_desk() as desk:
        return await learning.forget(desk)


async def _train() -> "Lesson":
    from handlers import learning

    async with opened_desk() as desk:
        if desk.taught is None:
            raise misuse("learning from what staff decide is off; LEARNING=on switches it on")
        return await learning.train(desk)


def _as_json(lesson: "Lesson") -> dict[str, Any]:
    return {
        "kept": not lesson.why_not,
        "why_not": lesson.why_not or None,
        "examples": lesson.used,
        "types": dict(lesson.types),
        "skipped": dict(lesson.skipped),
        "before": asdict(lesson.before) if lesson.before else None,
        "after": asdict(lesson.after) if lesson.after else None,
        "model": None if lesson.why_not else {"place": PLACE, "bytes": lesson.size},
    }


def _fields(lesson: "Lesson") -> dict[str, str]:
    return {
        "decisions used": f"{lesson.used} ({_listed(lesson.types)})" if lesson.used else "0",
        "skipped": _listed(lesson.skipped) or "none",
        "before": _scored(lesson.before),
        "after": _scored(lesson.after),
        "model": "none" if lesson.why_not else f"{lesson.size} bytes in {PLACE}",
    }


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _scored(score: "Score | None") -> str:
    if score is None:
        return "not measured"
    alone = f"{score.right} right and {score.wrong} wrong by itself, {score.abstained} left to staff"
    return f"{alone}; best guess right {score.guessed} times"
