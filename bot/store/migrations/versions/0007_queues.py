"""Indexes for what staff see first: open tickets by due date, by assignee, and what came and went in a week."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_OPEN = sa.text("status != 'closed'")
_QUEUES = {"ix_ticket_open_due": ["due_at", "id"], "ix_ticket_open_assignee": ["assignee", "due_at", "id"]}
_FLOW = ("received_at", "closed_at")


def upgrade() -> None:
    for name, columns in _QUEUES.items():
        op.create_index(name, "ticket", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    for column in _FLOW:
        op.create_index(f"ix_ticket_{column}", "ticket", [column])


def downgrade() -> None:
    for column in _FLOW:
        op.drop_index(f"ix_ticket_{column}", "ticket")
    for name in _QUEUES:
        op.drop_index(name, "ticket")
