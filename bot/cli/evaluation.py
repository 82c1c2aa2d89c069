"""How well letters are understood: `evaluate`. It needs no settings and no database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.output import misuse, write, write_json
from bot.domain.learned.leg import Leg


def register(app: typer.Typer) -> None:
    """Adds this command."""
    app.command()(evaluate)


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled letters, a JSON object a line.")],
    leg: Annotated[list[Leg] | None, typer.Option(help="Only with this much; every leg otherwise.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots there.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Measure how well labelled letters are understood: by rules alone, with the head, and with meaning."""
    from bot.evaluation.text import written

    found = _measured(files, leg or tuple(Leg))
    if html:
        from bot.evaluation.page import page

        _keep(html, page(found))
    if json_:
        write_json(found)
        return
    for name, figures in found.items():
        write(f"== {name}\n{written(figures)}\n")


def _measured(paths: list[Path], legs: Sequence[Leg]) -> dict[str, Any]:
    from bot.evaluation.figures import figures
    from bot.evaluation.rows import answered, read

    try:
        given = [one for path in paths for one in read(path)]
    except OSError as fault:
        raise misuse(f"{fault.filename} cannot be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise misuse("a file is not UTF-8") from None
    except ValueError as fault:
        raise misuse(str(fault)) from None
    return {str(leg): figures(list(answered(given, leg))) for leg in legs}


def _keep(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as fault:
        raise misuse(f"{path} cannot be written: {fault.strerror}") from None
