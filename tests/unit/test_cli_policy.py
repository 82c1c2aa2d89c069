"""policy list, show, diff; and what check says of a policy that changed."""

import json

import pytest

from bot.cli import main
from bot.store import cases
from bot.store.cases import Message
from handlers import policies
from tests.unit.cli_desk import (
    at_desk,
    desk_home,  # noqa: F401 (a fixture)
    new_ticket,
)

TEXT = "# Privacy\n\n## Keeping\n\n- Bills are kept for ten years.\n- Maps are burnt.\n"
ABOUT = 'version = "{}"\ndate = {}\n'


@pytest.fixture
def policy(desk_home, monkeypatch, capsys):  # noqa: F811
    """Writes the policy of the desk, and has `run` see it."""
    monkeypatch.setenv("POLICY_PATH", "mine.md")

    def write(text: str, label: str, day: str, *, seen: bool = True) -> None:
        (desk_home / "mine.md").write_text(text)
        (desk_home / "mine.toml").write_text(ABOUT.format(label, day))
        if seen:
            at_desk(lambda desk: policies.notice(desk))
        capsys.readouterr()

    return write


def found(capsys) -> list[str]:
    main(["check", "--json"])
    return [each["what"] for each in json.loads(capsys.readouterr().out) if each["name"] == "policy versions"]


def test_versions_are_listed_the_published_one_first(policy, capsys):
    policy(TEXT, "1", "2026-01-01")
    policy(TEXT.replace("ten", "six"), "2", "2026-02-01")
    assert main(["policy", "list"]) == 0
    _, *rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(row[0].partition("-")[0], row[1], row[3]) for row in rows] == [
        ("2", "2026-02-01", "2"),
        ("1", "2026-01-01", "2"),
    ]
    assert main(["policy", "show", rows[1][0]]) == 0
    assert capsys.readouterr().out == TEXT
    assert main(["policy", "show", rows[1][2]]) == 0
    assert main(["policy", "show"]) == 0
    assert "six years" in capsys.readouterr().out


def test_what_changed_is_said_statement_by_statement(policy, capsys):
    policy(TEXT, "1", "2026-01-01")
    policy(TEXT.replace("ten", "six").replace("- Maps are burnt.\n", ""), "2", "2026-02-01")
    assert main(["policy", "diff"]) == 0
    out = capsys.readouterr().out
    assert "1 removed, 1 changed" in out
    assert "- Bills are kept for ten years." in out
    assert "+ Bills are kept for six years." in out


def test_there_is_nothing_to_compare_the_first_version_with(policy, capsys):
    policy(TEXT, "1", "2026-01-01")
    assert main(["policy", "diff"]) == 1
    assert "no earlier version" in capsys.readouterr().err


def test_an_unknown_version_is_a_negative_answer(policy, capsys):
    policy(TEXT, "1", "2026-01-01")
    assert main(["policy", "show", "9-nothing"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_check_notices_a_change_and_warns_of_one_without_a_new_date(policy, capsys):
    policy(TEXT, "1", "2026-01-01", seen=False)
    assert "none is on record yet" in found(capsys)[0]
    policy(TEXT, "1", "2026-01-01")
    assert "is the one that was loaded last" in found(capsys)[0]
    policy(TEXT.replace("ten", "six"), "1", "2026-01-01", seen=False)
    change, warning = found(capsys)
    assert "1 changed" in change
    assert "its date is not" in warning
    policy(TEXT.replace("ten", "six"), "2", "2026-02-01", seen=False)
    assert len(found(capsys)) == 1


async def _say(desk, reference, text):
    async with desk.store.transaction() as work:
        case = await cases.load(work, reference, for_update=True)
        await cases.add_message(work, case, Message("s", text), direction="out", at=desk.now(), channel="email")


def test_letters_are_held_against_the_version_that_they_cite_and_not_the_one_of_today(policy, capsys):
    policy(TEXT, "1", "2026-01-01")
    reference = at_desk(lambda desk: new_ticket(desk))
    version = at_desk(_version)
    letter = f"> Bills are kept for ten years.\nKeeping, privacy policy version {version}"
    at_desk(lambda desk: _say(desk, reference, letter))
    policy(TEXT.replace("ten", "six"), "2", "2026-02-01")
    assert main(["policy", "verify", reference.lower()]) == 0
    assert capsys.readouterr().out.startswith("1 letters quote the policy")
    at_desk(lambda desk: _say(desk, reference, letter.replace("ten", "two")))
    at_desk(lambda desk: _say(desk, reference, letter.replace(version, "9-gone")))
    assert main(["policy", "verify", reference]) == 1
    said = capsys.readouterr()
    assert "> Bills are kept for two years." in said.out
    assert "cites no version that is on record" in said.out
    assert said.err.startswith("error: 2 quotations")


async def _version(desk):
    return desk.policy.version


def test_a_ticket_that_is_not_there_is_a_negative_answer(policy, capsys):
    policy(TEXT, "1", "2026-01-01")
    assert main(["policy", "verify", "PR-00000000"]) == 1
    assert "no ticket" in capsys.readouterr().err
