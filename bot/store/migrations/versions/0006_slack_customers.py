"""Requests that are made in Slack: who said what where, and whether they have confirmed it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("conversation", AutoString(), nullable=True))
    op.create_index("ix_inbox_conversation", "inbox", ["conversation"])
    op.add_column("ticket", sa.Column("unconfirmed_since", UTCDateTime(), nullable=True))
    op.add_column("ticket", sa.Column("heard_in", AutoString(), nullable=True))
    op.create_index("ix_ticket_slack_user", "ticket", ["slack_user"])


def downgrade() -> None:
    op.drop_index("ix_ticket_slack_user", "ticket")
    op.drop_column("ticket", "heard_in")
    op.drop_column("ticket", "unconfirmed_since")
    op.drop_index("ix_inbox_conversation", "inbox")
    op.drop_column("inbox", "conversation")
