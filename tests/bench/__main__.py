"""`python -m tests.bench [--json]`: the figures of the whole way, on SQLite and PostgreSQL."""

import argparse
import asyncio
import json
import sys

from tests.bench.whole_way import AT_REST, MAILS, RUNS, benchmark
from tests.servers.dovecot import missing_dovecot
from tests.servers.postgres import missing_postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    if missing := missing_dovecot():
        print(missing, file=sys.stderr)
        return 2
    if missing := missing_postgres():
        print(f"without PostgreSQL: {missing}", file=sys.stderr)
    figures = asyncio.run(benchmark(postgres=missing_postgres() is None, runs=options.runs, mails=options.mails))
    if options.json:
        print(json.dumps(figures))
        return 0
    print(f"{options.mails} mails at once, {AT_REST} one by one; medians of {options.runs} runs")
    print(f"{'':12}{'mails/s':>9}{'peak MB':>9}{'one at rest, s':>16}")
    for database, each in figures.items():
        print(
            f"{database:12}{each['mails_per_second']:>9.1f}{each['peak_mb']:>9.0f}{each['at_rest_seconds']:>16.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
