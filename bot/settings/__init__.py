"""The settings: read once, frozen, every fault told at once."""

import os
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_type_hints
from zoneinfo import ZoneInfo

from bot.domain.vocabulary import RequestType
from bot.settings import endpoints, urls, values
from bot.settings.endpoints import ImapServer, SmtpServer, Tls
from bot.settings.faults import Malformed, SettingsFault, line
from bot.settings.rules import ADVICE, RULES, broken, law_faults
from bot.settings.sources import strangers, variables

__all__ = ["ImapServer", "Settings", "SettingsFault", "SmtpServer", "Tls"]

T = TypeVar("T")

UTC = ZoneInfo("UTC")
FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
KEY_EXAMPLE = "\"$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')\""


class _Variable(NamedTuple):
    """How the text of one variable becomes its value, given the working directory; and a good example."""

    parse: Callable[[str, Path], Any]
    example: str
    name: str = ""
    attribute: str = ""


def _plain(parse: Callable[[str], Any], example: str) -> _Variable:
    """A variable that means the same in every directory."""
    return _Variable(lambda text, _: parse(text), example)


def _secret(default: T) -> T:
    """A default whose value, and any that takes its place, is left out of the repr."""
    return field(default=default, repr=False)


_channel = values.matching(r"[CG][A-Z0-9]{1,30}", "a channel id that begins with C or G")
_member = values.matching(r"[UWS][A-Z0-9]{1,30}", "a Slack id that begins with U, W or S")
_language = values.matching(r"[a-z]{2}", "a language of two letters")
_word = values.matching(r"[!-~]{1,300}", "one word")
_signing = values.matching(r"[!-~]{16,300}", "one word of 16 characters or more")
_server = values.matching(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", "the name that one mail server gives itself"
)
_host = values.matching(r"[\w.:%-]{1,253}", "a host name or address")


def _token(prefix: str) -> Callable[[str], str]:
    return values.matching(rf"{prefix}-[!-~]{{1,300}}", f"a token that begins with {prefix}-")


def _four_eyes(text: str) -> tuple[RequestType, ...]:
    names = values.each(values.one_of((*RequestType, "none"), "a request type"))(text)
    if not names:
        raise Malformed("names no request type; it is switched off by none and nothing else")
    if "none" in names and len(names) > 1:
        raise Malformed("is either none or request types")
    return tuple(RequestType(name) for name in names if name != "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator sets, one attribute for each variable and of its name; an absent text is empty.

    `imap` and `smtp` come from IMAP_URL and SMTP_URL. Secrets are left out of the repr.
    """

    organisation: Annotated[str, _plain(values.text_line, "Example Ltd")] = ""
    privacy_address: Annotated[str, _plain(values.address, "privacy@example.org")] = ""
    privacy_aliases: Annotated[tuple[str, ...], _plain(values.each(values.address), "gdpr@example.org")] = ()
    database_url: Annotated[str, _Variable(urls.database, "sqlite:///var/desk.db")] = _secret(
        "sqlite+aiosqlite:///var/desk.db"
    )
    imap: Annotated[
        tuple[ImapServer, ...],
        _Variable(endpoints.mailboxes, "imaps://user:password@imap.example.org:993/INBOX", "IMAP_URL"),
    ] = ()
    smtp: Annotated[
        SmtpServer | None,
        _Variable(endpoints.outgoing, "smtps://user:password@smtp.example.org:465", "SMTP_URL"),
    ] = None
    imap_token_command: Annotated[tuple[str, ...], _plain(values.command_line, "/usr/local/bin/imap-token")] = (
        _secret(())
    )
    smtp_token_command: Annotated[tuple[str, ...], _plain(values.command_line, "/usr/local/bin/smtp-token")] = (
        _secret(())
    )
    trusted_authserv_id: Annotated[str, _plain(_server, "mx.example.org")] = ""
    check_dkim: Annotated[bool, _plain(values.on_or_off, "off")] = False
    slack_bot_token: Annotated[str, _plain(_token("xoxb"), "xoxb-…")] = _secret("")
    slack_app_token: Annotated[str, _plain(_token("xapp"), "xapp-…")] = _secret("")
    slack_signing_secret: Annotated[str, _plain(_word, "8f742231b10e8888…")] = _secret("")
    slack_api_url: Annotated[str, _plain(urls.base_url, "https://slack.com/api/")] = "https://slack.com/api/"
    slack_support_channels: Annotated[
        tuple[str, ...], _plain(values.each(_channel), "C1234567890,C9876543210")
    ] = ()
    slack_staff_channel: Annotated[str, _plain(_channel, "C0123456789")] = ""
    slack_alert_channel: Annotated[str, _plain(_channel, "C0123456789")] = ""
    slack_staff: Annotated[tuple[str, ...], _plain(values.each(_member), "U0123456789,S9876543210")] = ()
    four_eyes: Annotated[tuple[RequestType, ...], _plain(_four_eyes, "none")] = (
        RequestType.DELETION,
        RequestType.ACCESS,
        RequestType.PORTABILITY,
    )
    public_url: Annotated[str, _plain(urls.public_url, "https://privacy.example.org")] = ""
    host: Annotated[str, _plain(_host, "127.0.0.1")] = "127.0.0.1"
    port: Annotated[int, _plain(values.whole(1, 65535), "8080")] = 8080
    metrics_token: Annotated[str, _plain(_word, "a-long-random-word")] = _secret("")
    secret_keys: Annotated[tuple[bytes, ...], _plain(values.each(values.secret_key), KEY_EXAMPLE)] = _secret(())
    policy_path: Annotated[Path, _Variable(values.template_file, "templates/policy.md")] = Path(
        "templates/policy.md"
    )
    accounts_url: Annotated[str, _Variable(urls.accounts, "csv:accounts.csv")] = _secret("")
    accounts_secret: Annotated[str, _plain(_signing, "a-long-random-word")] = _secret("")
    default_law: Annotated[str, _plain(str.lower, "gdpr")] = "gdpr"
    holidays: Annotated[tuple[str, ...], _plain(values.each(values.calendar), "DE-BY,GB-SCT")] = ()
    timezone: Annotated[ZoneInfo, _plain(values.zone, "Europe/Berlin")] = UTC
    imap_since: Annotated[date | None, _plain(values.day, "2026-01-31")] = None
    max_mail_mb: Annotated[float, _plain(values.megabytes, "25")] = 25.0
    alert_address: Annotated[str, _plain(values.address, "oncall@example.org")] = ""
    staff_language: Annotated[str, _plain(_language, "en")] = "en"
    authority: Annotated[str, _plain(values.text_line, "the Data Protection Commission, dataprotection.ie")] = ""
    custom_dir: Annotated[Path | None, _Variable(values.existing_directory, "custom")] = None
    clamd_socket: Annotated[Path | None, _Variable(values.socket_path, "/run/clamav/clamd.ctl")] = None
    webhook_urls: Annotated[
        tuple[str, ...], _plain(values.each(urls.web_url), "https://hooks.example.org/privacy")
    ] = _secret(())
    retention_months: Annotated[int, _plain(values.whole(1, 600), "24")] = 24
    auto_answer: Annotated[float | None, _plain(values.share_or_off, "0.8")] = 0.8
    learning: Annotated[bool, _plain(values.on_or_off, "off")] = False
    probe_every: Annotated[int | None, _plain(values.whole(1, 168), "24")] = None
    log_level: Annotated[str, _plain(values.one_of(LEVELS, "a level", fold=str.upper), "INFO")] = "INFO"
    log_format: Annotated[str, _plain(values.one_of(FORMATS, "a format", fold=str.lower), "json")] = "text"

    directory: Path = Path()
    """The working directory, where relative paths start."""
    warnings: tuple[str, ...] = ()
    """One line for each name that is nearly a setting, and for what is set and has no effect."""

    @property
    def laws_path(self) -> Path | None:
        """The operator's own laws, where there are any."""
        path = self.custom_dir / "laws.toml" if self.custom_dir else None
        return path if path and path.is_file() else None

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str] | None = None,
        directory: Path | None = None,
        require: Iterable[str] = (),
        only: Collection[str] | None = None,
    ) -> "Settings":
        """The settings of the environment and `.env`; a variable that is set to nothing is not set.

        `require` names variables that must be set; with `only`, the named ones are read and no other,
        and what settings ask of each other is not looked at. Raises SettingsFault with every fault.
        """
        place = (directory or Path.cwd()).absolute()
        given = variables(os.environ if environ is None else environ, place)
        found, faults = _read(given, place, only)
        settings = cls(**_derived(found, place), directory=place)
        faults |= {name: "is missing" for name in require if not given.get(name, "").strip()}
        if only is None:
            faults |= {rule.names[0]: rule.why for rule in broken(RULES, settings, faults)}
            faults |= law_faults(settings)
        if faults:
            raise SettingsFault(line(name, why, VARIABLES[name].example) for name, why in faults.items())
        advice = (f"{rule.names[0]}: {rule.why}" for rule in broken(ADVICE, settings, ()))
        return replace(settings, warnings=(*strangers(given, VARIABLES), *advice))


