"""`python -m tests.bench`: speed, latency, memory and cost against size, beside the floor, in one run."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.floor import floor
from tests.bench.plot import page
from tests.bench.processes import load
from tests.bench.sizes import SIZES, sizes
from tests.bench.whole_way import MAILS, RUNS, servers, whole_way
from tests.servers.dovecot import missing_dovecot
from tests.servers.postgres import missing_postgres

PARTS = ("floor", "whole_way", "sizes")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--json", type=Path, help="write the figures as JSON")
    parser.add_argument("--html", type=Path, help="draw cost against size")
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    options = parser.parse_args()
    if missing := missing_dovecot():
        print(missing, file=sys.stderr)
        return 2
    if missing := missing_postgres():
        print(f"without PostgreSQL: {missing}", file=sys.stderr)
    figures = asyncio.run(_figures(options))
    print("\n".join(_lines(figures, options)))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    if options.html and "sizes" in figures:
        options.html.write_text(page(figures["sizes"]))
    return 0


async def _figures(options: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"load_before": round(load(), 2)}
    wanted = set(options.only)
    if wanted & {"floor", "whole_way"}:
        postgres = missing_postgres() is None and "whole_way" in wanted
        with servers(postgres=postgres) as (dovecot, cluster), tempfile.TemporaryDirectory() as name:
            if "floor" in wanted:
                found["floor"] = await floor(dovecot, Path(name), options.mails)
            if "whole_way" in wanted:
                found["whole_way"] = await whole_way(dovecot, cluster, runs=options.runs, mails=options.mails)
    if "sizes" in wanted:
        found["sizes"] = await sizes(tuple(options.sizes))
    return found


def _lines(figures: dict[str, Any], options: argparse.Namespace) -> list[str]:
    lines = [f"{options.mails} mails, {options.runs} runs; {figures['load_before']} processes wanted a processor"]
    if "floor" in figures:
        lines += ["", "floor, mails a second"]
        lines += [f"  {name:22}{value:>10,.2f}" for name, value in figures["floor"].items()]
    if "whole_way" in figures:
        lines += ["", f"{'whole way':24}{'mails/s (least-most)':>24}{'CPU ms':>8}{'rest MB':>9}{'peak MB':>9}"]
        lines[-1] += f"{'start s':>9}{'answer s, p95':>16}{'card s, p95':>16}{'load':>6}"
        lines += [_row(name, each) for name, each in figures["whole_way"].items()]
        first, *rest = figures["whole_way"].items()
        lines += [
            f"  {name} / {first[0]}: {_rate(each) / _rate(first[1]):.2f} times as many mails"
            for name, each in rest
        ]
    if "sizes" in figures:
        lines += _by_size(figures["sizes"])
    return lines


def _rate(each: dict[str, Any]) -> float:
    return float(each["mails_per_second"]["median"])


def _row(name: str, each: dict[str, Any]) -> str:
    rate, middle = each["mails_per_second"], {key: each[key]["median"] for key in each}
    spread = f"{rate['median']:.1f} ({rate['least']:.1f}-{rate['most']:.1f})"
    return (
        f"{name:24}{spread:>24}{middle['cpu_ms']:>8.1f}{middle['rest_mb']:>9.0f}{middle['peak_mb']:>9.0f}"
        f"{middle['start_seconds']:>9.2f}{_latency(each['acknowledged']):>16}{_latency(each['carded']):>16}"
        f"{middle['load']:>6.1f}"
    )


def _latency(each: dict[str, float]) -> str:
    return f"{each['median']:.2f}, {each['p95']:.2f}"


def _by_size(found: dict[str, Any]) -> list[str]:
    counts = [name for name in found if name.isdigit()]
    lines = [
        "",
        f"{'milliseconds by tickets':24}" + "".join(f"{int(each):>12,}" for each in counts) + "   last/first",
    ]
    for what in found[counts[0]]:
        values = [found[each][what] for each in counts]
        ratio = values[-1] / values[0] if values[0] else 0.0
        lines.append(f"{what:24}" + "".join(f"{each:>12.2f}" for each in values) + f"{ratio:>13.2f}")
    return [*lines, "", f"bytes a ticket beyond its mail: {found['bytes_a_ticket']:,}"]


if __name__ == "__main__":
    sys.exit(main())
