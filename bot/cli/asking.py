"""Questions on the terminal, or answered a line each from standard input."""

import sys
from collections.abc import Iterable
from getpass import getpass
from pathlib import Path

from bot.cli.output import misuse, write
from bot.settings import VARIABLES
from bot.settings.faults import Malformed, line


def ask(question: str, default: str = "") -> str:
    """One line; the default where it is empty. Raises Failure where the answers have ended."""
    print(f"{question}{f' [{default}]' if default else ''}: ", end="", flush=True)
    return _line() or default


def ask_secret(question: str) -> str:
    """One line that a terminal does not show."""
    if sys.stdin.isatty():
        return getpass(f"{question}: ").strip()
    print(f"{question}: ", end="", flush=True)
    return _line()


def ask_whether(question: str, *, default: bool) -> bool:
    """Yes or no."""
    while True:
        answer = ask(f"{question} ({'Y/n' if default else 'y/N'})").lower()
        if answer in ("", "y", "yes", "n", "no"):
            return answer.startswith("y") if answer else default
        write("  Please answer y or n.")


def ask_one_of(question: str, names: Iterable[str], default: str) -> str:
    """One of some words."""
    known = tuple(names)
    while (answer := ask(f"{question} ({', '.join(known)})", default).lower()) not in known:
        write(f"  Please answer one of {', '.join(known)}.")
    return answer


def ask_setting(name: str, question: str, default: str = "", *, secret: bool = False) -> str:
    """The text of a setting that can be read as one; empty where neither an answer nor a default is."""
    while True:
        text = ask_secret(question) or default if secret else ask(question, default)
        fault = setting_fault(name, text)
        if not fault:
            return text
        write(f"  {fault}")


def ask_required(name: str, question: str, default: str = "") -> str:
    """The same, and not empty."""
    while not (text := ask_setting(name, question, default)):
        write(f"  The desk cannot do without it; for example {VARIABLES[name].example}")
    return text


def setting_fault(name: str, text: str) -> str:
    """Why this text is none for that setting, or nothing."""
    try:
        if text and not text.isprintable():
            raise Malformed("holds a control character")
        if text:
            VARIABLES[name].parse(text, Path.cwd())
    except Malformed as fault:
        return line(name, str(fault), VARIABLES[name].example)
    return ""


def _line() -> str:
    text = sys.stdin.readline()
    if not text:
        write("")
        raise misuse("the answers ended before the questions did; nothing was written")
    if not sys.stdin.isatty():
        write("")
    return text.strip()
