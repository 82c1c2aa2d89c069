"""The mail providers that init knows: where their servers are, and what they take in place of a password."""

import socket
from collections.abc import Callable
from typing import NamedTuple


class Provider(NamedTuple):
    """Servers as URLs without user and password; `domains` are those of its own addresses."""

    imap: str
    smtp: str
    hint: str
    domains: tuple[str, ...] = ()


PROVIDERS = {
    "gmail": Provider(
        "imaps://imap.gmail.com:993",
        "smtps://smtp.gmail.com:465",
        "Google takes an app password (which needs 2-step verification), or an access token.",
        ("gmail.com", "googlemail.com"),
    ),
    "microsoft-365": Provider(
        "imaps://outlook.office365.com:993",
        "smtp://smtp.office365.com:587",
        "Microsoft takes no password for IMAP: leave it empty, and name a command that prints an access token.",
        ("onmicrosoft.com",),
    ),
    "fastmail": Provider(
        "imaps://imap.fastmail.com:993",
        "smtps://smtp.fastmail.com:465",
        "Fastmail takes an app password with IMAP and SMTP among its rights, not the password of the account.",
        ("fastmail.com", "fastmail.fm"),
    ),
}
OWN = "own"


def resolves(host: str) -> bool:
    """Whether the name leads to an address."""
    try:
        return bool(socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return False


def provider_of(domain: str) -> str:
    """The provider whose own address this is, else `own`."""
    wanted = domain.lower()
    for name, provider in PROVIDERS.items():
        if any(wanted == each or wanted.endswith(f".{each}") for each in provider.domains):
            return name
    return OWN


def provider(name: str, domain: str, known: Callable[[str], bool] = resolves) -> Provider:
    """The provider of this name; for a server of one's own, what such servers are mostly called."""
    if name in PROVIDERS:
        return PROVIDERS[name]
    imap, smtp = (_first((f"{kind}.{domain}", f"mail.{domain}", domain), known) for kind in ("imap", "smtp"))
    return Provider(f"imaps://{imap}:993", f"smtps://{smtp}:465", "The names of the servers are a guess.")


def _first(hosts: tuple[str, ...], known: Callable[[str], bool]) -> str:
    return next(filter(known, hosts), hosts[0])
