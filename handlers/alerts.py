"""Words to staff from the desk itself, without personal data: in Slack, or by mail where there is no Slack."""

from bot.adapters.rendering import Envelope, compose
from bot.domain.correlation import new_message_id
from bot.domain.letters import LetterContext
from bot.store import outbox
from bot.store.work import Work
from handlers.desk import Desk


async def tell_staff(desk: Desk, work: Work, key: str, text: str, *, ticket_id: int | None = None) -> None:
    """An alert, without personal data: in Slack, or by mail to ALERT_ADDRESS where there is no Slack."""
    now = desk.now()
    if desk.staff_channel:
        await outbox.put(
            work, lane=outbox.SLACK, kind="alert", key=key, now=now, ticket_id=ticket_id, facts={"text": text}
        )
    elif desk.alert_address:
        await by_mail(desk, work, key, text)


async def slack_refuses(desk: Desk, reason: str) -> None:
    """Slack itself is what fails: by mail, once a day for each reason, where there is an ALERT_ADDRESS."""
    if desk.alert_address is None:
        return
    async with desk.store.transaction() as work:
        await refused_by_slack(desk, work, reason)


async def refused_by_slack(desk: Desk, work: Work, reason: str) -> None:
    if desk.alert_address:
        what = f"Slack refuses what the desk does there ({reason}). Run `python -m bot check`."
        await by_mail(desk, work, f"slack:{reason}:{desk.day(desk.now())}", what)


async def by_mail(desk: Desk, work: Work, key: str, text: str) -> None:
    """An alert by mail to ALERT_ADDRESS, once under its key."""
    if await outbox.standing(work, key):
        return
    letter = desk.letters.write("alert", "en", LetterContext(organisation=desk.organisation, reason=text))
    key_for = await work.keys.new()
    message_id = new_message_id("PR-00000000", desk.domain, work.keys.token_secret)
    envelope = Envelope(
        sender=desk.address,
        sender_name=desk.organisation,
        recipient=desk.alert_address or desk.address,
        message_id=f"<{message_id}>",
        in_reply_to=None,
        references=(),
        date=desk.now(),
        auto_submitted="auto-generated",
    )
    raw = compose(letter.subject, letter.text, desk.letters.html(letter.text, letter.language), envelope)
    await outbox.put(
        work,
        lane=outbox.MAIL,
        kind="alert",
        key=key,
        now=desk.now(),
        automatic=False,
        seal_with=key_for,
        payload=raw,
    )
