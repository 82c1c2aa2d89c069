"""Runs the migrations on the connection that bot.store.schema hands over, within its transaction."""

from alembic import context
from sqlmodel import SQLModel

from bot.store import desk_tables, export_tables, tables

assert desk_tables
assert export_tables
assert tables
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
