"""URLs that settings hold: web addresses, the database, the directory of accounts."""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from bot.settings.faults import Malformed

# What libpq calls an option, and what asyncpg calls it when SQLAlchemy hands it over; the rest it refuses.
POSTGRES_OPTIONS = {
    "sslmode": "ssl",
    "ssl": "ssl",
    "host": "host",
    "port": "port",
    "target_session_attrs": "target_session_attrs",
    "passfile": "passfile",
    "prepared_statement_cache_size": "prepared_statement_cache_size",
}
POSTGRES_SCHEMES = ("postgres", "postgresql", "postgresql+asyncpg")
SQLITE_SCHEMES = ("sqlite", "sqlite+aiosqlite")
# asyncpg takes these from the environment only.
POSTGRES_ENVIRONMENT = {"sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine (127.0.0.0/8, ::1, localhost)."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def without_password(url: str) -> str:
    """The URL as a person may see it: user, password and query are left out."""
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.partition("?")[0].rpartition("@")[2]


def host_of(url: str) -> str:
    """The host of a URL, with its port looked at too.

    Raises Malformed where there is none, with no word of the URL: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port == 0 or not re.fullmatch(r"[\w.:%-]+", host):
        raise Malformed("has no host, or a port that is none")
    return host


def web_url(text: str) -> str:
    """An `https://` URL without a closing slash; `http://` only to a loopback address."""
    scheme = text.partition("://")[0].lower()
    if scheme not in ("http", "https"):
        raise Malformed("is not a URL that begins with https://")
    if scheme == "http" and not is_loopback(host_of(text)):
        raise Malformed("http:// is for a loopback address only, use https://")
    host_of(text)
    return text.rstrip("/")


def base_url(text: str) -> str:
    """A web URL that paths are put behind: no query, one closing slash."""
    if "?" in text or "#" in text:
        raise Malformed("must not have a query or a fragment")
    return web_url(text) + "/"


def public_url(text: str) -> str:
    """A web URL that paths are put behind, without the closing slash."""
    return base_url(text).rstrip("/")


def database(text: str, directory: Path) -> str:
    """A SQLAlchemy URL with its async driver; a relative SQLite file starts at `directory`."""
    scheme, _, rest = text.partition("://")
    if scheme in SQLITE_SCHEMES:
        return _sqlite(rest, directory)
    if scheme in POSTGRES_SCHEMES:
        return _postgres(text, rest)
    raise Malformed("is neither sqlite:///FILE nor postgresql://user:password@host/database")


def _sqlite(rest: str, directory: Path) -> str:
    path, mark, query = rest.partition("?")
    if not path.startswith("/") or path[1:] in ("", ":memory:"):
        raise Malformed("names no file; the desk keeps its tickets in one")
    return f"sqlite+aiosqlite:///{directory / path[1:]}{mark}{query}"


def _postgres(text: str, rest: str) -> str:
    options = dict(parse_qsl(urlsplit(text).query)) if "?" in rest else {}
    if "host" not in options:
        host_of(text)
    place = rest.partition("?")[0]
    if not place.rpartition("@")[2].partition("/")[2]:
        raise Malformed("names no database after the host, or holds a character that must be percent-encoded")
    translated = {_postgres_option(name): value for name, value in options.items()}
    return f"postgresql+asyncpg://{place}" + (f"?{urlencode(translated, quote_via=quote)}" if translated else "")


def _postgres_option(name: str) -> str:
    if name in POSTGRES_ENVIRONMENT:
        raise Malformed(f"{name} is not taken from the URL; set {POSTGRES_ENVIRONMENT[name]} instead")
    if name not in POSTGRES_OPTIONS:
        raise Malformed(f"has an option that asyncpg does not take; known are {', '.join(POSTGRES_OPTIONS)}")
    return POSTGRES_OPTIONS[name]


def accounts(text: str, directory: Path) -> str:
    """The directory of accounts: `csv:` with an absolute path, `sql:` with an async URL, or `https://`."""
    kind, _, rest = text.partition(":")
    if kind == "csv" and rest:
        return f"csv:{directory / rest}"
    if kind == "sql":
        url, _, view = rest.rpartition("#")
        if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", view):
            raise Malformed("sql: needs the name of a table or view after #")
        return f"sql:{database(url, directory)}#{view}"
    if kind in ("http", "https"):
        return web_url(text)
    raise Malformed("is neither csv:PATH, sql:DATABASE_URL#VIEW nor https://…")
