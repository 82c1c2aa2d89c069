"""The command line: which module holds which command, and what every end of a command looks like.

A module is imported when one of its commands is called, so that `deadline` starts without a database.
Each has a function `register(app)` that adds its commands.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

import typer
from typer.exceptions import TyperException

from bot.cli.output import Failure
from bot.logs import configure_logging, described
from bot.settings import Settings, SettingsFault
from bot.store.faults import StoreFault

PROGRAM = "privacy-desk"
DONE, NEGATIVE, MISUSE, INTERRUPTED = 0, 1, 2, 130

MODULES: Mapping[str, tuple[str, ...]] = {
    "texts": ("classify", "excerpt", "deadline", "laws", "reply"),
    "evaluation": ("evaluate",),
    "demo": ("demo",),
    "init": ("init",),
    "desk": ("run", "check", "migrate"),
    "tickets": ("tickets", "show", "audit"),
    "drafts": ("drafts",),
    "exports": ("attach",),
    "calendar": ("calendar",),
    "connectors": ("connectors",),
    "letters": ("letters",),
    "policy": ("policy",),
    "report": ("report",),
    "quarantine": ("quarantine",),
    "ticket": ("ticket",),
    "slack": ("slack",),
    "keys": ("keys",),
    "retention": ("retention",),
    "evidence": ("evidence",),
    "restored": ("restored",),
    "train": ("train",),
    "probe": ("probe",),
}


def build(words: Sequence[str] = ()) -> typer.Typer:
    """The application with the command that the words call, or with all of them for help and mistakes."""
    app = typer.Typer(name=PROGRAM, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback()(_frame)
    called = next((name for name, commands in MODULES.items() if words and words[0] in commands), None)
    for name in [called] if called else MODULES:
        import_module(f"bot.cli.{name}").register(app)
    return app


def _frame() -> None:
    """A privacy desk that lives in the inbox and in Slack."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 a negative answer, 2 bad usage or settings."""
    words = list(sys.argv[1:] if words is None else words)
    configure_logging()
    try:
        return _run(words)
    except SettingsFault as fault:
        return _end(fault.lines, MISUSE)
    except StoreFault as fault:
        return _end([str(fault)], MISUSE)
    except Failure as failure:
        return _end([f"error: {failure}"], failure.exit_code)
    except TyperException as misuse:
        return _end([f"error: {misuse.format_message()} (see {PROGRAM} --help)"], misuse.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # noqa: BLE001  the last door: what gets here is a fault of the desk itself
        return _end([_unexpected(error)], NEGATIVE)


def _run(words: list[str]) -> int:
    command = typer.main.get_command(build(words))
    code = command.main(words, prog_name=PROGRAM, standalone_mode=False)
    sys.stdout.flush()
    return code if isinstance(code, int) else DONE


def _end(lines: Iterable[str], code: int) -> int:
    for line in lines:
        print(" ".join(line.split()), file=sys.stderr)
    return code


def _reader_left() -> int:
    """Whoever read our output has read enough, as `head` does; what is left to flush goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return NEGATIVE


def _unexpected(error: Exception) -> str:
    """One line, with the places in the code at LOG_LEVEL=DEBUG and never with the values in the message."""
    try:
        debug = Settings.load(only=("LOG_LEVEL",)).log_level == "DEBUG"
    except SettingsFault:
        debug = False
    what = described(error) if debug else f"{type(error).__name__}; LOG_LEVEL=DEBUG shows where"
    return f"error: this should not have happened, please report it: {what}"
