"""The tables of the desk itself: how far it has read, who does what, what it has seen, said and been taught."""

from datetime import date as date_type
from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from bot.store.columns import facts, later_flag, sealed


class Bookmark(SQLModel, table=True):
    """How far a folder has been read."""

    __tablename__ = "bookmark"

    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    last_uid: int = Field(sa_type=BigInteger)
    started_at: datetime
    restored: bool = later_flag()  # since the data were: what is marked seen was taken in by a desk before


class Lease(SQLModel, table=True):
    """Who may do what only one replica at a time may do."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    owner: str
    until: datetime
    fence: int = 0


class Sighting(SQLModel, table=True):
    """Something that is harmless once: counted, so that a pattern shows. Digests and references, no addresses."""

    __tablename__ = "sighting"
    __table_args__ = (Index("ix_sighting_pattern", "kind", "subject", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str  # whose pattern it is
    object: str  # what is counted, each once
    at: datetime = Field(index=True)


class Reminder(SQLModel, table=True):
    """What has been said on the clock, so that it is said once: by whichever replica, however often it starts."""

    __tablename__ = "reminder"

    key: str = Field(primary_key=True)
    subject: str = Field(index=True)  # the ticket's reference, or what else it is about
    at: datetime = Field(index=True)


class Replica(SQLModel, table=True):
    """A desk that runs on this database, and the keys that it can open things with."""

    __tablename__ = "replica"

    name: str = Field(primary_key=True)
    seen_at: datetime
    keys: list[str] = facts(list)


class TaughtModel(SQLModel, table=True):
    """What staff have taught: weights over all letters that they decided about, and none of a single letter."""

    __tablename__ = "taught"
    __table_args__ = {"sqlite_autoincrement": True}  # a desk knows the newest by its number

    id: int | None = Field(default=None, primary_key=True)
    trained_at: datetime
    examples: int
    key_id: str
    content: bytes | None = sealed()


class PolicyVersion(SQLModel, table=True):
    """The policy as it was once loaded. It is published, so that nothing of it is sealed."""

    __tablename__ = "policy_version"

    hash: str = Field(primary_key=True)  # of version, date and text
    version: str = Field(index=True)  # as letters cite it
    date: date_type | None = None
    text: str
    first_seen: datetime
    loaded_at: datetime  # when it last became the current one
