"""A report, from the journal alone: what was redacted meanwhile, or has changed since, changes no figure of it."""

from datetime import datetime

from bot.domain.reporting import Report, report
from bot.domain.reporting.histories import Period, history
from bot.store import told
from bot.store.work import Store


async def period_report(
    store: Store, period: Period, law: str | None = None, *, since: datetime | None = None
) -> Report:
    """The figures of a period; ``law``: of the tickets under this law alone.

    ``since``: the moment at which the period begins, where tickets that were closed before need not be looked at.
    """
    async with store.reading() as work:
        histories = [found async for lines in told.by_ticket(work, since) if (found := history(lines, period))]
    return report(histories, period, law)
