"""Who vouches for a sender: what the mail server that we trust found, as data and in words for staff.

Anybody may write an Authentication-Results header; only what the operator's own server wrote counts, and that is
the topmost with its id (RFC 8601, 5). A pass speaks for the domain that the mail shows as its sender's, for no
other, and never for the person. Where anything is odd, nothing is vouched for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.mail import Mail

UNNAMED = "microsoft-365"
"""In place of an id: the server writes none, and its header is the topmost of all (as Microsoft 365 does)."""

_LONGEST = 32 * 1024  # characters of a header
_OUTSIDE = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|[^\"\\();]+|[(;]", re.S)
_IN_COMMENT = re.compile(r"\\.|[^\\()]+|[()]", re.S)
_RESULT = re.compile(r"\s*([\w-]+)\s*(?:/\s*\d+\s*)?=\s*([\w-]+)")
_PROPERTY = re.compile(r"(?<![\w.])([\w-]{1,40}(?:\s{0,9}\.\s{0,9}[\w-]{1,40})?)\s{0,9}=\s{0,9}([^\s;]+)")
_SERVER = re.compile(r"\s*\"?([^\s\"=]+)\"?(?:\s+1)?\s*")
_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)")
_DOMAINS = {"spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}
_NAMES = {"spf": "SPF", "dkim": "DKIM"}
_WORDS = {
    "aligned": "passed for the sender's domain",
    "other": "passed, but for another domain than the sender's",
    "fail": "failed",
}


@dataclass(frozen=True, slots=True)
class Authentication:
    """What may be relied upon, and why; nothing in it is the sender's own words.

    ``dmarc`` is ``pass`` or ``fail`` where that counts, else ``none``. ``spf`` and ``dkim`` are ``aligned``
    (passed for the domain that the mail shows), ``other`` (for another domain), ``fail`` or ``none``.
    """

    dmarc: str
    said: str
    spf: str = "none"
    dkim: str = "none"
    arc: bool = False  # a server on the way says what it had found: noted, and not believed


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a header: ``dkim=pass header.d=example.org``."""

    method: str
    verdict: str
    properties: Mapping[str, str]

    def domains(self) -> Iterator[str]:
        for name in _DOMAINS.get(self.method, ()):
            if value := self.properties.get(name):
                yield value.rpartition("@")[2].strip('".').lower()


def authenticate(mail: Mail, trusted: str | None, addresses: frozenset[str]) -> Authentication:
    """What the trusted server says of the mail's sender. ``addresses`` are the desk's own, in lower case."""
    if not trusted or mail.sender is None:
        return Authentication("none", "No mail server is trusted to say who sent it.")
    results = _trusted(mail.hints.authentication_results, trusted)
    if not results:
        return _noted(mail, Authentication("none", "The mail server that we trust said nothing."))
    domain = mail.sender.domain
    spf, dkim = (_found(results, method, domain) for method in ("spf", "dkim"))
    dmarc, said = _dmarc(results, domain)
    weakness = _weakness(mail, addresses) if dmarc == "pass" and spf != "aligned" else None
    if weakness:
        dmarc, said = "none", f"DMARC passed by a signature alone, which proves nothing here: {weakness}."
    beside = [f"{_NAMES[name]} {_WORDS[each]}." for name, each in (("spf", spf), ("dkim", dkim)) if each in _WORDS]
    return _noted(mail, Authentication(dmarc, " ".join([said, *beside]), spf, dkim))


def parse_results(value: str) -> tuple[str | None, tuple[Result, ...]]:
    """The id of the server and its results; ``(None, ())`` for a header that is malformed.

    Where the first word is a result already, the id is None (RFC 8601 wants one; Microsoft 365 writes none).
    """
    segments = _segments(value)
    if not segments:
        return None, ()
    server = None if _RESULT.match(segments[0]) else _SERVER.fullmatch(segments[0])
    if server is None and not _RESULT.match(segments[0]):
        return None, ()
    results = (_result(each) for each in (segments[1:] if server else segments))
    return server[1].lower() if server else None, tuple(each for each in results if each)


def _trusted(values: tuple[str, ...], trusted: str) -> tuple[Result, ...]:
    """The results of the topmost header of the trusted server; those below may be anybody's work."""
    if trusted.lower() == UNNAMED:
        server, results = parse_results(values[0]) if values else (None, ())
        return results if server is None else ()
    return next((results for server, results in map(parse_results, values) if server == trusted.lower()), ())


def _segments(value: str) -> list[str]:
    """What stands between semicolons, without comments; nothing where a comment or string is never closed.

    Comments nest and hold what a sender chose, as quoted strings do: neither can hold a result.
    """
    segments: list[list[str]] = [[]]
    depth = at = 0
    while at < len(value):
        piece = (_IN_COMMENT if depth else _OUTSIDE).match(value, at)
        if piece is None or len(value) > _LONGEST:
            return []
        word, at = piece[0], piece.end()
        if word in ("(", ")"):
            depth += 1 if word == "(" else -1
            segments[-1].append(" ")
        elif word == ";" and not depth:
            segments.append([])
        elif not depth:
            segments[-1].append(_opaque(word) if word.startswith('"') else word)
    return [] if depth else ["".join(each) for each in segments]


