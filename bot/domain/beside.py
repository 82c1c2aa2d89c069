"""A draft paragraph by paragraph: what is quoted from the policy, and what it says in the language of staff."""

from dataclasses import dataclass, field

from bot.domain.policy import Policy, misquotations
from bot.domain.policy_source import one_line_ending


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter as the desk wrote it, and in the language of staff; that one is empty where it is the same."""

    made: str = field(default="", repr=False)
    staff: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`edited`: the desk did not write it, so there is no translation of it."""

    text: str = field(repr=False)
    translation: str = field(default="", repr=False)
    quoted: bool = False
    edited: bool = False


def paragraphs(text: str, wording: Wording, policy: Policy) -> tuple[Paragraph, ...]:
    """A draft as it stands now.

    Both languages have the same blocks in the same order; where an operator's own letters have not, nothing is
    put beside anything that it may not say.
    """
    made, staff = _blocks(wording.made), _blocks(wording.staff)
    own = dict(zip(made, staff, strict=True)) if len(made) == len(staff) else dict.fromkeys(made, "")
    return tuple(
        Paragraph(each, _other(own.get(each, ""), each), _is_quoted(each, policy), bool(made) and each not in own)
        for each in _blocks(text)
    )


def _other(translation: str, text: str) -> str:
    return "" if translation == text else translation


def _is_quoted(paragraph: str, policy: Policy) -> bool:
    """Whether it quotes the policy, byte for byte."""
    return paragraph.startswith(">") and not misquotations(paragraph, policy)


def _blocks(text: str) -> list[str]:
    return [each.strip("\n") for each in one_line_ending(text).split("\n\n") if each.strip()]
