"""Named moments at which a test can kill the process, as a power cut would, or have it fall asleep.

``PRIVACY_DESK_FAILPOINT=delivery.claimed`` kills at the first passage, ``delivery.claimed:3`` at the third, and
``delivery.claimed:1:STOP`` sends another signal than KILL. Unset, as always outside of tests, a passage costs one
comparison.
"""

import os
import signal

MOMENTS = (
    "mail.fetched",
    "mail.taken",
    "mail.stored",
    "mail.flagged",
    "mail.parsed",
    "mail.screened",
    "mail.classified",
    "mail.correlated",
    "mail.decided",
    "mail.committed",
    "delivery.claimed",
    "delivery.offered",
    "delivery.dotted",
    "delivery.handed_over",
    "delivery.recorded",
    "delivery.recovering",
    "slack.pressed",
    "slack.stored",
    "chat.stored",
    "chat.read",
    "chat.decided",
    "chat.committed",
    "slack.handled",
    "slack.claimed",
    "slack.posted",
    "slack.recorded",
    "approval.decided",
    "approval.committed",
    "proof.decided",
    "proof.committed",
    "clock.decided",
    "clock.committed",
    "schema.upgraded",
    "retention.destroyed",
    "retention.committed",
    "retention.removed",
)

_name, _count, _signal, *_ = [*os.environ.get("PRIVACY_DESK_FAILPOINT", "").split(":"), "", ""]
_left = int(_count or 1)


def passing(moment: str) -> None:
    """Dies or sleeps here where a test wants it, once."""
    global _left
    if moment != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.Signals[f"SIG{_signal or 'KILL'}"])
