"""The thread of a ticket's card leads to the ticket: what staff write there is a note."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_ticket_card_ts", "ticket", ["card_ts"])


def downgrade() -> None:
    op.drop_index("ix_ticket_card_ts", "ticket")
