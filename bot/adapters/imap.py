"""One connection to an IMAP server: the commands that the desk needs of IMAPClient, and their failures.

Everything here blocks. Whatever a method raises of FAILURES ends the session, and `explain` says what it
means for whoever runs the desk.
"""

import logging
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imapclient import DELETED, SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from bot.adapters.certificates import valid_until
from bot.adapters.oversized import HEADER_BYTES, TEXT_BYTES, first_text, shortened_mail
from bot.adapters.tokens import AccessToken, TokenFault
from bot.settings.endpoints import ImapServer

# After the first two: what the parsers of imaplib and IMAPClient raise for an answer that they cannot read.
FAILURES = (OSError, IMAPClientError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)

_TIMEOUT = SocketTimeout(connect=5, read=30)
_UIDS_A_SEARCH = 50_000  # imaplib gives up on a line of a million bytes, and a UID takes up to eleven
_UIDS_A_STORE = 500
_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")  # response codes of RFC 5530

# At DEBUG these loggers write the whole conversation, bodies and addresses included.
logging.getLogger("imapclient").setLevel(logging.WARNING)


class MailboxUnavailable(Exception):
    """The server cannot be reached or ended the connection: try again later."""


class MailboxRefused(Exception):
    """Credentials, a certificate or a folder that the server does not accept: an operator must act."""


class _TokenRefused(Exception):
    """An access token that may be too old: a new one is worth a try."""


_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not one that we trust for this name"),
    (LoginError, "it does not accept the user name and password"),
    (CapabilityError, "it offers no STARTTLS, and nothing is sent without encryption"),
    (IMAPClientReadOnlyError, "the folder may only be read, so no mail can be marked as seen"),
)


@dataclass(frozen=True, slots=True)
class FolderState:
    """A UID means the same mail as long as `uidvalidity` stays; new mails get `uidnext` and above."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class ListedMail:
    """What is known of a mail before it is read; `received_at` is INTERNALDATE, `size` counts bytes."""

    uid: int
    received_at: datetime
    size: int
    seen: bool


def explain(server: ImapServer, error: Exception) -> MailboxRefused | MailboxUnavailable:
    """What a failure means, in words without the server's own, which may quote a mail or an address."""
    where = f"{server.host}:{server.port}"
    if not _is_passing(error):
        for kind, words in _REFUSALS:
            if isinstance(error, kind):
                return MailboxRefused(f"{where}: {words}")
    if isinstance(error, OSError):
        return MailboxUnavailable(f"{where}: {error.strerror or 'no answer in time'}")
    return MailboxUnavailable(f"{where}: the server ended the connection, or its answer is of no use")


def _is_passing(error: Exception) -> bool:
    """IMAPClient calls every failure during a login a LoginError, a server that goes down included."""
    was_cut = isinstance(error, LoginError) and isinstance(error.__context__, IMAPClientAbortError)
    return was_cut or any(code in str(error) for code in _PASSING)


