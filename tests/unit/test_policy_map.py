"""The map of the policy names every statement, and nothing that is not there."""

import pytest

from tests.policy_map import ROOT, is_there, load, page, published

PLACES = load()
NAMED = sorted({named for place in PLACES.values() for named in (*place.where, *place.shown)})


def test_every_statement_of_the_policy_stands_in_it_once():
    assert list(PLACES) == [each.anchor for each in published().statements]


@pytest.mark.parametrize("named", NAMED)
def test_what_it_names_is_there(named):
    assert is_there(named)


def test_what_is_not_there_would_be_found():
    assert not is_there("handlers/nowhere.py")
    assert not is_there("handlers/tasks.py::no_such_thing")


@pytest.mark.parametrize("anchor", PLACES)
def test_a_statement_is_honoured_and_shown_or_has_a_reason_why_not(anchor):
    place = PLACES[anchor]
    assert bool(place.only_quoted) != bool(place.does and place.where and place.shown)


def test_the_page_is_what_the_command_prints():
    assert (ROOT / "docs/policy-map.md").read_text("utf-8") == page(), "run: python -m tests.policy_map"