def _table() -> Iterator[tuple[str, _Variable]]:
    for attribute, hint in get_type_hints(Settings, include_extras=True).items():
        for variable in getattr(hint, "__metadata__", ()):
            yield variable.name or attribute.upper(), variable._replace(attribute=attribute)


VARIABLES = dict(_table())
"""Every setting by the name of its variable."""


def _read(
    given: Mapping[str, str], place: Path, only: Collection[str] | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values by attribute, and the faults by variable."""
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, variable in VARIABLES.items():
        text = given.get(name, "").strip()
        if not text or (only is not None and name not in only):
            continue
        try:
            found[variable.attribute] = variable.parse(_printable(text), place)
        except Malformed as fault:
            faults[name] = str(fault)
        except OSError as fault:
            faults[name] = f"names what cannot be looked at: {fault.strerror}"
    return found, faults


def _printable(text: str) -> str:
    """No value may break a header, a protocol or a log line."""
    if not all(char.isprintable() or unicodedata.category(char) == "Zs" for char in text):
        raise Malformed("holds a control character or is not UTF-8")
    return text


def _derived(found: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """What was read, and the defaults that follow from it."""
    custom = found.get("custom_dir")
    own_policy = custom / "policy.md" if custom else None
    return {
        "database_url": urls.database(VARIABLES["DATABASE_URL"].example, place),
        "policy_path": own_policy if own_policy and own_policy.is_file() else values.template("policy.md", place),
        "slack_alert_channel": found.get("slack_staff_channel", ""),
        **found,
        **_with_tokens(found),
    }


def _with_tokens(found: Mapping[str, Any]) -> dict[str, Any]:
    """The mail servers, with the token command where their URL has a user and no password."""
    boxes, post = found.get("imap", ()), found.get("smtp")
    imap, smtp = (found.get(f"{each}_token_command", ()) for each in ("imap", "smtp"))
    return {
        "imap": tuple(box if box.password else replace(box, token_command=imap) for box in boxes),
        "smtp": post if not post or not post.user or post.password else replace(post, token_command=smtp),
    }
