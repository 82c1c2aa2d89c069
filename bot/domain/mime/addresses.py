"""Mailboxes out of From, To and Reply-To, read so strictly that no two programs could read them apart."""

import re
from dataclasses import dataclass

from bot.domain.mime.charsets import one_line
from bot.domain.mime.headers import decode_words

MAX_MAILBOXES = 1_000
_NAME = 120
_TOKEN = re.compile(r"(\"(?:[^\"\\]|\\.)*+\"?)|([()<>,;:])|(\\.|[^\s\"()<>,;:\\]+|\s+|\\)", re.S)
_LOCAL = r"(?:\"(?:[^\"\\]|\\.)+\"|[^\s\"()<>,;:\\@\[\]]+)"
_DOMAIN = r"[\w-]+(?:\.[\w-]+)*"  # no literal such as [192.0.2.1]: it names nobody who could answer for it
_ADDR_SPEC = re.compile(rf"\s*({_LOCAL})\s*@\s*({_DOMAIN})\s*")
_QUOTED_PAIR = re.compile(r"\\(.)")
_UPPER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: the address as written with its domain in lower case, and a display name safe to show."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


_Token = tuple[str, str]  # what makes it special, "" for words, "()" for a comment; and how it is spelled


def parse_mailboxes(value: str) -> tuple[tuple[Address, ...], str | None]:
    """The mailboxes of a value, and what is wrong with it, if anything.

    For lists of recipients the fault may be overlooked; a sender with one is nobody (CVE-2023-27043).
    """
    tokens, fault = _tokens(value)
    found: list[Address] = []
    for chunk in _between_commas(tokens)[:MAX_MAILBOXES]:
        mailbox = _mailbox(chunk)
        if isinstance(mailbox, Address):
            found.append(mailbox)
        else:
            fault = fault or mailbox
    return tuple(found), fault


def _tokens(value: str) -> tuple[list[_Token], str | None]:
    """Words, specials and comments; comments may nest, so they are counted instead of matched."""
    tokens: list[_Token] = []
    comment: list[str] = []
    depth = 0
    for quoted, special, plain in _TOKEN.findall(value):
        depth += {"(": 1, ")": -1}.get(special, 0)
        if depth < 0:
            return [], "a bracket is closed that was never opened"
        if depth or special == ")":
            comment.append(quoted or special or plain)
        else:
            tokens.append((special, quoted or special or plain))
        if special == ")" and not depth:
            tokens.append(("()", "".join(comment)[1:-1]))
            comment.clear()
    return tokens, "a bracket is never closed" if depth else None


def _between_commas(tokens: list[_Token]) -> list[list[_Token]]:
    chunks: list[list[_Token]] = [[]]
    inside = False
    for special, token in tokens:
        inside = (inside or special == "<") and special != ">"
        if special in (",", ";") and not inside:
            chunks.append([])
        else:
            chunks[-1].append((special, token))
    return [chunk for chunk in chunks if any(token.strip() for _, token in chunk)] or [[]]


def _mailbox(chunk: list[_Token]) -> Address | str:
    """``phrase <local@domain>`` or ``local@domain (comment)``, or what is wrong with it."""
    shape = "".join(special for special, _ in chunk if special not in ("", "()"))
    if shape not in ("", "<>"):
        return "it names a group" if ":" in shape else "its brackets do not fit"
    cut = next((n for n, (special, _) in enumerate(chunk) if special == "<"), 0)
    phrase, rest = _spelled(chunk[:cut]), chunk[cut:]
    if shape and rest[-1][0] != ">" and _spelled(rest).rpartition(">")[2].strip():
        return "something follows the address"
    written = _spelled(rest).strip().removeprefix("<").removesuffix(">")
    found = _ADDR_SPEC.fullmatch(written)
    if not found:
        return "its address is malformed" if written.strip() else "there is no address in it"
    address = f"{found[1]}@{found[2].translate(_UPPER)}"
    if "=?" in address or "\ufffd" in address or len(address) > 254 or not address.isprintable():
        return "its address is malformed"
    if _names_another(phrase, address):
        return "it shows one address and uses another"
    comment = next((token for special, token in chunk if special == "()"), "")
    return Address(address, _shown(phrase if shape else comment))


def _spelled(tokens: list[_Token]) -> str:
    return "".join(" " if special == "()" else token for special, token in tokens)


def _names_another(phrase: str, address: str) -> bool:
    """An address outside quotes before the brackets: some programs take that one (T22)."""
    unquoted = re.sub(r"\"(?:[^\"\\]|\\.)*+\"?", " ", phrase)
    return "@" in unquoted and unquoted.strip().translate(_UPPER) != address.translate(_UPPER)


def _shown(name: str) -> str:
    """A display name for people: unquoted, decoded, one line."""
    name = name.strip()[:2_000]
    if name.startswith('"'):
        name = _QUOTED_PAIR.sub(r"\1", name.replace('\\"', "\x00").replace('"', "").replace("\x00", '"'))
    return one_line(decode_words(name), _NAME)
