"""The doctor behind ``check``: tries every setting for real, side by side, and changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeAlias

from bot.checks import accounts, custom, house, mail, policy, slack, surroundings
from bot.checks.finding import Finding, failed
from bot.logs import described
from bot.settings import Settings

__all__ = ["Finding", "examine", "tried"]

SECONDS = 10.0  # that one check may take

Check: TypeAlias = Callable[[], Awaitable[Sequence[Finding]]]


async def examine(settings: Settings, *, seconds: float = SECONDS) -> list[Finding]:
    """What every check found, in the order of the checks; a check that breaks is a finding, too."""
    found = await asyncio.gather(*(tried(name, check, seconds) for name, check in _checks(settings)))
    return [finding for findings in found for finding in findings]


def _checks(settings: Settings) -> Iterator[tuple[str, Check]]:
    yield "settings", lambda: house.names(settings)
    yield "DATABASE_URL", lambda: house.database(settings)
    yield "POLICY_PATH", lambda: house.policy_and_letters(settings)
    yield "policy versions", lambda: policy.versions(settings)
    yield "CUSTOM_DIR", lambda: custom.folder(settings)
    yield "CLAMD_SOCKET", lambda: surroundings.scanner(settings)
    yield "ACCOUNTS_URL", lambda: accounts.accounts(settings)
    yield "laws", lambda: house.laws(settings)
    yield "TIMEZONE", lambda: house.days(settings)
    for server in settings.imap:
        yield f"IMAP_URL {server.host}", lambda server=server: mail.mailbox(server, settings.imap_since)  # type: ignore[misc]
    if not settings.imap:
        yield "IMAP_URL", mail.no_mailbox
    yield "SMTP_URL", lambda: mail.post(settings.smtp)
    yield "Slack", lambda: slack.slack(settings)
    yield "PORT", lambda: surroundings.port(settings)
    yield "PUBLIC_URL", lambda: surroundings.public_url(settings)


async def tried(name: str, check: Check, seconds: float) -> Sequence[Finding]:
    """What one check found; one that hangs or breaks is a failure of its own."""
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TimeoutError:
        return [
            failed(name, f"no answer within {seconds:g} seconds; see that it can be reached from this machine")
        ]
    except Exception as fault:  # noqa: BLE001 (a check that breaks must not hide what the others found)
        return [failed(name, f"the check itself broke: {described(fault)}")]
