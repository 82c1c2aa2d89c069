"""What goes wrong: for the app as Slack words it, and for a person who wants what the screen does not offer."""

from typing import Any


class SlackError(Exception):
    """A refusal of the Web API: its code, and what else the answer says."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def rejected(code: str, faults: list[str]) -> SlackError:
    """A refusal that lists each fault of the arguments."""
    return SlackError(code, response_metadata={"messages": faults})


class CannotDo(Exception):
    """A person can only press, fill and say what Slack would let them."""
