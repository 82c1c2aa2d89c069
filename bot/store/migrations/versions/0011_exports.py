"""Files that approved answers offer, and every version of the policy that was ever loaded."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("draft", sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("draft_id", sa.Integer(), sa.ForeignKey("draft.id"), nullable=True),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("actor", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("form", AutoString(), nullable=False),
        sa.Column("digest", AutoString(), nullable=False),
        sa.Column("token_digest", AutoString(), nullable=True),
        sa.Column("code_digest", AutoString(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("downloads_left", sa.Integer(), nullable=False),
        sa.Column("key_id", AutoString(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_export_ticket_id", "export", ["ticket_id"])
    op.create_index("ix_export_created_at", "export", ["created_at"])
    op.create_index("ix_export_token_digest", "export", ["token_digest"], unique=True)
    _tables_beside()


def _tables_beside() -> None:
    op.create_table(
        "export_piece",
        sa.Column("export_id", sa.Integer(), sa.ForeignKey("export.id"), primary_key=True, nullable=False),
        sa.Column("seq", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "hand_in",
        sa.Column("token_digest", AutoString(), primary_key=True, nullable=False),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("actor", AutoString(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_hand_in_ticket_id", "hand_in", ["ticket_id"])
    op.create_table(
        "policy_version",
        sa.Column("hash", AutoString(), primary_key=True, nullable=False),
        sa.Column("version", AutoString(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("first_seen", UTCDateTime(), nullable=False),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_policy_version_version", "policy_version", ["version"])


def downgrade() -> None:
    for table in ("policy_version", "hand_in", "export_piece", "export"):
        op.drop_table(table)
    op.drop_column("draft", "attachments")
