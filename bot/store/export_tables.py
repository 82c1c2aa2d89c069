"""The tables of exports: the files that approved answers offer, sealed in pieces under the key of their ticket."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.store.columns import sealed


class ExportRow(SQLModel, table=True):
    """A file for a requester, and the link and code behind which it is offered: both kept as keyed digests."""

    __tablename__ = "export"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    draft_id: int | None = Field(default=None, foreign_key="draft.id")  # the approved answer that offers it
    state: str = "arriving"  # arriving, waiting (for an answer), offered, withdrawn, gone
    actor: str
    created_at: datetime = Field(index=True)
    size: int = 0  # bytes
    pieces: int = 0
    form: str = ""
    digest: str = ""  # of the file, keyed with the ticket's key: what an approval is bound to
    token_digest: str | None = Field(default=None, index=True, unique=True)
    code_digest: str = ""
    expires_at: datetime | None = None
    tries_left: int = 0
    downloads_left: int = 0
    key_id: str
    name: bytes | None = sealed()


class ExportPiece(SQLModel, table=True):
    """A part of a file; its place is sealed with it."""

    __tablename__ = "export_piece"

    export_id: int = Field(foreign_key="export.id", primary_key=True)
    seq: int = Field(primary_key=True)
    content: bytes = sealed(nullable=False)


class HandInRow(SQLModel, table=True):
    """A page on which one member of staff may give one file for one ticket."""

    __tablename__ = "hand_in"

    token_digest: str = Field(primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    actor: str
    expires_at: datetime
    used: bool = False
