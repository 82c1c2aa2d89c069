"""report: each format, and one clear line for what cannot be."""

import csv
import io
import json

import pytest

from bot.cli import main
from bot.domain.vocabulary import RequestType
from tests.unit.cli_desk import at_desk, desk_home, new_ticket  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("desk_home")
MARCH = ("report", "--from", "2026-03-01", "--to", "2026-03-31")


def written(capsys, *words):
    capsys.readouterr()
    assert main([*MARCH, *words]) == 0
    return capsys.readouterr().out


@pytest.fixture
def ticket():
    return at_desk(lambda desk: new_ticket(desk, RequestType.OPT_OUT, law="ccpa"))


def test_json_holds_each_table_by_row_and_figure(capsys, ticket):
    found = json.loads(written(capsys, "--format", "json"))
    assert (found["from"], found["to"], found["timezone"], found["law"]) == (
        "2026-03-01",
        "2026-03-31",
        "UTC",
        None,
    )
    assert found["ccpa"]["opt_out"]["received"] == found["channels"]["email"]["open_at_end"] == 1
    assert ticket not in str(found)


def test_csv_has_a_line_a_figure(capsys, ticket):
    rows = list(csv.DictReader(io.StringIO(written(capsys, "--format", "csv", "--law", "ccpa"), newline="")))
    (received,) = [
        each for each in rows if (each["table"], each["row"], each["figure"]) == ("ccpa", "opt_out", "received")
    ]
    assert (received["value"], received["law"], received["from"]) == ("1", "ccpa", "2026-03-01")


def test_text_is_the_default_and_can_be_cut_by_other_tools(capsys, ticket):
    lines = written(capsys).splitlines()
    assert lines[0] == "Privacy requests from 2026-03-01 to 2026-03-31 (UTC), all laws"
    assert any(each.split("\t")[:2] == ["opt_out", "1"] for each in lines)


def test_html_is_a_page_with_the_name_of_the_organisation(capsys, ticket):
    page = written(capsys, "--format", "html")
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")
    assert "Linden Books." in page


@pytest.mark.parametrize("format_", ["text", "json", "csv", "html"])
def test_a_desk_without_tickets_reports_zeros(capsys, format_):
    assert "0" in written(capsys, "--format", format_)


def test_days_are_those_of_the_desks_time_zone(capsys, ticket, monkeypatch):
    monkeypatch.setenv("TIMEZONE", "Pacific/Auckland")
    monkeypatch.setitem(globals(), "MARCH", ("report", "--from", "2026-03-02", "--to", "2026-03-02"))
    assert json.loads(written(capsys, "--format", "json"))["ccpa"]["opt_out"]["received"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "2026-13-01", "--to", "2026-03-31"),
        ("--from", "2026-03-01", "--to", "yesterday"),
        ("--from", "2026-03-31", "--to", "2026-03-01"),
        ("--from", "2026-03-01"),
        (*MARCH[1:], "--law", "hammurabi"),
        (*MARCH[1:], "--law", ""),
        (*MARCH[1:], "--format", "pdf"),
    ],
)
def test_what_is_no_day_law_or_format_is_bad_usage_in_one_line(capsys, words):
    assert main(["report", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_an_unknown_ground_of_a_refusal_is_bad_usage(capsys, ticket):
    capsys.readouterr()
    assert main(["ticket", "answer", ticket, "denied", "--reason", "No.", "--ground", "because"]) == 2
    assert "not_held" in capsys.readouterr().err
