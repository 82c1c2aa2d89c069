"""A word to one person on the staff, in their direct messages: what the thread of their ticket says as well."""

from bot.adapters import cards
from bot.adapters.cards import Posting
from bot.adapters.slack import Fate, Posted, SlackGateway
from bot.domain.vocabulary import Status
from bot.store import outbox
from bot.store.cases import Case
from bot.store.tables import OutboxRow
from bot.store.work import Work
from handlers.desk import Desk


async def queue(desk: Desk, work: Work, case: Case, key: str, text: str) -> None:
    """For whoever has the ticket; nothing where nobody has it, or there is no Slack."""
    if desk.staff_channel is None or not in_slack(case.row.assignee):
        return
    said = text if case.reference in text else f"{case.reference}: {text}"
    await outbox.put(
        work,
        lane=outbox.SLACK,
        kind="nudge",
        key=f"nudge:{key}",
        now=desk.now(),
        ticket_id=case.id,
        facts={"text": said},
    )


async def post(slack: SlackGateway, row: OutboxRow, case: Case, *, doubtful: bool) -> Posted:
    """To whoever has the ticket by now; of what is closed meanwhile nobody is reminded."""
    if case.row.status == Status.CLOSED:
        return Posted(Fate.DONE)
    posting = cards.reminder(str(row.facts["text"]), None)
    if link := slack.link(case.row.card_channel or "", case.row.card_ts or ""):
        posting = Posting(posting.text, [*posting.blocks, cards.section(f"<{link}|Open the ticket>")])
    told = await tell(slack, row, case.row.assignee, posting, doubtful=doubtful)
    return told or Posted(Fate.DONE)  # the thread says it as well


async def tell(
    slack: SlackGateway, row: OutboxRow, user: str | None, posting: Posting, *, doubtful: bool
) -> Posted | None:
    """None where nobody is meant, or they cannot be reached."""
    if user is None or not in_slack(user):
        return None
    opened = await slack.direct(user)
    if opened.fate is Fate.REFUSED:
        return None
    if opened.fate is not Fate.DONE:
        return opened
    posted = await slack.once(opened.ts, posting, key=row.key, doubtful=doubtful)
    return None if posted.fate is Fate.REFUSED else posted


def in_slack(user: str | None) -> bool:
    """Whether it is a user of Slack, and not somebody who works with the commands."""
    return user is not None and user.startswith(("U", "W"))
