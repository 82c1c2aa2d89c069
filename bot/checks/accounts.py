"""The directory of accounts: asked for somebody who is not in it."""

from collections.abc import Sequence

from bot.adapters.accounts import DirectoryDown, directory
from bot.checks.finding import Finding, failed, not_set, ok
from bot.settings import Settings

_NAME = "ACCOUNTS_URL"


async def accounts(settings: Settings) -> Sequence[Finding]:
    found = directory(settings.accounts_url, settings.accounts_secret.encode())
    if found is None:
        return [not_set(_NAME, "a code proves the mailbox that wrote; whose account it is, a person checks")]
    try:
        return [ok(_NAME, await found.examine())]
    except DirectoryDown as fault:
        return [failed(_NAME, f"{fault}; what it must answer, docs/operating.md says")]
    finally:
        await found.close()
