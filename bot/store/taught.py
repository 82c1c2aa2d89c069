"""The model that a desk's own staff have taught it: one at most, sealed under a key of its own.

It rests in the database, so that every desk on it has the same one, the one from the next letter on.
"""

import logging
from datetime import datetime

from sqlmodel import col, select

from bot.domain.learned.own import Own
from bot.store.desk_tables import TaughtModel
from bot.store.keys import KeyDestroyed
from bot.store.work import Work

_LABEL = "taught.content"

log = logging.getLogger(__name__)


class Taught:
    """The model as it is now, opened once."""

    def __init__(self) -> None:
        self._id: int | None = None
        self._own: Own | None = None

    async def current(self, work: Work) -> Own | None:
        """None where there is none that fits the packaged model."""
        newest = (await work.session.exec(select(TaughtModel.id).order_by(col(TaughtModel.id).desc()))).first()
        if newest != self._id:
            self._id, self._own = newest, await _opened(work, newest) if newest else None
        return self._own


async def keep(work: Work, own: Own, *, examples: int, now: datetime) -> int:
    """In place of the one before; its size in bytes."""
    await forget(work)
    key, content = await work.keys.new(), own.as_bytes()
    sealed = key.seal(content, _LABEL)
    work.session.add(TaughtModel(trained_at=now, examples=examples, key_id=key.id, content=sealed))
    return len(content)


async def forget(work: Work) -> bool:
    """Deletes the model and the key that it rests under, and with that every copy; whether there was one."""
    rows = (await work.session.exec(select(TaughtModel))).all()
    for row in rows:
        await work.session.delete(row)
        await work.keys.destroy(row.key_id)
    await work.session.flush()
    return bool(rows)


async def _opened(work: Work, model_id: int) -> Own | None:
    row = (await work.session.exec(select(TaughtModel).where(TaughtModel.id == model_id))).one_or_none()
    if row is None:
        return None
    try:
        own = Own.from_bytes((await work.keys.get(row.key_id)).open(row.content or b"", _LABEL))
    except KeyDestroyed:
        return None
    if own is None:
        log.warning("what staff have taught was learned beside another version, so it rests: run `train` again")
    return own
