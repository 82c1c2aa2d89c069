"""What waits in the inbox, and what is in quarantine, is found by its state however much was done before."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_inbox_state", "inbox", ["state", "stored_at"])


def downgrade() -> None:
    op.drop_index("ix_inbox_state", "inbox")
