"""What there is to do for each right, how it ends, and what an answer says of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fulfilment import Task, account, allowed, instruction, outcome_of, settled, tasks_for
from bot.domain.inventory import ANSWERED, TOLD
from bot.domain.policy import read_policy
from bot.domain.vocabulary import Outcome, RequestType, Result

TEMPLATES = Path(__file__).parents[2] / "templates"
POLICY = read_policy(
    (TEMPLATES / "policy.md").read_text(encoding="utf-8"), (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
)
INVENTORY = POLICY.inventory
DELETION = tasks_for([RequestType.DELETION], INVENTORY)
BY_HAND = "retention-and-deletion/deletion-requests-handled"


def marked(**results):
    """A deletion of which somebody marked these tasks."""
    return [replace(each, result=results.get(each.code)) for each in DELETION]


def codes(*types):
    return [each.code for each in tasks_for(types, INVENTORY)]


# ---- the tasks ----------------------------------------------------------------------------------------------


def test_access_touches_every_kind_of_data_and_tells_nobody():
    assert codes(RequestType.ACCESS) == [each.key for each in INVENTORY.categories]


@pytest.mark.parametrize("kind", TOLD)
def test_recipients_are_told_of_what_article_19_names(kind):
    assert codes(kind)[-3:] == ["payment_providers", "infrastructure_providers", "legal_disclosures"]


def test_a_restriction_is_a_matter_of_recipients_alone_and_an_opt_out_of_nobody():
    assert len(codes(RequestType.RESTRICTION)) == 3
    assert codes(RequestType.OPT_OUT, RequestType.POLICY_QUESTION) == []


def test_a_recipient_of_nothing_is_not_told():
    nothing = replace(INVENTORY, categories=tuple(replace(each, recipients=()) for each in INVENTORY.categories))
    assert all(nothing.category(each.code) for each in tasks_for([RequestType.DELETION], nothing))


def test_a_recipient_has_nothing_to_keep():
    assert Result.KEPT not in allowed(Task("payment_providers", RequestType.DELETION), INVENTORY)
    assert Result.KEPT in allowed(Task("billing", RequestType.DELETION), INVENTORY)


def test_the_words_of_a_recipients_task_are_the_notice_to_send():
    told = instruction(Task("payment_providers", RequestType.DELETION), INVENTORY)
    assert told.recipient
    assert told.words.startswith("We have erased the account of a customer")


# ---- how it ends --------------------------------------------------------------------------------------------


def test_what_the_policy_keeps_for_everybody_does_not_make_a_deletion_partial():
    ended = settled(DELETION, INVENTORY)
    assert {each.code for each in ended if each.result is Result.KEPT} == {"billing"}
    assert outcome_of(ended, INVENTORY) is outcome_of(DELETION, INVENTORY) is Outcome.FULFILLED


def test_what_somebody_kept_by_hand_makes_it_partial():
    assert outcome_of(marked(support=Result.KEPT), INVENTORY) is Outcome.PARTLY_FULFILLED


def test_where_nothing_is_done_and_all_is_kept_it_is_denied_and_nobody_is_told():
    kept = marked(**{each.code: Result.KEPT for each in DELETION if INVENTORY.category(each.code)})
    assert outcome_of(kept, INVENTORY) is Outcome.DENIED
    told = [each for each in settled(kept, INVENTORY) if INVENTORY.recipient(each.code)]
    assert {each.result for each in told} == {Result.NOT_APPLICABLE}


def test_without_any_task_there_is_nothing_in_the_way():
    assert outcome_of([], INVENTORY) is Outcome.FULFILLED


tasks = st.lists(
    st.builds(
        Task,
        st.sampled_from([*(each.key for each in (*INVENTORY.categories, *INVENTORY.recipients)), "gone"]),
        st.sampled_from(sorted(set(ANSWERED) & set(TOLD))),
        st.sampled_from([None, *Result]),
        st.booleans(),
    ),
    max_size=12,
)


@given(tasks)
def test_settling_settles_all_changes_nothing_that_is_settled_and_keeps_the_outcome(found):
    ended = settled(found, INVENTORY)
    assert all(each.result for each in ended)
    assert [new for old, new in zip(found, ended, strict=True) if old.result] == [
        each for each in found if each.result
    ]
    assert settled(ended, INVENTORY) == ended
    assert outcome_of(ended, INVENTORY) is outcome_of(found, INVENTORY)


@given(tasks)
def test_an_answer_is_less_than_fulfilled_only_where_a_hand_kept_data(found):
    by_hand = [
        each
        for each in found
        if each.result is Result.KEPT and not each.together and not INVENTORY.recipient(each.code)
    ]
    assert (outcome_of(found, INVENTORY) is not Outcome.FULFILLED) == bool(by_hand)


@given(tasks)
def test_one_more_thing_kept_by_hand_never_makes_an_answer_better(found):
    order = [Outcome.FULFILLED, Outcome.PARTLY_FULFILLED, Outcome.DENIED]
    before = order.index(outcome_of(found, INVENTORY))
    more = [*found, Task("support", RequestType.DELETION, Result.KEPT)]
    assert order.index(outcome_of(more, INVENTORY)) >= before


@given(tasks)
def test_a_denial_has_done_nothing(found):
    if outcome_of(found, INVENTORY) is Outcome.DENIED:
        data = [each for each in settled(found, INVENTORY) if not INVENTORY.recipient(each.code)]
        assert Result.DONE not in {each.result for each in data}


# ---- what an answer says ------------------------------------------------------------------------------------


def test_each_line_of_an_account_is_one_task():
    numbered = [replace(each, id=number) for number, each in enumerate(DELETION, start=1)]
    assert [each.task for each in account(numbered, POLICY)] == list(range(1, 12))


def test_what_ended_as_the_inventory_says_is_said_in_its_words_and_else_in_none():
    lines = {each.name: each for each in account(marked(support=Result.NOTHING_FOUND), POLICY)}
    assert lines["Support communications and issue reports"].words == ""
    assert lines["Payment providers"].words == INVENTORY.recipient("payment_providers").meaning
    assert lines["Security logs"].words.startswith("kept unchanged while")


def test_what_is_kept_stands_beside_the_statement_that_justifies_it():
    kept = [replace(each, statement=BY_HAND) if each.result else each for each in marked(support=Result.KEPT)]
    texts = {each.name: each.statement.text for each in account(kept, POLICY) if each.statement}
    assert texts == {
        "Support communications and issue reports": "Deletion requests are handled subject to legal obligations.",
        "Billing records, payment events and transaction metadata": (
            "Billing records are retained for audit and compliance needs."
        ),
    }


def test_a_kind_of_data_that_the_inventory_has_forgotten_is_claimed_to_be_nothing():
    (line,) = account([Task("old_crm", RequestType.DELETION)], POLICY)
    assert (line.name, line.result, line.words) == ("old crm", Result.NOT_APPLICABLE, "")
