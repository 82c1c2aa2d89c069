"""What settings ask of each other, as a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from bot.settings.values import quoted

if TYPE_CHECKING:
    from bot.settings import Settings

BUILT_IN_LAW = "gdpr"


class Rule(NamedTuple):
    """What must not be. The first name is the variable to mend; the others are read with it."""

    names: tuple[str, ...]
    broken: Callable[[Settings], bool]
    why: str


def _fewer_than_two(settings: Settings) -> bool:
    """A user group counts as many: who is in it is known to Slack alone."""
    staff = settings.slack_staff
    return bool(staff) and len(staff) < 2 and not any(member.startswith("S") for member in staff)


def _alerts_itself(settings: Settings) -> bool:
    own = (settings.privacy_address, *settings.privacy_aliases)
    return bool(settings.alert_address) and settings.alert_address.lower() in map(str.lower, own)


RULES = (
    Rule(
        ("IMAP_URL", "IMAP_TOKEN_COMMAND"),
        lambda s: not all(server.password or server.token_command for server in s.imap),
        "needs a user and a password before the host, or IMAP_TOKEN_COMMAND",
    ),
    Rule(
        ("SMTP_URL", "SMTP_TOKEN_COMMAND"),
        lambda s: bool(s.smtp and s.smtp.user and not (s.smtp.password or s.smtp.token_command)),
        "has a user and no password; it needs one, or SMTP_TOKEN_COMMAND",
    ),
    Rule(("SMTP_URL", "IMAP_URL"), lambda s: bool(s.imap and not s.smtp), "is required with IMAP_URL"),
    Rule(
        ("SLACK_STAFF_CHANNEL", "SLACK_BOT_TOKEN"),
        lambda s: bool(s.slack_bot_token and not s.slack_staff_channel),
        "is required with SLACK_BOT_TOKEN",
    ),
    Rule(
        ("SLACK_STAFF", "SLACK_BOT_TOKEN"),
        lambda s: bool(s.slack_bot_token and not s.slack_staff),
        "is required with SLACK_BOT_TOKEN",
    ),
    Rule(
        ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
        lambda s: bool(s.slack_bot_token and not (s.slack_app_token or s.slack_signing_secret)),
        "or SLACK_SIGNING_SECRET is required with SLACK_BOT_TOKEN",
    ),
    Rule(
        ("FOUR_EYES", "SLACK_STAFF"),
        lambda s: bool(s.four_eyes and _fewer_than_two(s)),
        "needs two people and SLACK_STAFF names one; add a second, or switch it off",
    ),
    Rule(
        ("SLACK_SUPPORT_CHANNELS", "SLACK_STAFF_CHANNEL", "SLACK_ALERT_CHANNEL"),
        lambda s: bool({s.slack_staff_channel, s.slack_alert_channel} & set(s.slack_support_channels)),
        "names a channel of the staff: customers would read of each other's tickets there",
    ),
    Rule(
        ("ALERT_ADDRESS", "PRIVACY_ADDRESS", "PRIVACY_ALIASES"),
        _alerts_itself,
        "is the desk's own address, where nobody would read an alert",
    ),
    Rule(
        ("PROBE_EVERY", "IMAP_URL", "SMTP_URL"),
        lambda s: bool(s.probe_every and not (s.imap and s.smtp)),
        "needs IMAP_URL and SMTP_URL",
    ),
    Rule(
        ("SECRET_KEYS", "DATABASE_URL"),
        lambda s: s.database_url.startswith("postgresql") and not s.secret_keys,
        "is required with PostgreSQL",
    ),
)

ADVICE = (
    Rule(
        ("IMAP_TOKEN_COMMAND",),
        lambda s: bool(s.imap_token_command) and all(server.password for server in s.imap),
        "is not used: IMAP_URL holds a password, or is not set",
    ),
    Rule(
        ("SMTP_TOKEN_COMMAND",),
        lambda s: bool(s.smtp_token_command) and not (s.smtp and s.smtp.user and not s.smtp.password),
        "is not used: SMTP_URL holds a password, or names no user",
    ),
    Rule(
        ("SLACK_BOT_TOKEN",),
        lambda s: bool((s.slack_app_token or s.slack_signing_secret) and not s.slack_bot_token),
        "is not set, so that Slack stays off although another token of Slack is set",
    ),
    Rule(
        ("ACCOUNTS_SECRET",),
        lambda s: s.accounts_url.startswith("http") and not s.accounts_secret,
        "is not set, so that what is asked of ACCOUNTS_URL is not signed",
    ),
    Rule(
        ("ALERT_ADDRESS",),
        lambda s: bool(s.alert_address and not s.smtp),
        "gets no mail without SMTP_URL",
    ),
)


def broken(rules: Collection[Rule], settings: Settings, faulty: Collection[str]) -> Iterator[Rule]:
    """The rules that do not hold, less those that read a value which is faulty by itself."""
    return (rule for rule in rules if not set(rule.names) & set(faulty) and rule.broken(settings))


def law_faults(settings: Settings) -> dict[str, str]:
    """What is wrong with the operator's own laws, or with DEFAULT_LAW, which may be one of them."""
    if settings.default_law == BUILT_IN_LAW and not settings.laws_path:
        return {}
    from bot.domain.lawpack import LawPack  # only where it is asked for: the pack takes time to read

    try:
        codes = LawPack.load(settings.laws_path).codes()
    except ValueError as fault:
        return {"CUSTOM_DIR": str(fault)}
    if settings.default_law in codes:
        return {}
    return {"DEFAULT_LAW": f"{quoted(settings.default_law)} is not a law; known are {', '.join(codes)}"}
