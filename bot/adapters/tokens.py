"""The access token that a mail server takes in place of a password (OAuth 2.0, SASL XOAUTH2).

The desk speaks with no authorization server: a command of the operator's does, and prints the token.
"""

import os
import re
import signal
import subprocess  # nosec B404 (runs what the operator names, without a shell)
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Timer
from time import monotonic

_SECONDS = 8.0  # that the command may take
_FRESH = 45 * 60.0  # seconds; an access token commonly lives for an hour
_MOST = 16 * 1024  # bytes of output; a token of Microsoft's takes two or three thousand
_TOKEN = re.compile(rb"[!-~]+")


class TokenFault(Exception):
    """The command gave no token; the message says why, and holds nothing that it printed."""


class AccessToken:
    """The token of one login, kept until it is old or refused. Everything here blocks."""

    def __init__(self, setting: str, command: Sequence[str], *, seconds: float = _SECONDS) -> None:
        self._setting = setting
        self._command = tuple(command)
        self._seconds = seconds
        self._kept = ""
        self._asked_at = 0.0

    def tries(self) -> Iterator[str]:
        """The token that was accepted last, and, for who comes back because it was refused, one asked for anew.

        Raises TokenFault.
        """
        kept, self._kept = self._kept, ""
        if kept and monotonic() - self._asked_at < _FRESH:
            yield kept
        self._asked_at = monotonic()
        yield self._ask()

    def accepted(self, token: str) -> None:
        """The server took it: it serves the next logins, too."""
        self._kept = token

    def _ask(self) -> str:
        try:
            code, said = _output(self._command, self._seconds)
        except OSError as fault:
            raise TokenFault(f"{self._setting} cannot be run: {fault.strerror}") from None
        if len(said) >= _MOST:
            raise TokenFault(f"{self._setting} printed no access token, but too much")
        if code < 0:
            raise TokenFault(f"{self._setting} took longer than {self._seconds:g} seconds, or was killed")
        if code:
            raise TokenFault(f"{self._setting} ended with exit code {code}")
        first = said.split(b"\n", 1)[0].strip()
        if not _TOKEN.fullmatch(first):
            raise TokenFault(f"{self._setting} printed no access token on its first line")
        return first.decode()


def _output(command: Sequence[str], seconds: float) -> tuple[int, bytes]:
    """Exit code and output. It runs without a shell and in a group of its own, which ends with it."""
    process = subprocess.Popen(  # noqa: S603  # nosec B603 (the operator's own words)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    too_long = Timer(seconds, _kill, [process.pid])
    too_long.start()
    try:
        with process:
            said = process.stdout.read(_MOST) if process.stdout else b""
            if len(said) >= _MOST:
                _kill(process.pid)
    finally:
        too_long.cancel()
    return process.returncode, said


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
