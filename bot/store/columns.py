"""Columns that several tables have, in the same way on both databases."""

from typing import Any

from sqlalchemy import JSON, Boolean, Column, LargeBinary, false
from sqlmodel import Field


def sealed(*, nullable: bool = True) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(LargeBinary, nullable=nullable))


def facts(default: Any, *, came_later: bool = False) -> Any:
    """``came_later``: the database itself fills it in the rows that were there before."""
    filled = str(default()) if came_later else None
    return Field(default_factory=default, sa_column=Column(JSON, nullable=False, server_default=filled))


def later_flag() -> Any:
    """False in the rows that were there before."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
