"""Switches each defence off in a copy of the tree and prints the test that then fails.

``python -m tests.mutations [WORD …]`` takes those whose defence or attack numbers hold one of the words. Exit 1
where a defence can be switched off unnoticed, 2 where the tests fail before anything is switched off.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.mutations.defences import DEFENCES, Defence

ROOT = Path(__file__).parents[2]
COPIED = ("bot", "handlers", "templates", "tests", "pyproject.toml")
LONGEST = 300.0  # seconds for the tests of one
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".hypothesis", "*.db")
_FAILED, _PASSED = 1, 0  # pytest's exit codes; whatever else it says, it saw no test fail


def main(words: Sequence[str]) -> int:
    chosen = [each for each in DEFENCES if not words or any(word.lower() in each.title.lower() for word in words)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tree = _copy(ROOT, Path(folder))  # once, so that nobody's edits meanwhile matter
        if fault := _broken_before(tree, chosen):
            print(fault)
            return 2
        survivors = _told(tree, chosen)
    print(f"\n{len(chosen)} switched off, {survivors} unnoticed, {time.monotonic() - began:.0f} s")
    return 1 if survivors else 0


def _told(tree: Path, chosen: Sequence[Defence]) -> int:
    """Prints the table; how many were switched off unnoticed."""
    print("| defence | attacks | the test that fails without it |\n| --- | --- | --- |", flush=True)
    survivors = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        killers = pool.map(partial(_killer, tree), chosen)
        for defence, killer in zip(chosen, killers, strict=True):
            survivors += not killer
            numbers = ", ".join(defence.attacks)
            print(f"| {defence.name} | {numbers} | {killer or '**none**'} |", flush=True)
    return survivors


def _broken_before(tree: Path, chosen: Iterable[Defence]) -> str:
    """Why nothing can be learned: the tests fail as it is, or a defence is not there; empty where all is well."""
    try:
        for each in chosen:
            each.switched_off((tree / each.file).read_text("utf-8"))
    except ValueError as fault:
        return str(fault)
    ran = _tests(tree, sorted({test for each in chosen for test in each.tests}))
    return "" if ran.returncode == _PASSED else f"{ran.stdout}\nThese tests do not hold as they stand."


def _killer(whole: Path, defence: Defence) -> str:
    """The first test that fails without this defence; empty where none does."""
    with tempfile.TemporaryDirectory() as folder:
        tree = _copy(whole, Path(folder))
        place = tree / defence.file
        place.write_text(defence.switched_off(place.read_text("utf-8")), "utf-8")
        ran = _tests(tree, [*defence.tests, "-x"])
    failed = re.findall(r"(?m)^FAILED ([\w./:]+)", ran.stdout)
    return failed[0] if ran.returncode == _FAILED and failed else ""


def _copy(whole: Path, folder: Path) -> Path:
    for name in COPIED:
        source = whole / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_LEFT_OUT)
        else:
            shutil.copy(source, folder / name)
    return folder


def _tests(tree: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=no", *arguments]
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=LONGEST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
