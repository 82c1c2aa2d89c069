"""What the operator's own systems are told of, and what they may answer: the bodies, and the page that says so.

Only `task.requested` names a person: whoever is to do it has to know whose data they are.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.vocabulary import Channel, Outcome, RequestType, Result, Status

SIGNATURE = "X-Privacy-Desk-Signature"
TOLERANCE = 300
"""Seconds by which a receiver should let the time of a signature differ from its own."""

_TEXT: Mapping[str, Any] = {"type": "string"}
_DAY: Mapping[str, Any] = {"type": ["string", "null"], "format": "date"}
_INSTANT: Mapping[str, Any] = {"type": "string", "format": "date-time"}


class Told(StrEnum):
    """The events."""

    OPENED = "ticket.opened"
    VERIFIED = "ticket.verified"
    REQUESTED = "task.requested"
    CLOSED = "ticket.closed"


def body(event: Told, number: str, at: datetime, ticket: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """``number`` is the same at every try, so that a receiver can tell a repetition."""
    return {"id": number, "type": event, "at": at.isoformat(), "ticket": dict(ticket), **more}


def signature(secret: str, at: int, content: bytes) -> str:
    """The value of `SIGNATURE`: HMAC-SHA256 over the seconds since 1970, a dot and the body as it was sent."""
    mac = hmac.digest(secret.encode(), str(at).encode() + b"." + content, hashlib.sha256).hex()
    return f"t={at},v1={mac}"


def _object(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    needed = [each for each in properties if each not in optional]
    return {"type": "object", "required": needed, "properties": dict(properties)}


def _one_of(values: type[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(each) for each in values]}


TICKET = _object(
    {
        "reference": _TEXT,
        "status": _one_of(Status),
        "outcome": {"enum": [None, *map(str, Outcome)]},
        "request_types": {"type": "array", "items": _one_of(RequestType)},
        "channel": _one_of(Channel),
        "law": _TEXT,
        "received_at": _INSTANT,
        "due_at": _DAY,
        "act_by": _DAY,
        "verified": {"type": "boolean"},
    }
)
TASK = _object(
    {
        "id": {"type": "integer"},
        "code": _TEXT,
        "name": _TEXT,
        "request_type": _one_of(RequestType),
        "todo": _TEXT,
        "lives_in": _TEXT,
        "usual_result": _one_of(Result),
    }
)
REQUESTER = _object({"address": _TEXT, "name": _TEXT})
ANSWER = _object(
    {"result": _one_of(Result), "note": _TEXT, "statement": _TEXT},
    optional=("note", "statement"),
)


def _event(event: Told) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": _TEXT,
        "type": {"const": str(event)},
        "at": _INSTANT,
        "ticket": {"$ref": "#/components/schemas/Ticket"},
    }
    if event is Told.REQUESTED:
        properties |= {
            "task": {"$ref": "#/components/schemas/Task"},
            "requester": {"$ref": "#/components/schemas/Requester"},
            "callback_url": _TEXT,
        }
    return _object(properties)


def openapi() -> dict[str, Any]:
    """The page for whoever writes a connector (OpenAPI 3.1)."""
    signed = {
        "name": SIGNATURE,
        "in": "header",
        "required": True,
        "schema": _TEXT,
        "description": "t=SECONDS,v1=HEX: HMAC-SHA256 of SECONDS, a dot and the raw body. "
        f"Refuse a time that is more than {TOLERANCE} seconds from yours.",
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Privacy Desk: connectors", "version": "1"},
        "webhooks": {str(each): {"post": _told(each, signed)} for each in Told},
        "paths": {
            "/tasks/{token}": {"post": _answered()},
            "/tasks/{token}/file": {"post": _handed_in()},
        },
        "components": {"schemas": {"Ticket": TICKET, "Task": TASK, "Requester": REQUESTER, "Answer": ANSWER}},
    }


def _told(event: Told, signed: Mapping[str, Any]) -> dict[str, Any]:
    answers = {"2XX": {"description": "It was heard, and is not told again."}}
    if event is Told.REQUESTED:
        answers = {
            "202": {"description": "The receiver does it, and answers to callback_url. Until then it is theirs."},
            "2XX": {"description": "It was heard; people do it."},
        }
    answers["default"] = {"description": "408, 425, 429, 5XX and broken connections are tried again for 5 days."}
    return {
        "parameters": [signed],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _event(event)}}},
        "responses": answers,
    }


def _token() -> list[dict[str, Any]]:
    return [{"name": "token", "in": "path", "required": True, "schema": _TEXT}]


def _answered() -> dict[str, Any]:
    return {
        "summary": "How a task ended. The same answer again changes nothing.",
        "parameters": _token(),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
        },
        "responses": {
            "200": {"description": "It stands so."},
            "400": {"description": "It is no such answer; `error` says why."},
            "404": {"description": "There is no such task."},
            "409": {"description": "It ended in another way, or is asked for no more."},
        },
    }


def _handed_in() -> dict[str, Any]:
    name = {"name": "name", "in": "query", "required": True, "schema": _TEXT}
    return {
        "summary": "A file for the requester: an export of what the task is about.",
        "parameters": [*_token(), name],
        "requestBody": {"required": True, "content": {"application/octet-stream": {}}},
        "responses": {
            "200": {"description": "It waits for the answer that offers it."},
            "400": {"description": "It cannot be had; `error` says why."},
            "404": {"description": "There is no such task."},
        },
    }
