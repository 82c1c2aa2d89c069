"""A private Dovecot: real IMAP and LMTP on loopback ports, for any user with the password `secret`.

It needs the Debian packages dovecot-imapd and dovecot-lmtpd and root (its login processes change their
user), no systemd, and touches nothing of a Dovecot that the machine may run for itself.
"""

import hmac
import json
import os
import shutil
import smtplib
import subprocess
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal
from urllib.parse import quote, urlencode

from imapclient import IMAPClient

from tests.servers.certificates import make_certificates
from tests.servers.ports import free_ports, wait_for_port

PACKAGES = {"imap": "dovecot-imapd", "lmtp": "dovecot-lmtpd"}
PASSWORD = "secret"
NOBODY_TO_KICK = 68  # EX_NOHOST of sysexits.h, which doveadm borrows

_CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
instance_name = {name}
protocols = imap lmtp
listen = 127.0.0.1
first_valid_uid = 1
auth_failure_delay = 0 secs
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2
ssl = yes
ssl_cert = <{certificates.cert}
ssl_key = <{certificates.key}
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  mechanisms = plain
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={home}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Processed {{
    auto = create
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""

_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={home}/keys/
username_attribute = email
"""


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def missing_dovecot() -> str | None:
    """Why no Dovecot can be started on this machine, or None where it can."""
    if not _program("dovecot"):
        return f"needs the Debian package {PACKAGES['imap']}"
    for service, package in PACKAGES.items():
        if not Path("/usr/lib/dovecot", service).exists():
            return f"needs the Debian package {package}"
    return None if os.geteuid() == 0 else "needs root to start Dovecot"


class Dovecot:
    """One server with all its files below `home`, which other users must be able to enter (o+x)."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.certificates = make_certificates(home)
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self._configuration = home / "dovecot.conf"
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("run", "state", "mail"):
            (home / name).mkdir(mode=0o755)
        shutil.chown(home / "mail", "mail", "mail")
        text = _CONFIGURATION.format(
            home=home,
            name=home.name,
            certificates=self.certificates,
            password=PASSWORD,
            imap=self.imap_port,
            imaps=self.imaps_port,
            lmtp=self.lmtp_port,
        )
        self._configuration.write_text(text)
        self._accept_tokens()

    def _accept_tokens(self) -> None:
        """Tokens are JWTs (RFC 7519) of nobody but who knows this key, checked without a word to the network."""
        self._token_key = token_hex(32).encode()
        keys = self.home / "keys" / "default" / "HS256"
        keys.mkdir(mode=0o755, parents=True)
        (keys / "default").write_bytes(b64encode(self._token_key))
        (self.home / "oauth2.conf").write_text(_OAUTH2.format(home=self.home))

    def token(self, user: str, *, lives: timedelta = timedelta(hours=1)) -> str:
        """An access token for `user`; with a negative life it has expired."""
        claims = {"sub": user, "email": user, "exp": int((datetime.now(UTC) + lives).timestamp())}
        parts = [_encoded(json.dumps(each).encode()) for each in ({"alg": "HS256", "typ": "JWT"}, claims)]
        signature = hmac.digest(self._token_key, ".".join(parts).encode(), "sha256")
        return ".".join([*parts, _encoded(signature)])

    def token_url(self, user: str) -> str:
        """An IMAP_URL for who logs in by access token."""
        return self.url(user).replace(f":{PASSWORD}@", "@")

    def start(self) -> None:
        program = _program("dovecot")
        assert program, missing_dovecot()
        self._process = subprocess.Popen([program, "-F", "-c", str(self._configuration)])
        for port in (self.imap_port, self.imaps_port, self.lmtp_port):
            wait_for_port(port, self._process)

    def stop(self) -> None:
        """End the server and every session; what is in the mailboxes stays."""
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def new_user(self) -> str:
        """A mailbox that nobody used before: Dovecot makes it when it is first named."""
        return f"privacy-{token_hex(4)}@example.org"

    def url(
        self, user: str, *, tls: Literal["imaps", "starttls", "none"] = "imaps", junk: str | None = None
    ) -> str:
        """An IMAP_URL for the inbox of `user`."""
        scheme, port = ("imaps", self.imaps_port) if tls == "imaps" else ("imap", self.imap_port)
        options = {"tls": "none"} if tls == "none" else {"ca": str(self.certificates.ca)}
        if junk:
            options["junk"] = junk
        query = urlencode(options, safe="/", quote_via=quote)
        return f"{scheme}://{quote(user, safe='')}:{PASSWORD}@localhost:{port}/INBOX?{query}"

    def deliver(self, raw: bytes, user: str, *, sender: str = "someone@example.net") -> None:
        """Hand a mail over by LMTP, as a mail server does: INTERNALDATE is now."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, timeout=10) as lmtp:
            lmtp.sendmail(sender, [user], raw)

    def append(
        self,
        user: str,
        raw: bytes,
        *,
        folder: str = "INBOX",
        internaldate: datetime | None = None,
        flags: Sequence[bytes] = (),
    ) -> None:
        """Put a mail into a folder with the INTERNALDATE and flags that the test needs."""
        with self.session(user) as client:
            client.append(folder, raw, flags, internaldate)

    @contextmanager
    def session(self, user: str, folder: str | None = None) -> Iterator[Any]:
        """Another mail program on the same mailbox, with `folder` open where one is named."""
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=10) as client:
            client.login(user, PASSWORD)
            if folder is not None:
                client.select_folder(folder)
            yield client

    def count(self, user: str, folder: str = "INBOX") -> int:
        return len(self.flags(user, folder))

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[str]]:
        """The flags of each mail by UID, `\\Recent` left out: it only says who looked first."""
        with self.session(user, folder) as client:
            found = client.fetch(client.search(), ["FLAGS"])
        return {uid: {flag.decode() for flag in item[b"FLAGS"]} - {"\\Recent"} for uid, item in found.items()}

    def kick(self, user: str) -> None:
        """End every session of `user`, as an administrator or a load balancer would."""
        self._administer("kick", user, allowed=(0, NOBODY_TO_KICK))

    def recreate(self, user: str) -> None:
        """Restore the inbox as from a backup: the same mails under a new UIDVALIDITY."""
        before = self._uidvalidity(user)
        self.kick(user)
        for index in (self.home / "mail" / user).glob("dovecot*"):
            index.unlink()
        self._administer("mailbox", "update", "-u", user, "--uid-validity", str(before + 1), "INBOX")

    def _uidvalidity(self, user: str) -> int:
        with self.session(user) as client:
            return int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])

    def _administer(self, *words: str, allowed: Sequence[int] = (0,)) -> None:
        doveadm = _program("doveadm")
        assert doveadm
        done = subprocess.run([doveadm, "-c", str(self._configuration), *words], capture_output=True)
        if done.returncode not in allowed:
            raise RuntimeError(f"doveadm {words[0]}: {done.stderr.decode(errors='replace').strip()}")
