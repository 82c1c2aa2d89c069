"""How bounces and automatic replies sound: the habits of mail systems that follow no standard, by language."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files

_TABLES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (files("bot.domain") / "habits.toml").read_text(encoding="utf-8")
)


def _habit(name: str) -> str:
    """Every line of every language as alternatives of one pattern."""
    lines = (line.strip() for written in _TABLES[name].values() for line in written.splitlines())
    return "|".join(line for line in lines if line)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


REPLY = _compiled(r"\s*(?:re|aw|sv|antw|odp|ref|rif|r|res|vs|fwd?|wg|tr|rv|i)\s*(?:\[\d+\])?\s*:")
DAEMON = _compiled(r"(?:mailer|mail|smtp)[-_. ]?daemon\b|mdaemon\b")
POSTMASTER = _compiled(
    r"post[-_]?master\b|mail[-_.]?(?:delivery|system|admin)|sysadmin\b|microsoftexchange[0-9a-f]+"
)
DELIVERY_NAME = _compiled(
    "(?:internet )?mail (?:delivery|administrator|system|server)|delivery (?:sub)?system|system administrator"
    "|postmaster|mailer[- ]daemon|microsoft (?:outlook|exchange)|zustellsystem|content[- ]filter|barracuda"
    "|interscan|mailserver|mailadministrator"
)
_SORT = r"(?:[*\[(]?(?:postmaster|ndn|ndr|dsn|warning|auto(?:reply)?)[\])*:]?\W{0,3})?"
BOUNCE_SUBJECT = _compiled(rf"\W{{0,3}}{_SORT}(?:{_habit('bounce_subject')})")
BOUNCE_BODY = _compiled(_habit("bounce_body"))
BOUNCE_OPENING = _compiled(_habit("bounce_opening"))
AUTO_SUBJECT = _compiled(rf"\W{{0,3}}(?:(?:re|aw)\s*:\s*)?(?:{_habit('auto_subject')})")
AUTO_BODY = _compiled(_habit("auto_body"))
AWAY_BODY = _compiled(_habit("away_body"))
CAUSE = _compiled(_habit("cause"))
SMTP_REPLY = _compiled(r"(?<![\w.-])(?:[45][0-5]\d[- :](?=\s?[^\d\s]|#?[45]\.\d)|#?[45]\.\d{1,3}\.\d{1,3}\b).*")
