"""The work list: a task for each kind of data and each recipient that a ticket's requests touch."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("code", AutoString(), nullable=False),
        sa.Column("request_type", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("past", sa.Boolean(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("statement", AutoString(), nullable=False),
        sa.Column("settled_by", AutoString()),
        sa.Column("settled_at", UTCDateTime()),
        sa.Column("asked_at", UTCDateTime()),
        sa.Column("token_digest", AutoString()),
        sa.Column("key_id", AutoString(), nullable=False),
        sa.Column("note", sa.LargeBinary()),
    )
    op.create_index("ix_task_ticket_id", "task", ["ticket_id"])
    op.create_index("ix_task_token_digest", "task", ["token_digest"], unique=True)
    op.add_column("ticket", sa.Column("tasks_ts", AutoString()))
    op.add_column("draft", sa.Column("follows_tasks", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("draft", "follows_tasks")
    op.drop_column("ticket", "tasks_ts")
    op.drop_table("task")