def _opaque(quoted: str) -> str:
    """A quoted string as one word in which nothing can be mistaken for a result."""
    return re.sub(r"[^\w@.+-]", "_", quoted[1:-1])


def _result(segment: str) -> Result | None:
    found = _RESULT.match(segment)
    if not found:
        return None
    pairs = ((re.sub(r"\s", "", name).lower(), given) for name, given in _PROPERTY.findall(segment[found.end() :]))
    properties: dict[str, str] = {}
    for name, given in pairs:
        properties.setdefault(name, given)
    return Result(found[1].lower(), found[2].lower(), properties)


def _found(results: tuple[Result, ...], method: str, domain: str) -> str:
    """The best that several results of one method say, as a mail may bear several signatures."""
    ours = [each for each in results if each.method == method]
    passed = [each for each in ours if each.verdict == "pass"]
    if any(_aligned(domain, other) for each in passed for other in each.domains()):
        return "aligned"
    if passed:
        return "other"
    return "fail" if any(each.verdict not in ("none", "neutral") for each in ours) else "none"


def _dmarc(results: tuple[Result, ...], domain: str) -> tuple[str, str]:
    """DMARC's verdict on the domain that the mail shows. Any failure counts; a pass only if all pass for it."""
    judged = [each for each in results if each.method == "dmarc"]
    if any(each.verdict == "fail" for each in judged):
        return "fail", "DMARC failed: the sender's domain did not send it."
    named = [each.properties.get("header.from", "").rpartition("@")[2].strip('".').lower() for each in judged]
    if judged and all(each.verdict == "pass" for each in judged):
        if all(domain == name or (_aligned(domain, name) and domain.endswith(f".{name}")) for name in named):
            return "pass", "DMARC passed for the sender's domain."
        return "none", "DMARC passed, but for another domain than the sender's."
    return "none", "DMARC says nothing of the sender's domain."


def _aligned(domain: str, other: str) -> bool:
    """The same domain, or one is the other's parent (RFC 7489, 3.1); the server knows the public suffixes."""
    if domain == other:
        return bool(domain)
    short, long = sorted((domain, other), key=len)
    return "." in short and long.endswith(f".{short}")


def _weakness(mail: Mail, addresses: frozenset[str]) -> str | None:
    """Why a signature may be an old one, or cover less than what is read: DKIM signs no envelope (RFC 6376, 8)."""
    assert mail.sender is not None, "a pass speaks for a sender"
    domain = mail.sender.domain
    tags = [dict(_TAG.findall(each)) for each in mail.hints.dkim_signatures]
    aligned = [each for each in tags if _aligned(domain, each.get("d", "").strip().lower())]
    if any("l" in each for each in aligned):
        return "it covers only the beginning of the text"
    if any("to" not in re.split(r"[\s:]+", each.get("h", "").lower()) for each in aligned):
        return "it does not say to whom the mail was sent"
    if not addresses.intersection(each.address.lower() for each in (*mail.to, *mail.cc)):
        return "the mail was not addressed to us and may have been sent again by anybody"
    return None


def _noted(mail: Mail, found: Authentication) -> Authentication:
    if not mail.hints.arc:
        return found
    said = f"{found.said} A server on the way vouches for it (ARC), which is not relied upon."
    return Authentication(found.dmarc, said, found.spf, found.dkim, arc=True)


def with_own_check(mail: Mail, found: Authentication, signers: Iterable[str]) -> Authentication:
    """What the trusted server did not say of DKIM, from the domains whose signatures we found whole by ourselves.

    For staff to read: it makes nothing of DMARC, for a signature may be an old one, sent again by anybody.
    """
    if mail.sender is None or not mail.hints.dkim_signatures:
        return found
    domains = tuple(signers)
    aligned = any(_aligned(mail.sender.domain, each) for each in domains)
    dkim = "aligned" if aligned else "other" if domains else "fail"
    return replace(found, dkim=dkim, said=f"{found.said} By our own check, DKIM {_WORDS[dkim]}.")


def is_forged(mail: Mail, trusted: str | None) -> bool:
    """Whether a header below the trusted server's own says in its name that DMARC passed where that one does not.

    Servers are to take away what bears their name when it comes in (RFC 8601, 5). Many write several headers
    of their own, so that only a contradiction counts.
    """
    if not trusted:
        return False
    values, name = mail.hints.authentication_results, trusted.lower()
    if _passes(_trusted(values, trusted)):
        return False
    told = (results for server, results in map(parse_results, values) if (server or UNNAMED) == name)
    return any(map(_passes, told))


def _passes(results: tuple[Result, ...]) -> bool:
    return any(each.method == "dmarc" and each.verdict == "pass" for each in results)
