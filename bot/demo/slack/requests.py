"""HTTP mode: things come as signed requests to the app's own address.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession

from bot.demo.slack.courier import Envelope
from bot.demo.slack.schema import Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class SignedRequests:
    """Posts to `url` what the app is to hear, signed with `secret`."""

    def __init__(self, session: ClientSession, url: str, secret: str) -> None:
        self._session = session
        self._url = url
        self._secret = secret

    async def send(self, envelope: Envelope) -> Json:
        """Posts and returns the answer's content; ConnectionError unless it is 200."""
        kind, body = _encoded(envelope)
        timestamp = str(int(time.time()))
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp}
        headers["X-Slack-Signature"] = signature(self._secret, timestamp, body)
        if envelope.attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": "http_timeout"}
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                if response.status != 200:
                    raise ConnectionError(f"the app answered {response.status}")
                text = await response.text()
                return _decoded(response.content_type, text)
        except ClientError as error:
            raise ConnectionError(f"the app cannot be reached: {type(error).__name__}") from error


def _encoded(envelope: Envelope) -> tuple[str, bytes]:
    if envelope.kind == "events_api":
        return JSON, json.dumps(envelope.payload).encode()
    if envelope.kind == "slash_commands":
        return FORM, urlencode(envelope.payload).encode()
    return FORM, urlencode({"payload": json.dumps(envelope.payload)}).encode()


def _decoded(content_type: str, text: str) -> Json:
    if not text:
        return {}
    answer = json.loads(text) if content_type == JSON else text
    return answer if isinstance(answer, dict) else {"text": text}
