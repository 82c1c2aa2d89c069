"""Figures of the excerpts: `python -m tests.evaluation.excerpts [POLICIES QUESTIONS]`.

Without files: our own questions on the published policy (`policy_questions.jsonl`). Those that are `held` were
written last, when the blend stood; only words were added to the lexicon since. With files, other policies:
`{"policy_id", "segments": [text]}` a line; questions `{"policy_id", "question", "relevant": [segment]}` a line.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.domain.excerpts import Answer, find_excerpts
from bot.domain.policy import Policy, Statement, read_policy

OURS = Path(__file__).with_name("policy_questions.jsonl")
POLICY = Path(__file__).parents[2] / "templates" / "policy.md"
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ours() -> None:
    policy = read_policy(POLICY.read_text(encoding="utf-8"), None)
    answered = [(row, find_excerpts(policy, row["question"])) for row in rows(OURS)]
    for name, chosen in (("first", lambda row: not row["held"]), ("last", lambda row: row["held"])):
        our_line(name, [pair for pair in answered if chosen(pair[0])])
    for language in sorted({row["lang"] for row, _ in answered}):
        our_line(language, [pair for pair in answered if pair[0]["lang"] == language])


def our_line(name: str, answered: list[tuple[Row, Answer]]) -> None:
    asked = [(row, found) for row, found in answered if row["anchors"]]
    foreign = [found for row, found in answered if not row["anchors"]]
    first = mean(rank(found, set(row["anchors"])) == 1 for row, found in asked)
    three = mean(0 < rank(found, set(row["anchors"])) <= 3 for row, found in asked)
    told = mean(found.answerable for _, found in asked)
    sure = mean(found.confidence >= 0.8 for _, found in asked)
    refused, sure_of = mean(not one.answerable for one in foreign), mean(one.confidence >= 0.8 for one in foreign)
    print(
        f"{name:10}{len(asked):4} asked: first {first:.3f}, among three {three:.3f}, answerable {told:.3f}",
        end=", ",
    )
    print(f"sure {sure:.3f}; {len(foreign):3} not answered: refused {refused:.3f}, sure {sure_of:.3f}")


def others(policies: Path, questions: Path) -> None:
    asked: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows(questions):
        asked[row["policy_id"]].append(row)
    everything: list[int] = []
    spent = 0.0
    for row in rows(policies):
        policy = Policy("", tuple(statements(row["segments"])), "", None, "")
        find_excerpts(policy, "")
        started = perf_counter()
        found = [rank(find_excerpts(policy, one["question"]), wanted(one)) for one in asked[row["policy_id"]]]
        spent += perf_counter() - started
        their_line(row["policy_id"], found)
        everything += found
    their_line("all", everything)
    print(f"{1000 * spent / max(1, len(everything)):.1f} ms a question, the reading of each policy included")


def statements(segments: Iterable[str]) -> list[Statement]:
    return [Statement(str(number), "", text) for number, text in enumerate(segments)]


def wanted(row: Row) -> set[str]:
    return {str(number) for number in row["relevant"]}


def their_line(name: str, ranks: list[int]) -> None:
    print(f"{name:24}{len(ranks):5} asked: MRR@10 {mean(1 / one if one else 0.0 for one in ranks):.3f}", end=", ")
    print(f"among five {mean(0 < one <= 5 for one in ranks):.3f}")


def rank(found: Answer, right: set[str]) -> int:
    """The place of the first right excerpt, from 1; 0 where there is none."""
    return next((at for at, one in enumerate(found.excerpts, 1) if one.anchor in right), 0)


def mean(values: Iterable[float]) -> float:
    told = list(values)
    return sum(told) / len(told) if told else 0.0


if __name__ == "__main__":
    ours() if len(sys.argv) < 3 else others(Path(sys.argv[1]), Path(sys.argv[2]))
