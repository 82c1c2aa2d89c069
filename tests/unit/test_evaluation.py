"""Figures of labelled letters: what counts as right, and the command in its three forms."""

import json

import pytest

from bot.cli import main
from bot.domain.understanding import Understanding
from bot.domain.vocabulary import RequestType as T
from bot.evaluation.figures import calibration, figures
from bot.evaluation.page import page
from bot.evaluation.rows import Row

ROWS = [
    {"text": "Please delete my account and all my data.", "label": "deletion", "lang": "en"},
    {"text": "Where is my parcel?", "label": "not_privacy", "lang": "en", "hard": True},
]


def row(label: str, *answer: T, sure: float = 0.9, **given: object) -> Row:
    return Row(
        {"text": "x", "label": label, **given}, Understanding(answer, sure, sure < 0.6, "en", (), False, ())
    )


@pytest.fixture
def labelled(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


def test_an_abstained_row_counts_as_recognised_and_is_no_false_alarm():
    found = figures([row("access", T.NOT_PRIVACY, sure=0.4), row("not_privacy", T.ACCESS, sure=0.4)])
    assert found["letters"]["recognised"] == 1
    assert found["ordinary"]["false_alarms"] == 0


def test_an_objection_covers_an_opt_out_and_an_acceptable_label_is_right():
    assert row("objection", T.OPT_OUT).right
    assert row("access", T.DELETION, acceptable=["access", "deletion"]).right
    assert not row("access", T.DELETION).right


def test_every_type_of_a_letter_counts_in_the_micro_f1():
    found = figures([row("access", T.ACCESS, labels=["access", "deletion"])])
    assert found["letters"]["all_types_micro_f1"] == pytest.approx(2 / 3, abs=1e-3)


def test_confidence_is_compared_with_how_often_it_was_right():
    rows = [row("access", T.ACCESS, sure=0.85), row("access", T.DELETION, sure=0.85)]
    assert list(calibration(rows)) == [{"from": 0.8, "rows": 2, "confidence": 0.85, "right": 0.5}]


def test_no_rows_give_figures_and_a_page_all_the_same():
    assert page({"none": figures([])}).endswith("</html>\n")


def test_the_command_measures_each_leg(labelled, capsys):
    assert main(["evaluate", str(labelled), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["rules", "words", "meaning"]
    assert found["meaning"]["letters"]["macro_f1"] == 1


def test_the_command_measures_one_leg_where_one_is_named(labelled, capsys):
    assert main(["evaluate", str(labelled), "--leg", "rules", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["rules"]


def test_the_command_writes_a_page_that_needs_nothing_else(labelled, tmp_path, capsys):
    target = tmp_path / "page.html"
    assert main(["evaluate", str(labelled), "--html", str(target)]) == 0
    assert "macro F1 1.000" in capsys.readouterr().out
    written = target.read_text(encoding="utf-8")
    assert "<svg" in written
    assert "http" not in written


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "x", "label": "nonsense"}', '{"text": 4, "label": "access"}']
)
def test_a_line_that_is_no_labelled_letter_is_named(tmp_path, capsys, line):
    path = tmp_path / "rows.jsonl"
    path.write_text(line, encoding="utf-8")
    assert main(["evaluate", str(path)]) == 2
    assert "rows.jsonl:1" in capsys.readouterr().err
