"""ticket tasks, ticket task: the work list without Slack."""

import json

import pytest

from bot.cli import main
from bot.domain.vocabulary import RequestType
from tests.unit.cli_desk import (
    at_desk,
    desk_home,  # noqa: F401 (a fixture)
    events,
    new_ticket,
)

pytestmark = pytest.mark.usefixtures("desk_home")


@pytest.fixture
def reference():
    return at_desk(lambda desk: new_ticket(desk, RequestType.DELETION, vouched_by="ben"))


def listed(capsys, reference):
    capsys.readouterr()
    assert main(["ticket", "tasks", reference, "--json"]) == 0
    return {each["of"]: each for each in json.loads(capsys.readouterr().out)}


def test_the_work_list_says_what_is_to_be_done(capsys, reference):
    found = listed(capsys, reference)
    assert len(found) == 11
    assert found["billing"]["state"] == "open"
    assert found["billing"]["words"].startswith("kept for audit and compliance")
    assert found["payment_providers"]["words"].startswith("We have erased the account")


def test_a_task_is_settled_by_the_user_of_the_operating_system(capsys, reference):
    number = str(listed(capsys, reference)["support"]["id"])
    assert main(["ticket", "task", reference, number, "kept", "--note", "Claim 4711 is open."]) == 0
    support = listed(capsys, reference)["support"]
    assert (support["state"], support["by"], support["noted"]) == ("kept", "cli:ada", True)
    assert support["statement"] == "retention-and-deletion/deletion-requests-handled"
    assert ("cli:ada", "task_settled") in at_desk(lambda desk: events(desk, reference))


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["tasks", "PR-7K2M9QXT"], 1, "no ticket PR-7K2M9QXT"),
        (["task", "{ref}", "99", "done"], 1, "has no task 99"),
        (["task", "{ref}", "1", "burnt"], 2, "burnt is no result of a task; known are done, kept"),
        (["task", "{ref}", "9", "kept"], 1, "A recipient is told, or not"),
        (["task", "{ref}", "1", "kept", "--statement", "no/such"], 1, "The policy has no such statement"),
    ],
)
def test_what_cannot_be_done_is_one_line(capsys, reference, words, code, why):
    capsys.readouterr()
    assert main(["ticket", *(each.format(ref=reference) for each in words)]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
