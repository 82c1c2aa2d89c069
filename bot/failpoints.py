"""Named moments at which a test can kill the process, as a power cut would.

``PRIVACY_DESK_FAILPOINT=delivery.sent`` kills at the first passage, ``delivery.sent:3`` at the third. Unset, as
always outside of tests, a passage costs one comparison.
"""

import os
import signal

MOMENTS = (
    "mail.fetched",
    "mail.stored",
    "mail.flagged",
    "mail.parsed",
    "mail.screened",
    "mail.classified",
    "mail.correlated",
    "mail.decided",
    "mail.committed",
    "delivery.claimed",
    "delivery.handed_over",
    "delivery.recorded",
    "slack.stored",
    "chat.stored",
    "chat.read",
    "chat.decided",
    "chat.committed",
    "slack.handled",
    "slack.claimed",
    "slack.posted",
    "slack.recorded",
    "approval.committed",
    "retention.destroyed",
    "retention.committed",
    "retention.removed",
)

_name, _, _count = os.environ.get("PRIVACY_DESK_FAILPOINT", "").partition(":")
_left = int(_count or 1)


def passing(moment: str) -> None:
    """Dies here where a test wants it."""
    global _left
    if moment != _name:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
