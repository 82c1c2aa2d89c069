"""What is wrong with the settings, said once and in full."""

from collections.abc import Iterable


class Malformed(ValueError):
    """One value that cannot be used; the message says why and never holds a secret."""


class SettingsFault(Exception):
    """Every fault of the settings at once, one line each: the variable, what is wrong, an example."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


def line(name: str, why: str, example: str) -> str:
    """The one form that a fault is told in.

    >>> line("PORT", "is not a whole number from 1 to 65535", "8080")
    'PORT: is not a whole number from 1 to 65535; for example PORT=8080'
    """
    return f"{name}: {why}; for example {name}={example}"
