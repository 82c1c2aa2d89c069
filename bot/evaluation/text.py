"""Figures as plain text, for a terminal."""

from collections.abc import Iterator

from bot.evaluation.figures import Figures


def written(found: Figures) -> str:
    """The figures of one set of rows, in a few tables."""
    return "\n".join(_lines(found))


def _lines(found: Figures) -> Iterator[str]:
    letters = found["letters"]
    yield f"{'type':22}{'rows':>6}{'precision':>11}{'recall':>8}{'F1':>7}"
    for kind, one in found["types"].items():
        yield f"{kind:22}{one['rows']:6}{one['precision']:11.3f}{one['recall']:8.3f}{one['f1']:7.3f}"
    yield f"main type, macro F1 {letters['macro_f1']:.3f}; all types, micro F1 {letters['all_types_micro_f1']:.3f}"
    yield (
        f"privacy letters: {letters['rows']}, recognised {letters['recognised']:.3f}, abstained "
        f"{letters['abstained']:.3f}, wrong among the rest {letters['wrong_where_sure']:.3f}"
    )
    for name in ("ordinary", "ordinary_hard"):
        one = found[name]
        yield (
            f"{name.replace('_', ' mail, ')}: {one['rows']}, false alarms {one['false_alarms']:.4f}, "
            f"abstained {one['abstained']:.3f}"
        )
    yield "".join(["language", f"{'rows':>8}{'right':>8}{'F1':>8}{'abstained':>11}{'wrong':>8}"])
    for name, one in found["languages"].items():
        yield (
            f"{name:8}{one['rows']:8}{one['right']:8.3f}{one['macro_f1']:8.3f}{one['abstained']:11.3f}"
            f"{one['wrong_where_sure']:8.3f}"
        )
    yield "expected: what was answered how often"
    for name, answers in found["confusion"].items():
        yield f"{name}: " + ", ".join(f"{answer} {count}" for answer, count in answers.items())
    yield f"language right, 20 words or more: {found['language_right']:.3f}"
    yield "confidence    rows   right"
    for band in found["calibration"]:
        yield f"{band['confidence']:10.2f}{band['rows']:8}{band['right']:8.3f}"
    if found["milliseconds"]:
        yield "milliseconds: " + ", ".join(f"{name} {value}" for name, value in found["milliseconds"].items())
