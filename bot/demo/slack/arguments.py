"""The arguments of a Web API call, whether they came as JSON, as a form or in the address."""

import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.demo.slack.errors import SlackError, rejected
from bot.demo.slack.schema import Json, fault


class Arguments:
    """Typed access to what was sent; a missing or malformed argument is a SlackError."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent: Json = dict(sent)

    def text(self, name: str, default: str | None = None) -> str:
        """A string; `invalid_arguments` if it is missing and there is no default."""
        value = self.sent.get(name)
        if value in (None, ""):
            if default is None:
                raise rejected("invalid_arguments", [fault(f"missing required field: {name}", f"/{name}")])
            return default
        return value if isinstance(value, str) else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, which a form spells 1, 0, true or false."""
        return str(self.sent.get(name, default)).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise rejected("invalid_arguments", [fault("must be an integer", f"/{name}")])
        return int(value)

    def moment(self, name: str) -> float | None:
        """A timestamp that bounds a search, in seconds; `invalid_ts_…` where it is none."""
        value = self.text(name, "")
        if value and not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value):
            raise SlackError(f"invalid_ts_{name}")
        return float(value) if value else None

    def structure(self, name: str) -> Any:
        """An object or array, which a form sends as JSON text; None where it is absent."""
        value = self.sent.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except (ValueError, RecursionError):
            raise rejected("invalid_arguments", [fault("must be valid JSON", f"/{name}")]) from None


async def read(request: web.Request) -> Json:
    """Everything that a request sent."""
    sent: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return sent | body
    return sent | dict(await request.post())


def token(request: web.Request, sent: Json) -> str:
    """The token, from the header or else from the arguments, whence it is taken out."""
    in_body = str(sent.pop("token", ""))
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else in_body
