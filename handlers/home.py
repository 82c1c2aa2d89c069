"""The App Home of a requester: their own tickets as they stand, and the way to a new one."""

from bot.adapters import chat
from bot.adapters.chat import Matter
from bot.adapters.interactions import Press
from bot.store import chats
from handlers.front import Front


async def publish(front: Front, user: str) -> None:
    """Shows somebody what is theirs, and nothing of anybody else."""
    desk = front.desk
    async with desk.store.reading() as work:
        mine = await chats.of_user(work, user, closed=True, most=100)
    matters = [
        Matter(
            each.reference,
            each.row.status,
            each.row.outcome,
            each.ticket().types,
            each.row.due_at,
            unconfirmed=each.row.unconfirmed_since is not None,
        )
        for each in mine
    ]
    policy_url = f"{desk.public_url}/policy" if desk.public_url else ""
    await front.slack.publish(user, chat.home(matters, desk.policy, policy_url))


async def opened(front: Front, press: Press) -> None:
    """Somebody looks at the app; under its messages there is nothing to show."""
    if press.value in ("", "home"):
        await publish(front, press.user)
