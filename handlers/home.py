"""The App Home: for staff what is to be done, for everybody their own tickets, and the way to a new one."""

from bot.adapters import chat, staff_home
from bot.adapters.chat import Matter
from bot.adapters.interactions import Press
from bot.store import chats
from bot.store.queues import Queue
from handlers.front import Front
from handlers.staff_home import overview


async def publish(front: Front, user: str, wanted: str = "") -> None:
    """Shows somebody what is theirs, and nothing of anybody else; ``wanted``: of staff, a queue and its page."""
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
    view = chat.home(matters, desk.policy, policy_url, desk.letters.phrasing(chats.language(mine)))
    if await front.is_staff(user):
        todo = staff_home.overview(await overview(front, user, wanted))
        view["blocks"] = [*todo, {"type": "divider"}, *view["blocks"]]
    await front.slack.publish(user, view)


async def opened(front: Front, press: Press) -> None:
    """Somebody looks at the app; under its messages there is nothing to show."""
    if press.value in ("", "home"):
        await publish(front, press.user)


async def turned(front: Front, press: Press) -> None:
    """Another queue of the staff's, or another page of it; who is no longer staff sees what is theirs alone."""
    await publish(front, press.user, press.value)


TURNING = frozenset({*(f"home_{each}" for each in Queue), "home_back", "home_on"})
