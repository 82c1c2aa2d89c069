"""`python -m tests.faults`: the fault matrix, or random kills under load, as a table; 1 if anything failed."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tests.faults.cases import CASES, POSTGRES, SQLITE
from tests.faults.load import loaded
from tests.faults.matrix import Line, matrix, row, servers, table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="how often each case is played")
    parser.add_argument("--only", action="append", help="a moment such as M6, or a part of a fault's name")
    parser.add_argument("--database", choices=(SQLITE, POSTGRES), help="one of the two; otherwise both")
    parser.add_argument("--load", type=int, metavar="MAILS", help="instead: so many mails at once")
    parser.add_argument("--kills", type=int, default=10, help="with --load: how often a desk is killed meanwhile")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the table as JSON, too")
    return parser.parse_args()


def _said(line: Line) -> None:
    print("  ".join(row(line)), *line.faults, sep="\n    ", file=sys.stderr, flush=True)


def main() -> int:
    options = _options()
    databases = (options.database,) if options.database else (SQLITE, POSTGRES)
    wanted = options.only or [""]
    cases = [each for each in CASES if any(w == each.moment or w in each.fault for w in wanted)]
    with servers() as around:
        if options.load:
            playing = loaded(around, databases, mails=options.load, kills=options.kills)
        else:
            playing = matrix(cases, around, runs=options.runs, databases=databases, told=_said)
        lines = asyncio.run(playing)
    print(table(lines))
    if options.json:
        options.json.write_text(json.dumps([each.as_json() for each in lines], indent=1) + "\n")
    return 0 if all(each.good for each in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