class ImapSession:
    """A connection that is encrypted as the server's setting says, verified and logged in."""

    def __init__(self, server: ImapServer, tokens: AccessToken | None = None) -> None:
        """`tokens` where a token command takes the place of the password."""
        self._where = f"{server.host}:{server.port}"
        self._selected: tuple[str, FolderState] | None = None
        self._idling = False
        context = _context(server)
        implicit = server.tls == "implicit"
        self._client = IMAPClient(server.host, server.port, ssl=implicit, ssl_context=context, timeout=_TIMEOUT)
        try:
            self._client.normalise_times = False  # else INTERNALDATE is in the local time of this machine
            # The caller waits at the socket; idle_check is only to empty the buffers, which no poll can see.
            self._client._poll_socket = lambda *_: True
            if server.tls == "starttls":
                self._client.starttls(context)
            self._log_in(server, tokens)
        except Exception:
            self.cut()
            raise

    def _log_in(self, server: ImapServer, tokens: AccessToken | None) -> None:
        """AUTHENTICATE PLAIN carries any password; LOGIN, for servers without it, ASCII only."""
        if tokens:
            self._log_in_by_token(server.user, tokens)
        elif self._client.has_capability("AUTH=PLAIN"):
            self._client.plain_login(server.user, server.password)
        else:
            self._client.login(server.user, server.password)

    def _log_in_by_token(self, user: str, tokens: AccessToken) -> None:
        if not self._client.has_capability("AUTH=XOAUTH2"):
            raise MailboxRefused(f"{self._where}: it offers no login by access token (XOAUTH2)")
        try:
            for token in tokens.tries():
                with suppress(_TokenRefused):
                    self._offer(user, token)
                    tokens.accepted(token)
                    return
        except TokenFault as fault:
            raise MailboxRefused(f"{self._where}: {fault}") from None
        raise MailboxRefused(f"{self._where}: it does not accept the access token for this user")

    def _offer(self, user: str, token: str) -> None:
        try:
            self._client.oauth2_login(user, token)
        except LoginError as error:
            if _is_passing(error):
                raise
            raise _TokenRefused from None

    def certificate_until(self) -> datetime | None:
        return valid_until(self._client.socket())

    def look(self, folder: str) -> FolderState:
        """Open the folder anew. A folder that stays open does not show SEARCH what has come since."""
        self._selected = None
        try:
            answer = self._client.select_folder(folder)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if _is_passing(error):
                raise
            raise MailboxRefused(f"{self._where}: the folder {folder} cannot be opened") from None
        state = FolderState(answer[b"UIDVALIDITY"], answer[b"UIDNEXT"])
        self._selected = folder, state
        return state

    def search(self, folder: str, state: FolderState, after: int, criteria: Sequence[str | date]) -> list[int]:
        """The UIDs above `after` that were there when `state` was taken, ascending."""
        self._enter(folder, state.uidvalidity)
        found: list[int] = []
        for first in range(after + 1, state.uidnext, _UIDS_A_SEARCH):
            last = min(first + _UIDS_A_SEARCH, state.uidnext) - 1
            found += sorted(self._client.search(["UID", f"{first}:{last}", *criteria]))
        return found

    def list(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[ListedMail]:
        """Sizes, dates and flags; a mail that is no longer there is left out."""
        self._enter(folder, uidvalidity)
        found = self._fetch(uids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
        return [
            ListedMail(uid, _utc(item.get(b"INTERNALDATE")), size, SEEN in item.get(b"FLAGS", ()))
            for uid, item in found.items()
            if (size := item.get(b"RFC822.SIZE")) is not None
        ]

    def read(self, folder: str, uidvalidity: int, mails: Sequence[ListedMail], limit: int) -> dict[int, bytes]:
        """The bytes of each mail that is still there, shortened where it is larger than `limit`."""
        self._enter(folder, uidvalidity)
        found = self._fetch([mail.uid for mail in mails if mail.size <= limit], ["BODY.PEEK[]"])
        raw = {uid: item.get(b"BODY[]") for uid, item in found.items()}
        raw |= {mail.uid: self._read_shortened(mail.uid) for mail in mails if mail.size > limit}
        return {uid: content for uid, content in raw.items() if content is not None}

    def _read_shortened(self, uid: int) -> bytes | None:
        structure = self._fetch([uid], ["BODYSTRUCTURE"]).get(uid, {}).get(b"BODYSTRUCTURE")
        part = first_text(structure) if structure else None
        limits = {"HEADER": HEADER_BYTES}
        if part:
            limits |= {part.header: HEADER_BYTES, part.body: TEXT_BYTES}
        items = [f"BODY.PEEK[{section}]<0.{limit}>" for section, limit in limits.items()]
        found = self._fetch([uid], items).get(uid, {})
        sections = {name: found.get(f"BODY[{name}]<0>".encode()) or b"" for name in limits}
        if not sections["HEADER"]:
            return None
        text_header, text = (sections[part.header], sections[part.body]) if part else (b"", b"")
        return shortened_mail(sections["HEADER"], text_header, text)

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, Any]:
        """Items by UID. A mail that another session removed has none, or they are None (Dovecot).

        Other servers refuse the whole command until NOOP has brought the session up to date (RFC 5530).
        """
        try:
            return dict(self._client.fetch(uids, items))
        except IMAPClientError as error:
            if "[EXPUNGEISSUED]" not in str(error):
                raise
        self._client.noop()
        return dict(self._client.fetch(uids, items))

    def mark_seen(self, folder: str, uids: Sequence[int], uidvalidity: int | None) -> None:
        """Flag mails as seen, unless `uidvalidity` is given and the UIDs mean other mails by now."""
        self._enter(folder, uidvalidity)
        for start in range(0, len(uids), _UIDS_A_STORE):
            self._client.add_flags(uids[start : start + _UIDS_A_STORE], [SEEN], silent=True)

    def remove(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> bool:
        """Delete these mails for good; what is not there any more is deleted already.

        False: the server cannot expunge single mails (UIDPLUS, RFC 4315), and others are marked as deleted that
        would go with them. Then these are marked, too, and whoever looks after the mailbox expunges.
        """
        self._enter(folder, uidvalidity)
        for start in range(0, len(uids), _UIDS_A_STORE):
            chunk = uids[start : start + _UIDS_A_STORE]
            self._client.add_flags(chunk, [DELETED], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(chunk)
        if self._client.has_capability("UIDPLUS"):
            return True
        if set(self._client.search(["DELETED"])) > set(uids):
            return False
        self._client.expunge()
        return True

    def _enter(self, folder: str, uidvalidity: int | None) -> None:
        """Have the folder open; an abort where it was replaced since its UIDs were listed."""
        opened = self._selected
        state = opened[1] if opened and opened[0] == folder else self.look(folder)
        if uidvalidity not in (None, state.uidvalidity):
            raise IMAPClientAbortError("the folder was replaced")

    def start_idling(self) -> bool:
        """Ask to be told of news in the open folder (RFC 2177); False where some came with the go-ahead."""
        self._client.idle()
        self._idling = True
        return not self._client.idle_check(timeout=0)

    def stop_idling(self) -> None:
        """Return to commands; raises IMAPClientAbortError where the server ended the connection meanwhile."""
        if self._idling:
            self._idling = False
            self._client.idle_done()

    @property
    def can_idle(self) -> bool:
        return bool(self._client.has_capability("IDLE"))

    @property
    def descriptor(self) -> int:
        """The file descriptor that becomes readable when the server says something."""
        return int(self._client.socket().fileno())

    def log_out(self) -> None:
        self._client.logout()

    def cut(self) -> None:
        """Close the connection without a word; a call that waits for it in another thread ends too."""
        with suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._client.shutdown()


def _context(server: ImapServer) -> ssl.SSLContext | None:
    if server.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=server.ca)
    except OSError:
        raise MailboxRefused(f"{server.ca}: no certificate of an authority can be read there") from None


def _utc(internaldate: datetime | None) -> datetime:
    """A date that the server gives in a way that cannot be read counts as now, when we first saw the mail."""
    return internaldate.astimezone(UTC) if internaldate else datetime.now(UTC)
