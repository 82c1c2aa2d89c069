"""Which class goes when: the law's minimum, the operator's maximum, a requester's own deletion, a legal hold."""

from datetime import date
from pathlib import Path

import pytest

from bot.domain.laws import LawPack
from bot.domain.retention import RULES, Kind, Matter, Until, item_kept_until, planned, record_months

CLOSED = date(2026, 1, 31)
LAWS = LawPack.load()


@pytest.mark.parametrize(
    ("law", "operator", "erased", "until"),
    [
        (0, 24, False, date(2028, 1, 31)),
        (0, 1, False, date(2026, 2, 28)),  # a month that is shorter
        (24, 1, False, date(2028, 1, 31)),  # the law's minimum
        (24, 36, False, date(2029, 1, 31)),
        (24, 36, True, date(2028, 1, 31)),  # asked for, and as soon as the law lets it
        (0, 24, True, date(2026, 4, 30)),
        (0, 2, True, date(2026, 3, 31)),  # never later than without
    ],
)
def test_how_long_texts_are_kept(law: int, operator: int, erased: bool, until: date) -> None:
    assert Matter(CLOSED, law, erased=erased).kept_until(operator) == until


def test_the_last_day_still_counts() -> None:
    matter = Matter(CLOSED, 0)
    assert [matter.is_past(day, 24) for day in (date(2028, 1, 31), date(2028, 2, 1))] == [False, True]


def test_nothing_on_hold_is_ever_past_its_time() -> None:
    held = Matter(CLOSED, 0, on_hold=True)
    assert not held.is_past(date(2099, 1, 1), 1)
    assert planned(held, 1).past(date(2099, 1, 1)) == ()


def test_the_plan_of_a_ticket_says_what_goes_when_and_what_stays() -> None:
    plan = planned(Matter(CLOSED, 0), 24)
    day = date(2028, 2, 1)
    texts = (Kind.RAW_MAIL, Kind.BODIES, Kind.ATTACHMENTS, Kind.EXPORTS)
    stays = (Kind.PROOF, Kind.RECORD, Kind.JOURNAL)
    assert plan.goes == dict.fromkeys(texts, day) | dict.fromkeys(stays)
    assert (plan.past(date(2028, 1, 31)), plan.past(day)) == ((), texts)


@pytest.mark.parametrize(
    ("laws", "months"),
    [(["gdpr"], 0), (["ccpa"], 24), (["gdpr", "ccpa"], 24), (["no_such_law"], 24), ([], 0)],
)
def test_of_several_laws_the_longest_record_counts(laws: list[str], months: int) -> None:
    assert record_months(LAWS, laws) == months


@pytest.mark.parametrize(
    ("operator", "quarantined", "until"),
    [(24, False, date(2026, 4, 30)), (1, False, date(2026, 2, 28)), (24, True, date(2028, 1, 31))],
)
def test_how_long_mail_is_kept_of_which_nothing_became(operator: int, quarantined: bool, until: date) -> None:
    assert item_kept_until(CLOSED, operator, quarantined=quarantined) == until


def test_every_class_has_a_rule_and_the_page_says_it() -> None:
    page = (Path(__file__).parents[2] / "docs/retention.md").read_text("utf-8")
    assert set(RULES) == set(Kind)
    assert [each for each, rule in RULES.items() if f"| `{each}` | {rule.until} | {rule.how} |" not in page] == []
    assert Until.STAYS in {RULES[each].until for each in (Kind.JOURNAL, Kind.RECORD)}
