"""Waits that some laws leave out of a period, clocks that stand still, and what was said on the clock."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("waits", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("ticket", sa.Column("laws", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("ticket", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "reminder",
        sa.Column("key", AutoString(), primary_key=True, nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_reminder_subject", "reminder", ["subject"])
    op.create_index("ix_reminder_at", "reminder", ["at"])


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_column("ticket", "paused")
    op.drop_column("ticket", "laws")
    op.drop_column("ticket", "waits")
