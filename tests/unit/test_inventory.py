"""The inventory of the policy that comes with the desk, and the faults of one that somebody changed."""

import tomllib
from copy import deepcopy
from pathlib import Path

import pytest

from bot.domain.inventory import ANSWERED, inventory_faults
from bot.domain.policy import read_policy
from bot.domain.vocabulary import RequestType, Result

TEMPLATES = Path(__file__).parents[2] / "templates"
ABOUT = (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
POLICY = read_policy((TEMPLATES / "policy.md").read_text(encoding="utf-8"), ABOUT)
INVENTORY = POLICY.inventory
ANCHORS = {each.anchor for each in POLICY.statements}


def faults(change):
    table = deepcopy(tomllib.loads(ABOUT))
    change(table)
    return list(inventory_faults(table, lambda name: name in ANCHORS))


def test_everything_that_the_policy_names_has_an_answer_for_each_right():
    assert [each.key for each in INVENTORY.categories] == [
        *("identity", "workspace", "billing", "support"),
        *("telemetry", "aggregates", "security_logs", "performance"),
    ]
    assert all(set(each.answers) == set(ANSWERED) for each in INVENTORY.categories)


def test_billing_is_kept_on_the_statement_that_says_so():
    billing = INVENTORY.category("billing")
    assert billing.answers[RequestType.DELETION].result is Result.KEPT
    assert POLICY.statement(billing.says).text == "Billing records are retained for audit and compliance needs."


def test_each_third_party_of_the_policy_receives_something_and_has_a_notice():
    third_parties = dict(POLICY.sections())["Data sharing and third parties"]
    named = {each.named_by for each in INVENTORY.recipients}
    assert {each.anchor for each in third_parties if not each.text.startswith("We do not sell")} == named
    assert all(INVENTORY.received().values())


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda table: table["inventory"]["billing"].pop("access"),
            "inventory.billing: expected exactly access, correction, deletion, lives_in, name, named_by, "
            "portability, recipients, retention, says (missing: access)",
        ),
        (
            lambda table: table["inventory"]["billing"].update(says="no/such"),
            "inventory.billing.says: no statement has the anchor 'no/such'",
        ),
        (
            lambda table: table["inventory"]["billing"].update(says=["a"]),
            "inventory.billing.says: no statement has the anchor ['a']",
        ),
        (
            lambda table: table["inventory"]["billing"].update(recipients=["nobody"]),
            "inventory.billing.recipients: there is no recipient 'nobody'",
        ),
        (
            lambda table: table["inventory"]["billing"].update(recipients="nobody"),
            "inventory.billing.recipients: expected a list, which may be empty",
        ),
        (
            lambda table: table["inventory"]["billing"]["deletion"].update(result="burnt"),
            "inventory.billing.deletion.result: 'burnt' is none of done, kept, not_applicable",
        ),
        (
            lambda table: table["inventory"]["billing"].update(deletion="kept"),
            "inventory.billing.deletion: no answer; expected { result = …, words = … }",
        ),
        (
            lambda table: table["inventory"]["billing"]["deletion"].update(words="two\nlines"),
            "inventory.billing.deletion.words: expected a text of one line",
        ),
        (
            lambda table: table["inventory"]["billing"].update(retention=" "),
            "inventory.billing.retention: expected a text of one line",
        ),
        (
            lambda table: table["inventory"].update({"Our bills": table["inventory"]["billing"]}),
            "inventory.Our bills: a name of lower-case letters, digits and _ is expected",
        ),
        (
            lambda table: table["recipients"].update(billing=table["recipients"]["payment_providers"]),
            "recipients.billing: a category bears this name already",
        ),
        (
            lambda table: table["recipients"]["payment_providers"].update(deletion=7),
            "recipients.payment_providers.deletion: expected a text of one line",
        ),
    ],
)
def test_a_fault_is_one_line_that_names_its_place(change, fault):
    assert faults(change) == [fault]


def test_where_data_live_may_be_left_open():
    assert faults(lambda table: table["inventory"]["billing"].update(lives_in="")) == []
