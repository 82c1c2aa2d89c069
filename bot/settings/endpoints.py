"""Mail servers as IMAP_URL and SMTP_URL name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from bot.settings.faults import Malformed
from bot.settings.urls import host_of, is_loopback

Tls = Literal["implicit", "starttls", "none"]

# RFC 8314 prefers the port that speaks TLS from the first byte; the others begin with STARTTLS.
IMAP: Mapping[str, tuple[Tls, int]] = {"imaps": ("implicit", 993), "imap": ("starttls", 143)}
SMTP: Mapping[str, tuple[Tls, int]] = {"smtps": ("implicit", 465), "smtp": ("starttls", 587)}
IMAP_OPTIONS = frozenset({"tls", "ca", "junk"})
SMTP_OPTIONS = frozenset({"tls", "ca"})


@dataclass(frozen=True, slots=True)
class ImapServer:
    """One mailbox to read, and how to reach it; a token command takes the place of the password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    junk: str | None = None
    tls: Tls = "implicit"
    ca: Path | None = None
    token_command: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """What reports and the bookmark call this mailbox."""
        return f"{self.user}@{self.host}:{self.port}"

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders to read, the main one first."""
        return (self.folder, self.junk) if self.junk else (self.folder,)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The server that takes outgoing mail; without a user there is no login."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "starttls"
    ca: Path | None = None
    token_command: tuple[str, ...] = field(default=(), repr=False)


class _Place(NamedTuple):
    host: str
    port: int
    user: str
    password: str
    tls: Tls
    ca: Path | None


def mailboxes(text: str, directory: Path) -> tuple[ImapServer, ...]:
    """The mailboxes of several URLs between spaces."""
    servers = tuple(_mailbox(url, directory) for url in text.split())
    if len({(server.name, server.folder) for server in servers}) < len(servers):
        raise Malformed("names one mailbox twice")
    return servers


def outgoing(text: str, directory: Path) -> SmtpServer:
    """The server of one `smtp://` or `smtps://` URL."""
    parts = _split(text, SMTP)
    place = _place(parts, SMTP, _options(parts, SMTP_OPTIONS), directory)
    if place.password and not place.user:
        raise Malformed("has a password and no user")
    return SmtpServer(*place)


def _mailbox(url: str, directory: Path) -> ImapServer:
    parts = _split(url, IMAP)
    options = _options(parts, IMAP_OPTIONS)
    host, port, user, password, tls, ca = _place(parts, IMAP, options, directory)
    if not user:
        raise Malformed("needs a user and a password before the host")
    folder = _decoded(parts.path.strip("/")) or "INBOX"
    return ImapServer(host, port, user, password, folder, options.get("junk"), tls, ca)


def _split(url: str, schemes: Mapping[str, tuple[Tls, int]]) -> SplitResult:
    """The parts of a URL that is sound as far as its host; nothing of it stands in a message."""
    known = " or ".join(f"{scheme}://" for scheme in schemes)
    if url.partition("://")[0] not in schemes:
        raise Malformed(f"does not begin with {known}")
    try:
        host_of(url)
    except Malformed as fault:
        raise Malformed(
            f"{fault}; a character such as @ : / ? # in a user or password is percent-encoded"
        ) from None
    parts = urlsplit(url)
    if parts.fragment:
        raise Malformed("holds a # that must be written as %23")
    return parts


def _place(
    parts: SplitResult, schemes: Mapping[str, tuple[Tls, int]], options: Mapping[str, str], directory: Path
) -> _Place:
    host = parts.hostname or ""
    tls, port = schemes[parts.scheme]
    if "tls" in options:
        tls = _plain(options["tls"], host)
    ca = directory / options["ca"] if "ca" in options else None
    if ca and not ca.is_file():
        raise Malformed("there is no file at the path that ?ca= names")
    user, password = _decoded(parts.username or ""), _decoded(parts.password or "")
    return _Place(host, parts.port or port, user, password, tls, ca)


def _plain(wanted: str, host: str) -> Tls:
    if wanted != "none":
        raise Malformed("?tls= knows only the value none")
    if not is_loopback(host):
        raise Malformed("?tls=none is for a loopback address only")
    return "none"


def _options(parts: SplitResult, known: frozenset[str]) -> dict[str, str]:
    """The options behind the question mark, percent-decoded; a plus is a plus."""
    pairs = (pair.partition("=") for pair in parts.query.split("&") if pair)
    options = {name: _decoded(value) for name, _, value in pairs}
    if not options.keys() <= known or not all(options.values()):
        raise Malformed(f"may have the options {', '.join(f'?{name}=…' for name in sorted(known))} only")
    return options


def _decoded(text: str) -> str:
    """Percent-decoded text; a control character in it would end a command of the protocol."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("holds a percent-encoded byte that is not UTF-8") from None
    if not plain.isprintable():
        raise Malformed("holds a control character")
    return plain
