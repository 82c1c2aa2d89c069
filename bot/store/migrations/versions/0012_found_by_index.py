"""What waits for somebody, and what was written to an address, is found however much there was before."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_FOUND = (
    ("ix_inbox_quarantined", "inbox", "state = 'quarantined'"),
    ("ix_ticket_unconfirmed", "ticket", "unconfirmed_since IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, where in _FOUND:
        op.create_index(name, table, ["id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("ix_outbox_address", "outbox", ["address_index", "created_at"])
    op.drop_index("ix_outbox_address_index", "outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_address_index", "outbox", ["address_index"])
    op.drop_index("ix_outbox_address", "outbox")
    for name, table, _ in _FOUND:
        op.drop_index(name, table)
