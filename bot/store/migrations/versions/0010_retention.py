"""What is redacted and when, what a legal hold keeps, and what is still to be deleted from the mailbox."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0010"
down_revision = "0009"

_DUE = sa.text("removal = 'due'")


def upgrade() -> None:
    op.add_column("ticket", sa.Column("hold_since", UTCDateTime(), nullable=True))
    op.add_column("ticket", sa.Column("hold_reason", sa.LargeBinary(), nullable=True))
    op.add_column("ticket", sa.Column("to_erase", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ticket", sa.Column("redacted_at", UTCDateTime(), nullable=True))
    op.add_column("inbox", sa.Column("redacted_at", UTCDateTime(), nullable=True))
    op.add_column("inbox", sa.Column("removal", AutoString(), nullable=True))
    op.add_column("inbox", sa.Column("lost", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_inbox_removal", "inbox", ["id"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.add_column("bookmark", sa.Column("restored", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("bookmark", "restored")
    op.drop_index("ix_inbox_removal", "inbox")
    for column in ("lost", "removal", "redacted_at"):
        op.drop_column("inbox", column)
    for column in ("redacted_at", "to_erase", "hold_reason", "hold_since"):
        op.drop_column("ticket", column)
