"""The tables. What is personal is a ``bytes`` column, sealed under the key that ``key_id`` names.

Facts are stored; what follows from them (``status``, ``due_at`` …) is written beside them in the same
transaction, only so that lists can be sorted and filtered by the database.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.columns import facts, later_flag, sealed


class InboxItem(SQLModel, table=True):
    """What came in, committed before anybody is told that it was taken: a mail or a Slack payload."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "ix_inbox_removal",
            "id",
            sqlite_where=text("removal = 'due'"),
            postgresql_where=text("removal = 'due'"),
        ),
        Index(
            "ix_inbox_quarantined",
            "id",
            sqlite_where=text("state = 'quarantined'"),
            postgresql_where=text("state = 'quarantined'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str
    origin: str = Field(unique=True)  # where it was found: mailbox, UIDVALIDITY and UID, or channel and ts
    conversation: str | None = Field(default=None, index=True)  # keyed digest: who said it, and where
    content: str | None = Field(default=None, unique=True)  # keyed digest of Message-ID and content
    state: str = "new"  # new, done, quarantined, dropped
    attempts: int = 0
    leased_until: datetime | None = None
    received_at: datetime
    stored_at: datetime
    due_at: date | None = None
    automatic: bool = True  # False: mail of before the first start, listened to and not answered
    complete: bool = True  # False: larger than MAX_MAIL_MB, only headers and first text part
    size: int = 0
    reason: str = ""
    hits: list[str] = facts(list)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    lost: bool = later_flag()  # taken in before, by a desk whose data were lost: it may have been answered
    redacted_at: datetime | None = None
    removal: str | None = (
        None  # from the mailbox, once it is redacted: due, gone, replaced (not to be found again)
    )
    key_id: str
    raw: bytes | None = sealed()


class TicketRow(SQLModel, table=True):
    """One person's matter."""

    __tablename__ = "ticket"
    __table_args__ = tuple(
        Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
        for name, where, *columns in (
            ("ix_ticket_open_due", "status != 'closed'", "due_at", "id"),
            ("ix_ticket_open_assignee", "status != 'closed'", "assignee", "due_at", "id"),
            ("ix_ticket_unconfirmed", "unconfirmed_since IS NOT NULL", "id"),
        )
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    status: str = Field(index=True)
    outcome: str | None = None
    channel: str
    language: str
    law: str
    laws: list[str] = facts(
        list, came_later=True
    )  # that may apply, where there are several; `law` is the earliest
    agent: bool = False
    untriaged: bool = False
    unconfirmed_since: datetime | None = None
    reopened_at: datetime | None = None
    asked_at: datetime | None = None
    extended_at: datetime | None = None
    waits: list[list[str]] = facts(list, came_later=True)  # when staff asked, and when the requester answered
    paused: bool = later_flag()  # whether its law's clock stands still right now
    received_at: datetime = Field(index=True)
    created_at: datetime
    closed_at: datetime | None = Field(default=None, index=True)
    acknowledge_by: date | None = None
    due_at: date | None = Field(default=None, index=True)
    act_by: date | None = None
    due_rule: str = ""
    verified: bool = False
    verified_by: str | None = None  # who verified by hand; None where a code did
    assignee: str | None = None
    automatic: bool = True  # False: nothing leaves on its own (old mail, lists, failed authentication)
    held: bool = False  # quiet until an operator releases it: an old letter, or machines that answer each other
    policy_version: str = ""
    requester_index: str = Field(index=True)  # keyed digest of the address
    account_index: str | None = Field(default=None, index=True)  # keyed digest of the directory's account id
    on_file_index: str | None = Field(default=None, index=True)  # of the address on file, where it is another one
    data_points: dict[str, str] = facts(dict, came_later=True)  # kind: matches, differs, not given; no value
    concerns: list[str] = facts(list, came_later=True)  # codes of what staff must look at first
    cooling_until: datetime | None = None  # after a change of the contact address
    slack_user: str | None = Field(default=None, index=True)  # who is answered in Slack; None: by mail
    heard_in: str | None = None  # the support channel, and thread, where it was said
    card_channel: str | None = None
    card_ts: str | None = Field(default=None, index=True)
    tasks_ts: str | None = None  # of the work list in the card's thread
    journal_length: int = 0
    journal_head: str = ""
    anchored_length: int = 0
    hold_since: datetime | None = None  # a legal hold: nothing of it is redacted
    to_erase: bool = (
        later_flag()
    )  # its requester's deletion was granted: its texts go as soon as the law lets them
    redacted_at: datetime | None = None  # its key is destroyed; what is left names nobody
    key_id: str
    requester: bytes | None = sealed()
    on_file: bytes | None = sealed()
    hold_reason: bytes | None = sealed()


class RequestRow(SQLModel, table=True):
    """One right asked for within a ticket, with a proof, clock and outcome of its own."""

    __tablename__ = "request"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    type: str
    received_at: datetime
    appeal: bool = later_flag()  # of a complaint: it speaks against a refusal
    verified_at: datetime | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    acknowledge_by: date | None = None
    due_at: date | None = None
    act_by: date | None = None


class MessageRow(SQLModel, table=True):
    """What was said, in or out; codes are masked before it is sealed."""

    __tablename__ = "message"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    direction: str
    at: datetime
    channel: str
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id")
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id")
    key_id: str
    content: bytes | None = sealed()


class JournalRow(SQLModel, table=True):
    """One entry of a ticket's hash chain: facts without personal data."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id")
    seq: int
    at: datetime
    actor: str
    event: str
    detail: dict[str, Any] = facts(dict)
    previous: str
    digest: str


class AnchorRow(SQLModel, table=True):
    """A signed statement of how long each changed chain was, and of its last digest."""

    __tablename__ = "anchor"

    seq: int = Field(primary_key=True)
    at: datetime
    chains: list[list[Any]] = facts(list)  # [reference, length, head] of each ticket changed since the last
    previous: str
    digest: str
    signature: str


class ChallengeRow(SQLModel, table=True):
    """A one-time code, known only by its keyed digest."""

    __tablename__ = "challenge"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    address_index: str = Field(index=True)
    code_digest: str
    token_digest: str | None = Field(default=None, index=True, unique=True)  # of the link beside the code
    created_at: datetime
    expires_at: datetime
    tries_left: int
    asked_for: bool = False  # by a requester; those that come with an acknowledgement do not count
    state: str = "live"  # live, used, dead


class DraftRow(SQLModel, table=True):
    """A proposed reply. An approval names the digest that it was given for."""

    __tablename__ = "draft"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    letter: str
    language: str
    outcome: str  # of the requests that it settles; empty for a question or a notice
    request_types: list[str] = facts(list)
    state: str = "open"  # open, approved, discarded
    author: str | None = None
    digest: str
    approvals: list[str] = facts(list)
    attachments: list[str] = facts(list, came_later=True)  # digests of the exports that it offers
    follows_tasks: bool = later_flag()  # its outcome comes from the work list, and changes with it
    policy_version: str = ""
    created_at: datetime
    slack_ts: str | None = None
    key_id: str
    content: bytes | None = sealed()


class TaskRow(SQLModel, table=True):
    """What one right means for one kind of data or one recipient, in one ticket."""

    __tablename__ = "task"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    code: str  # of a category or a recipient of the inventory
    request_type: str
    state: str = "open"  # open, done, kept, nothing_found, not_applicable
    past: bool = False  # of a request that is answered, or asked for no more
    together: bool = False  # settled with all others, as the inventory says
    statement: str = ""  # the anchor of the statement on which what is kept is kept
    settled_by: str | None = None
    settled_at: datetime | None = None
    asked_at: datetime | None = None  # when a connector was asked to do it
    token_digest: str | None = Field(default=None, index=True, unique=True)  # of what it answers with
    key_id: str
    note: bytes | None = sealed()  # the evidence


class OutboxRow(SQLModel, table=True):
    """What is to leave, written in the transaction that decided it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "lane", "state", "due_at"),
        Index("ix_outbox_address", "address_index", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # what makes it the same thing: sent once under this name
    lane: str  # mail, slack or webhook
    kind: str  # the letter's name, or what to post
    promise: str  # notice: at least once; once: at most once; spare: dropped where it would be too much
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    draft_id: int | None = Field(default=None, foreign_key="draft.id")
    state: str = "ready"  # ready, sending, sent, unsure, dead
    due_at: datetime
    created_at: datetime
    attempts: int = 0
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    reason: str = ""
    automatic: bool = True
    address_index: str | None = None
    facts: dict[str, Any] = facts(dict)
    digest: str = ""
    key_id: str | None = None
    payload: bytes | None = sealed()
