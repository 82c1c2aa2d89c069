"""The pages that are made from the code: `python -m tests.pages` writes them, and a test holds them to it."""

import re
from collections.abc import Iterator
from pathlib import Path

import typer

from bot import cli
from bot.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[1]
_HEAD = """# Commands

Every command with its arguments and options, made from the code by `python -m tests.pages`. What they are for,
and in which order, [operating.md](operating.md#commands) says.
"""
_SET_FIRST = ("ORGANISATION", "PRIVACY_ADDRESS", "IMAP_URL", "SMTP_URL")


def commands() -> str:
    """The help of each command."""
    application = typer.main.get_command(cli.build())
    return "\n".join([_HEAD, *(_page(name, command) for name, command in walk(application))])


def walk(group: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Each command that does something, by what calls it."""
    for name, inner in sorted(getattr(group, "commands", {}).items()):
        called = f"{path} {name}".strip()
        yield from walk(inner, called) if hasattr(inner, "commands") else [(called, inner)]


def _page(name: str, command: object) -> str:
    with command.make_context(f"python -m bot {name}", [], resilient_parsing=True, terminal_width=100) as context:
        shown = "\n".join(line.rstrip() for line in command.get_help(context).strip().splitlines())
    return f"## `{name}`\n\n```text\n{shown}\n```\n"


def env_example() -> str:
    """Every setting with what it means and an example, as a file `.env`; the values are nobody's."""
    table = dict(re.findall(r"(?m)^\| `(\w+)` \| (.+) \|$", (ROOT / "docs/operating.md").read_text("utf-8")))
    head = (
        "# Made from bot/settings by `python -m tests.pages`. Copy it to .env (mode 600), or let init write it.\n"
    )
    return "\n".join([head, *(_setting(name, table[name]) for name in VARIABLES)])


def _setting(name: str, row: str) -> str:
    meaning, _, default = row.rpartition(" | ")
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", f"{meaning}. Default: {default}").replace("`", "")
    mark = "" if name in _SET_FIRST else "# "
    return f"# {plain}\n{mark}{name}={_example(name)}\n"


def _example(name: str) -> str:
    text = VARIABLES[name].example
    if text.startswith('"$('):
        return ""
    return f"'{text}'" if " " in text else text


PAGES = {"docs/commands.md": commands, "docs/deploy/env.example": env_example}

if __name__ == "__main__":
    for path, made in PAGES.items():
        (ROOT / path).write_text(made(), "utf-8")
