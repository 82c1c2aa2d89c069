"""The journal's chain: whatever is done to it shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.journal import ROOT, Anchor, Entry, append, broken_link, lost_since, salted

NOW = datetime(2026, 3, 2, 9, 30, 1, 250, tzinfo=UTC)
_details = st.dictionaries(
    st.text(max_size=8), st.integers(-99, 99) | st.text(max_size=8) | st.booleans(), max_size=3
)


def chain(details: list[dict[str, object]], reference: str = "PR-00000001") -> list[Entry]:
    entries: list[Entry] = []
    for place, detail in enumerate(details):
        entries.append(
            append(
                reference,
                entries[-1].digest if entries else "",
                place,
                at=NOW + timedelta(minutes=place),
                actor="desk",
                event="heard",
                detail=detail,
            )
        )
    return entries


def fault(entries: list[Entry], whole: list[Entry]) -> str | None:
    return broken_link(entries, length=len(whole), head=whole[-1].digest if whole else "")


@given(st.lists(_details, max_size=8))
def test_a_chain_that_nobody_touched_holds(details: list[dict[str, object]]) -> None:
    entries = chain(details)
    assert fault(entries, entries) is None
    assert [each.seq for each in entries] == list(range(1, len(entries) + 1))


_changes = {
    "at": NOW + timedelta(microseconds=1),
    "actor": "U0ATTACKER",
    "event": "closed",
    "detail": {"outcome": "denied"},
    "previous": "f" * 64,
    "digest": "f" * 64,
    "seq": 99,
    "reference": "PR-99999999",
}


@pytest.mark.parametrize("name", _changes)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_change_to_an_entry_shows(name: str, place: int) -> None:
    entries = chain([{"n": 1}, {"n": 2}, {"n": 3}])
    changed = [*entries]
    changed[place] = replace(entries[place], **{name: _changes[name]})
    assert fault(changed, entries)


@given(details=st.lists(_details, min_size=2, max_size=6), data=st.data())
def test_a_removed_entry_a_moved_one_and_a_cut_tail_show(
    details: list[dict[str, object]], data: st.DataObject
) -> None:
    entries = chain(details)
    at = data.draw(st.integers(0, len(entries) - 1))
    assert fault(entries[:at] + entries[at + 1 :], entries)
    assert fault(entries[:at], entries)
    other = data.draw(st.integers(0, len(entries) - 1).filter(lambda each: each != at))
    moved = [*entries]
    moved[at], moved[other] = moved[other], moved[at]
    assert fault(moved, entries)


def test_an_entry_rewritten_with_all_that_follow_does_not_fit_the_head() -> None:
    entries, forged = chain([{"n": 1}, {"n": 2}]), chain([{"n": 7}, {"n": 2}])
    assert fault(forged, entries)
    assert fault([], entries)


def test_an_entry_rewritten_with_a_right_digest_does_not_fit_the_next() -> None:
    entries = chain([{"n": 1}, {"n": 2}, {"n": 3}])
    forged = replace(entries[1], detail={"n": 7})
    forged = replace(forged, digest=forged.expected_digest())
    assert fault([entries[0], forged, entries[2]], entries) == (
        "PR-00000001: entry 3 does not follow the one before it"
    )


def test_a_chain_of_another_length_than_was_written_shows() -> None:
    entries = chain([{}, {}])
    assert broken_link(entries, length=3, head=entries[-1].digest)


def test_a_fault_names_ticket_and_entry() -> None:
    entries = chain([{"n": 1}, {"n": 2}])
    changed = [entries[0], replace(entries[1], actor="U0ATTACKER")]
    assert fault(changed, entries) == "PR-00000001: entry 2 was changed"


def test_the_same_instant_has_one_digest_in_every_time_zone() -> None:
    (entry,) = chain([{}])
    elsewhere = replace(entry, at=entry.at.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert elsewhere.expected_digest() == entry.digest


def test_the_order_of_names_in_a_detail_says_nothing() -> None:
    assert chain([{"a": 1, "b": 2}])[0].digest == chain([{"b": 2, "a": 1}])[0].digest


def test_what_the_digest_covers_is_what_is_stored() -> None:
    assert chain([{"types": ("access",)}])[0].detail == {"types": ["access"]}


def test_the_same_entry_in_another_ticket_has_another_digest() -> None:
    assert chain([{}])[0].digest != chain([{}], "PR-00000002")[0].digest


# ---- anchors -----------------------------------------------------------------------------------------------


def anchored(*chains: list[Entry], seq: int = 1, previous: str = ROOT) -> Anchor:
    heads = tuple((each[-1].reference, len(each), each[-1].digest) for each in chains)
    return Anchor(seq, NOW, heads, previous)


def digests(*chains: list[Entry]) -> dict[tuple[str, int], str]:
    return {(entry.reference, entry.seq): entry.digest for each in chains for entry in each}


def test_chains_that_grew_since_an_anchor_hold() -> None:
    entries = chain([{}, {}, {}])
    assert lost_since([anchored(entries[:1]), anchored(entries[:2], seq=2)], digests(entries)) is None


def test_a_tail_that_was_cut_and_covered_up_shows_at_the_anchor() -> None:
    entries = chain([{}, {}, {}])
    assert fault(entries[:2], entries[:2]) is None
    assert lost_since([anchored(entries)], digests(entries[:2])) == (
        "PR-00000001: entry 3, anchored as number 1, is gone or another one"
    )


def test_a_lost_ticket_and_a_rewritten_one_show_at_the_anchor() -> None:
    entries, other = chain([{"n": 1}]), chain([{}], "PR-00000002")
    assert lost_since([anchored(entries, other)], digests(other))
    assert lost_since([anchored(entries)], digests(chain([{"n": 2}])))


@pytest.mark.parametrize(
    "change", [{"seq": 2}, {"at": NOW + timedelta(seconds=1)}, {"chains": ()}, {"previous": "f" * 64}]
)
def test_an_anchors_digest_covers_all_of_it(change: dict[str, object]) -> None:
    anchor = anchored(chain([{}]))
    assert replace(anchor, **change).digest() != anchor.digest()  # type: ignore[arg-type]


def test_a_salted_digest_tells_texts_apart_and_needs_its_salt() -> None:
    assert salted("yes", b"salt") == salted("yes", b"salt")
    assert len({salted("yes", b"salt"), salted("no", b"salt"), salted("yes", b"pepper")}) == 3
