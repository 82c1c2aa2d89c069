"""`python -m tests.monitoring` writes the table of metrics in docs/monitoring.md anew."""

from collections.abc import Iterator
from pathlib import Path

from bot.metrics import FAMILIES, OF_THE_DATABASE
from bot.telemetry import BUCKETS

PAGE = Path(__file__).parents[1] / "docs" / "monitoring.md"
BEGIN, END = "<!-- metrics -->\n", "<!-- end of metrics -->"


def filled(text: str) -> str:
    """The page with the table as the code has it."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "".join(f"{line}\n" for line in _table()) + END + after


def _table() -> Iterator[str]:
    yield "| metric | type | labels | counted in | what it is |"
    yield "| --- | --- | --- | --- | --- |"
    for name, each in FAMILIES.items():
        place = "the database" if each in OF_THE_DATABASE else "the process"
        labels = ", ".join(f"`{label}`" for label in each.labels) or "none"
        yield f"| `{name}` | {_kind(name)} | {labels} | {place} | {each.about} |"


def _kind(name: str) -> str:
    if name.endswith("_call_seconds"):
        return f"histogram, {BUCKETS[0]:g} to {BUCKETS[-1]:g} s"
    return "counter" if name.endswith("_total") else "gauge"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
