"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, AutoString(), **({"nullable": False} | options))


def _number(name: str, *constraints: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), *constraints, **({"nullable": False} | options))


def _at(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), **({"nullable": False} | options))


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=True)


def _facts(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _sealed(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=True)


def _of(table: str, **options: Any) -> sa.Column[Any]:
    return _number(f"{table}_id", sa.ForeignKey(f"{table}.id"), **options)


def upgrade() -> None:
    for create in (_tickets, _requests, _inbox, _journal, _verification, _outbox, _messages, _places):
        create()


def downgrade() -> None:
    for table in ("lease", "bookmark", "message", "outbox", "draft", "challenge", "anchor", "journal"):
        op.drop_table(table)
    for table in ("inbox", "request", "ticket"):
        op.drop_table(table)


def _tickets() -> None:
    op.create_table(
        "ticket",
        _number("id", primary_key=True),
        _text("reference", unique=True),
        _text("status", index=True),
        _text("outcome", nullable=True),
        _text("channel"),
        _text("language"),
        _text("law"),
        _flag("agent"),
        _flag("untriaged"),
        _at("reopened_at", nullable=True),
        _at("asked_at", nullable=True),
        _at("extended_at", nullable=True),
        _at("received_at"),
        _at("created_at"),
        _at("closed_at", nullable=True),
        _day("acknowledge_by"),
        sa.Column("due_at", sa.Date(), nullable=True, index=True),
        _day("act_by"),
        _text("due_rule"),
        _flag("verified"),
        _text("verified_by", nullable=True),
        _text("assignee", nullable=True),
        _flag("automatic"),
        _flag("held"),
        _text("policy_version"),
        _text("requester_index", index=True),
        _text("slack_user", nullable=True),
        _text("card_channel", nullable=True),
        _text("card_ts", nullable=True),
        _number("journal_length"),
        _text("journal_head"),
        _number("anchored_length"),
        _text("key_id"),
        _sealed("requester"),
    )


def _requests() -> None:
    op.create_table(
        "request",
        _number("id", primary_key=True),
        _of("ticket", index=True),
        _text("type"),
        _at("received_at"),
        _at("verified_at", nullable=True),
        _text("outcome", nullable=True),
        _at("closed_at", nullable=True),
        _day("acknowledge_by"),
        _day("due_at"),
        _day("act_by"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        _number("id", primary_key=True),
        _text("source"),
        _text("origin", unique=True),
        _text("content", unique=True, nullable=True),
        _text("state"),
        _number("attempts"),
        _at("leased_until", nullable=True),
        _at("received_at"),
        _at("stored_at"),
        _day("due_at"),
        _flag("automatic"),
        _flag("complete"),
        _number("size"),
        _text("reason"),
        _facts("hits"),
        _of("ticket", index=True, nullable=True),
        _text("key_id"),
        _sealed("raw"),
    )
    new = sa.text("state = 'new'")
    op.create_index("ix_inbox_waiting", "inbox", ["id"], sqlite_where=new, postgresql_where=new)


def _journal() -> None:
    op.create_table(
        "journal",
        _number("id", primary_key=True),
        _of("ticket"),
        _number("seq"),
        _at("at"),
        _text("actor"),
        _text("event"),
        _facts("detail"),
        _text("previous"),
        _text("digest"),
        sa.UniqueConstraint("ticket_id", "seq"),
    )
    op.create_table(
        "anchor",
        _number("seq", primary_key=True),
        _at("at"),
        _facts("chains"),
        _text("previous"),
        _text("digest"),
        _text("signature"),
    )


def _verification() -> None:
    op.create_table(
        "challenge",
        _number("id", primary_key=True),
        _of("ticket", index=True),
        _text("address_index", index=True),
        _text("code_digest"),
        _at("created_at"),
        _at("expires_at"),
        _number("tries_left"),
        _flag("asked_for"),
        _text("state"),
    )


def _outbox() -> None:
    op.create_table(
        "draft",
        _number("id", primary_key=True),
        _of("ticket", index=True),
        _text("letter"),
        _text("language"),
        _text("outcome"),
        _facts("request_types"),
        _text("state"),
        _text("author", nullable=True),
        _text("digest"),
        _facts("approvals"),
        _text("policy_version"),
        _at("created_at"),
        _text("slack_ts", nullable=True),
        _text("key_id"),
        _sealed("content"),
    )
    op.create_table(
        "outbox",
        _number("id", primary_key=True),
        _text("key", unique=True),
        _text("lane"),
        _text("kind"),
        _text("promise"),
        _of("ticket", index=True, nullable=True),
        _of("draft", nullable=True),
        _text("state"),
        _at("due_at"),
        _at("created_at"),
        _number("attempts"),
        _at("leased_until", nullable=True),
        _at("sent_at", nullable=True),
        _text("reason"),
        _flag("automatic"),
        _text("address_index", index=True, nullable=True),
        _facts("facts"),
        _text("digest"),
        _text("key_id", nullable=True),
        _sealed("payload"),
    )
    op.create_index("ix_outbox_due", "outbox", ["lane", "state", "due_at"])


def _messages() -> None:
    op.create_table(
        "message",
        _number("id", primary_key=True),
        _of("ticket", index=True),
        _text("direction"),
        _at("at"),
        _text("channel"),
        _of("inbox", nullable=True),
        _of("outbox", nullable=True),
        _text("key_id"),
        _sealed("content"),
    )


def _places() -> None:
    op.create_table(
        "bookmark",
        _text("mailbox", primary_key=True),
        _text("folder", primary_key=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        _at("started_at"),
    )
    op.create_table(
        "lease",
        _text("name", primary_key=True),
        _text("owner"),
        _at("until"),
        _number("fence"),
    )
