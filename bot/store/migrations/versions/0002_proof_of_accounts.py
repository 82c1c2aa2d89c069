"""Accounts on file, links beside codes, patterns that are watched, and the keys that each replica holds.

Columns are added and no table is made anew: SQLite would let go of the rows that refer to it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"

_TICKET: dict[str, Any] = {
    "account_index": AutoString(),
    "on_file_index": AutoString(),
    "cooling_until": UTCDateTime(),
    "on_file": sa.LargeBinary(),
}
_FACTS = {"data_points": "{}", "concerns": "[]"}
_INDEXED = ("account_index", "on_file_index")


def upgrade() -> None:
    for name, kind in _TICKET.items():
        op.add_column("ticket", sa.Column(name, kind, nullable=True))
    for name, default in _FACTS.items():
        op.add_column("ticket", sa.Column(name, sa.JSON(), nullable=False, server_default=default))
    for name in _INDEXED:
        op.create_index(f"ix_ticket_{name}", "ticket", [name])
    op.add_column("challenge", sa.Column("token_digest", AutoString(), nullable=True))
    op.create_index("ix_challenge_token_digest", "challenge", ["token_digest"], unique=True)
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("object", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_sighting_pattern", "sighting", ["kind", "subject", "at"])
    op.create_index("ix_sighting_at", "sighting", ["at"])
    op.create_table(
        "replica",
        sa.Column("name", AutoString(), primary_key=True, nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("replica")
    op.drop_table("sighting")
    op.drop_index("ix_challenge_token_digest", "challenge")
    op.drop_column("challenge", "token_digest")
    for name in _INDEXED:
        op.drop_index(f"ix_ticket_{name}", "ticket")
    for name in (*_TICKET, *_FACTS):
        op.drop_column("ticket", name)
