"""The English sentences that letters are given, from law pack and inventory: what a language has to say, too."""

from collections.abc import Iterator

from bot.domain.lawpack import Law, LawPack
from bot.domain.policy import Policy
from bot.domain.vocabulary import Ground

ABOUT_SEVERAL = "About your requests {references}"  # the subject of several letters that had to wait, in one mail


def phrases(language: str, policy: Policy, pack: LawPack) -> tuple[str, ...]:
    """Each once: what the inventory says of kinds of data, and what laws of this language say of themselves.

    A law whose land speaks another language keeps its English words in a letter.
    """
    laws = (pack[code] for code in pack.codes())
    spoken = [text for law in laws if language in law.languages for text in _of_law(law)]
    return tuple(dict.fromkeys(filter(None, [ABOUT_SEVERAL, *_of_policy(policy), *spoken])))


def _of_policy(policy: Policy) -> Iterator[str]:
    for category in policy.inventory.categories:
        yield from (category.name, category.retention, *(each.words for each in category.answers.values()))
    for recipient in policy.inventory.recipients:
        yield from (recipient.name, recipient.meaning)


def _of_law(law: Law) -> Iterator[str]:
    yield from (
        law.agents,
        law.authority,
        *law.unverified,
        law.grounds.get(Ground.EXEMPT, ""),
        law.roll_over_citation,
    )
    yield from (each.cited for each in (*law.routes, *law.notice, *law.last_routes))
    for clock in law.clocks:
        yield from (clock.citation, clock.extension_citation)
