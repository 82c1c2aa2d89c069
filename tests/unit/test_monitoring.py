"""What docs/monitoring.md, the dashboard and the alert rules name is what `/metrics` has, and nothing else."""

import json
import re
from pathlib import Path

from bot.metrics import FAMILIES
from tests.monitoring import PAGE, filled

FOLDER = Path(__file__).parents[2] / "docs" / "monitoring"
ALERTS = (FOLDER / "alerts.yml").read_text("utf-8")
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
_NAME = re.compile(r"\bprivacy_desk_\w+")


def test_the_table_of_metrics_is_that_of_the_code() -> None:
    """`python -m tests.monitoring` writes it."""
    text = PAGE.read_text("utf-8")
    assert filled(text) == text


def test_names_follow_the_conventions_of_prometheus() -> None:
    units = ("_total", "_seconds", "_ready", "_tickets", "_requests", "_items", "_rows", "_overdue", "_due")
    assert [name for name in FAMILIES if not (name.startswith("privacy_desk_") and name.endswith(units))] == []


def test_every_metric_of_the_dashboard_exists() -> None:
    expressions = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    assert len(expressions) >= 10
    assert unknown(" ".join(expressions)) == []


def test_the_dashboard_shows_every_metric() -> None:
    assert {_family(each) for each in _NAME.findall(json.dumps(DASHBOARD))} == set(FAMILIES)


def test_every_metric_and_label_of_the_alert_rules_exists() -> None:
    assert unknown(ALERTS) == []
    for name, labels in re.findall(r"(privacy_desk_\w+)\{([^}]*)\}", ALERTS + json.dumps(DASHBOARD)):
        used = set(re.findall(r"(\w+)(?:=|!=|=~|!~)", labels))
        assert used <= {*FAMILIES[_family(name)].labels, "le"}, name


def test_every_alert_rule_is_whole_and_leads_to_a_part_of_the_page() -> None:
    rules = re.split(r"(?m)^ +- alert: ", ALERTS)[1:]
    headings = {
        re.sub(r"[^\w-]", "", each.lower().replace(" ", "-"))
        for each in re.findall(r"(?m)^#+ (.+)$", PAGE.read_text("utf-8"))
    }
    assert len(rules) >= 8
    for rule in rules:
        assert all(f"{key}:" in rule for key in ("expr", "for", "severity", "summary", "runbook_url")), rule
        (anchor,) = re.findall(r"monitoring\.md#([\w-]+)", rule)
        assert anchor in headings


def unknown(text: str) -> list[str]:
    return sorted({each for each in _NAME.findall(text) if _family(each) not in FAMILIES})


def _family(name: str) -> str:
    """A histogram is named by its parts."""
    return re.sub(r"(?<=_seconds)_(bucket|count|sum)$", "", name)
