"""What changed between two versions of a policy."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.drafts import outdated
from bot.domain.policy import read_policy
from bot.domain.policy_changes import (
    Kind,
    changes,
    counted,
    edition,
    fingerprint,
    is_silent,
    quotes_changed,
)

OLD = """# Privacy at Linden

We sell books.

## Keeping

- Bills are kept for ten years.
- Letters are kept for one year.

## Sharing

We never give data to:

- advertisers and brokers
"""


def compared(new: str, old: str = OLD):
    return changes(read_policy(old, None), read_policy(new, None))


def test_the_same_text_has_no_changes():
    assert compared(OLD) == ()
    assert counted(()) == "no statement"


@pytest.mark.parametrize(
    ("was", "by", "kind", "anchor"),
    [
        ("ten years", "seven years", Kind.CHANGED, "keeping/bills-kept-ten"),
        ("- Letters are kept for one year.\n", "", Kind.REMOVED, "keeping/letters-kept-one"),
        ("## Sharing", "- Maps are burnt.\n\n## Sharing", Kind.ADDED, "keeping/maps-burnt"),
        ("We sell books.", "We sell books and data.", Kind.CHANGED, "introduction"),
    ],
)
def test_each_kind_of_change_is_told_apart(was, by, kind, anchor):
    (only,) = compared(OLD.replace(was, by))
    assert only.kind is kind
    before = only.before.anchor if only.before else ""
    after = only.after.anchor if only.after else ""
    assert anchor in (before, after)


def test_a_statement_in_another_section_or_order_has_moved():
    bullet = "- Bills are kept for ten years.\n"
    (there,) = compared(OLD.replace(bullet, "") + "\n## Bills\n\n" + bullet)
    assert (there.kind, there.after.section) == (Kind.MOVED, "Bills")
    letters = "- Letters are kept for one year.\n"
    (below,) = compared(OLD.replace(bullet + letters, letters + bullet))
    assert below.kind is Kind.MOVED


def test_another_sentence_before_a_list_changes_what_stands_in_it():
    (only,) = compared(OLD.replace("We never give data to:", "We give data to:"))
    assert (only.kind, only.after.text, only.after.lead) == (
        Kind.CHANGED,
        "advertisers and brokers",
        "We give data to:",
    )


def test_the_same_words_twice_are_two_statements():
    twice = OLD.replace("## Sharing", "- Bills are kept for ten years.\n\n## Sharing")
    (only,) = compared(twice)
    assert only.kind is Kind.ADDED
    (gone,) = compared(OLD, twice)
    assert gone.kind is Kind.REMOVED


def test_a_letter_is_touched_where_it_quotes_what_changed_and_only_there():
    found = compared(OLD.replace("ten years", "seven years"))
    assert quotes_changed("Hello,\n\n> Bills are kept for ten years.\nKeeping, version 1", found)
    assert not quotes_changed("Hello,\n\n> Letters are kept for one year.\n", found)
    assert not quotes_changed("You wrote: Bills are kept for ten years.", found)
    moved = compared(OLD.replace("## Keeping", "## Storing"))
    assert not quotes_changed("> Bills are kept for ten years.", moved)


def test_a_new_text_under_the_old_date_is_silent():
    old = edition(OLD, "1-a", date(2026, 1, 1))
    text = OLD.replace("ten", "six")
    assert is_silent(old, edition(text, "1-b", date(2026, 1, 1)))
    assert not is_silent(old, edition(text, "2-b", date(2026, 2, 1)))
    assert not is_silent(old, edition(OLD, "1-a", date(2026, 1, 1)))


def test_a_version_is_named_by_its_text_its_label_and_its_date():
    one = edition(OLD, "1-a", date(2026, 1, 1))
    others = [
        replace(one, date=date(2026, 1, 2)),
        replace(one, version="2-a"),
        edition(OLD + "x", "1-a", one.date),
    ]
    assert len({fingerprint(each) for each in (one, *others)}) == 4
    assert fingerprint(edition(one.text, one.version, one.date)) == fingerprint(one)


def test_a_draft_of_an_earlier_version_says_so():
    policy = edition(OLD, "2-b", date(2026, 2, 1))
    assert outdated("2-b", policy) == ""
    assert outdated("", policy) == ""
    assert "version 1-a" in outdated("1-a", policy)
    assert "2-b of 2026-02-01" in outdated("1-a", policy)


lines = st.lists(st.sampled_from(["- a b c", "- a b d", "- x", "## S", "## T", "We:", ""]), max_size=12)


@given(lines, lines)
def test_every_statement_is_accounted_for_once(old, new):
    before, after = (edition("# P\n\n## Q\n- base\n" + "\n".join(each), "1", None) for each in (old, new))
    found = changes(before, after)
    lost = [each.before for each in found if each.before]
    won = [each.after for each in found if each.after]
    assert len(before.statements) - len(lost) == len(after.statements) - len(won)
    assert len({id(each) for each in lost}) == len(lost)
    assert all(each.before or each.after for each in found)
