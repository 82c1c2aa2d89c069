"""The mail servers: login, folders, and what a first start would find there."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.adapters.mailbox import Mailbox, MailboxRefused, MailboxUnavailable
from bot.adapters.post import Post
from bot.checks.finding import Finding, advised, failed, not_set, note, ok
from bot.intake import RECENT
from bot.settings import ImapServer, SmtpServer

_TIMEOUT = 8.0  # seconds for a command
_SOON = timedelta(days=21)  # before the end of a certificate: time enough to have it renewed

_LOGIN = "many providers want an app password or a token there, see docs/providers.md"
_REACH = "see that host and port are right, and that no firewall is between"
_AUTHORITY = "take the host name that it bears, or name its authority's file with ?ca=FILE"
_MAILBOX_REMEDIES = (
    ("STARTTLS", "begin IMAP_URL with imaps://, which takes port 993"),
    ("IMAP_TOKEN_COMMAND", "run that command by hand, as the user that the desk runs as"),
    ("(XOAUTH2)", "put a password into IMAP_URL instead"),
    ("access token", "see that IMAP_TOKEN_COMMAND prints one for this very user and for IMAP"),
    ("user name and password", _LOGIN),
    ("no certificate of an authority", "?ca= must name a file of certificates in PEM"),
    ("certificate", _AUTHORITY),
    ("may only be read", "let the user change flags there, or name another folder"),
    ("folder", "name one that is there, behind the host in IMAP_URL or with ?junk="),
    ("", _REACH),
)
_POST_REMEDIES = (
    ("SMTP_TOKEN_COMMAND", "run that command by hand, as the user that the desk runs as"),
    ("(XOAUTH2)", "put a password into SMTP_URL instead"),
    ("access token", "see that SMTP_TOKEN_COMMAND prints one for this very user and for SMTP"),
    ("the mail server said 53", _LOGIN),
    ("not a readable certificate", "?ca= must name a file of certificates in PEM"),
    ("certificate", _AUTHORITY),
    ("no TLS", "smtps:// speaks TLS from the first byte (465), smtp:// begins with STARTTLS (587)"),
    ("STARTTLS", "begin SMTP_URL with smtps://, which takes port 465"),
    ("the mail server said", "ask whoever runs the server what that answer means"),
    ("", _REACH),
)


async def mailbox(server: ImapServer, since: date | None) -> Sequence[Finding]:
    """Logs in, opens each folder, and counts what is too old to be answered automatically."""
    name = f"IMAP_URL {server.host}"
    box = Mailbox(server, max_bytes=0)
    found: list[Finding] = []
    try:
        await box.open()
        found += certificate(name, await box.certificate_until())
        for folder in server.folders:
            found += await _folder(box, name, folder, since)
    except (MailboxRefused, MailboxUnavailable) as fault:
        found.append(failed(name, advised(str(fault), _MAILBOX_REMEDIES)))
    finally:
        await box.close()
    return found


async def _folder(box: Mailbox, name: str, folder: str, since: date | None) -> list[Finding]:
    state = await box.state(folder)
    opened = ok(name, f"{folder} opens, the next mail is number {state.uidnext}")
    day = (datetime.now(UTC) - RECENT).date()
    old = await box.count_unseen(folder, before=day, since=since)
    if not old:
        return [opened]
    what = f"{folder} has {old} unseen mails of before {day}: at a first start they become tickets"
    return [opened, note(name, f"{what} without automatic mail (IMAP_SINCE leaves older ones out)")]


async def no_mailbox() -> Sequence[Finding]:
    return [not_set("IMAP_URL", "no mail is read")]


async def post(server: SmtpServer | None) -> Sequence[Finding]:
    """Connects, secures and logs in; sends nothing."""
    if server is None:
        return [not_set("SMTP_URL", "no mail is sent")]
    carrier = Post(server, timeout=_TIMEOUT)
    try:
        fault = await carrier.probe()
    finally:
        await carrier.close()
    where = f"{server.host}:{server.port}"
    if fault:
        tried = failed("SMTP_URL", advised(f"{where}: {fault.reason}", _POST_REMEDIES))
    else:
        tried = ok("SMTP_URL", f"{where} takes mail")
    return [tried, *certificate("SMTP_URL", carrier.certificate_until)]


def certificate(name: str, until: datetime | None) -> list[Finding]:
    """How long the server's certificate is good for; nothing where there is none."""
    if until is None:
        return []
    left = until - datetime.now(UTC)
    what = f"the server's certificate ends on {until:%-d %B %Y}, in {left.days} days"
    return [ok(name, what) if left > _SOON else note(name, f"{what}: see that it is renewed")]
