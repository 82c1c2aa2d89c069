"""Whether the policy is the one that the desk loaded last, and says a new date where it says something new."""

from collections.abc import Sequence

from bot.checks.finding import Finding, note, ok
from bot.domain.policy_changes import counted, fingerprint, is_silent
from bot.opening import opened_store, read_published
from bot.settings import Settings, SettingsFault
from bot.store import policies
from bot.store.engine import is_sqlite, sqlite_path
from bot.store.faults import StoreFault
from handlers.policies import UNDATED, dated, turned

_NAME = "policy versions"


async def versions(settings: Settings) -> Sequence[Finding]:
    """What cannot be read or opened, others say."""
    url = settings.database_url
    if is_sqlite(url) and not sqlite_path(url).exists():
        return []
    try:
        policy = read_published(settings.policy_path)
        async with opened_store(settings) as store, store.reading() as work:
            last = await policies.current(work)
            if last is None:
                return [note(_NAME, "none is on record yet; run keeps this one")]
            if last.hash == fingerprint(policy):
                return [ok(_NAME, f"{dated(policy)} is the one that was loaded last")]
            turn = await turned(work, last, policy)
    except (SettingsFault, StoreFault):
        return []
    touched = f"; letters of {len(turn.tickets)} open tickets quote that" if turn.tickets else ""
    what = f"changed since {dated(turn.before)}: {counted(turn.found)}{touched}; the next run tells staff"
    undated = [note(_NAME, UNDATED)] if is_silent(turn.before, policy) else []
    return [note(_NAME, what), *undated]
