"""The desk's own messages about a redacted ticket are deleted from Slack: thread, card and direct messages.

What people posted below a card stays: Slack lets an app delete nothing but its own (`chat.delete`).
"""

from collections.abc import Sequence

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.slack import Fate, Posted, SlackGateway
from bot.store.tables import OutboxRow

KIND = "removal"
_GONE = {"message_not_found", "thread_not_found", "channel_not_found", "user_not_found", "user_disabled"}
_DONE = Posted(Fate.DONE)


async def post(slack: SlackGateway, row: OutboxRow) -> Posted:
    """One try. What is gone already is done; whatever else is left is tried again, all of it."""
    for user, ts in row.facts.get("direct") or ():
        opened = await slack.direct(user)
        deleted = await _delete(slack, opened.ts, [ts]) if opened.fate is Fate.DONE else _forgiven(opened)
        if deleted.fate is not Fate.DONE:
            return deleted
    if not row.facts.get("card"):
        return _DONE
    channel, ts = row.facts["card"]
    try:
        below = await slack.own_replies(channel, ts)
    except SlackApiError as fault:
        return _forgiven(Posted(Fate.TRY_LATER, reason=str(fault.response.get("error"))))
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as fault:
        return Posted(Fate.TRY_LATER, reason=type(fault).__name__)
    return await _delete(slack, channel, [*below, ts])


async def _delete(slack: SlackGateway, channel: str, every: Sequence[str]) -> Posted:
    for ts in every:
        deleted = _forgiven(await slack.delete(channel, ts))
        if deleted.fate is not Fate.DONE:
            return deleted
    return _DONE


def _forgiven(posted: Posted) -> Posted:
    """Where there is nothing (left) to delete, it is done; in doubt it is tried again, which does no harm."""
    if posted.reason in _GONE:
        return _DONE
    return Posted(Fate.TRY_LATER, reason=posted.reason) if posted.fate is Fate.UNSURE else posted
