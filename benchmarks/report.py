"""Results as a table for people and as JSON for programs."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Line, Result

console = Console(highlight=False)


def show(result: Result) -> None:
    """Print what one case measured."""
    table = Table(title=result.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in ("", "median", "90 %", "99 %", "of the first"):
        table.add_column(column, justify="left" if not column else "right")
    first = next(iter(result.timings.values()), None)
    for name, timings in result.timings.items():
        times = [timings.median, timings.quantile(0.9), timings.quantile(0.99)]
        ratio = timings.median / first.median if first else 1
        table.add_row(f"  {name}", *[f"{1000 * time:.2f} ms" for time in times], f"{ratio:.2f}")
    console.print(table)
    for name, number in result.numbers.items():
        console.print(f"  {name}: {number:,.2f}")
    for line in result.lines:
        console.print(f"  {_said(line)}", style="green" if line.holds else "red")
    console.print()


def _said(line: Line) -> str:
    return f"{line.what}: {line.ratio:.2f} ({'at most' if line.at_most else 'at least'} {line.bound:g})"


def summarize(results: Sequence[Result]) -> int:
    """Print every line; how many do not hold."""
    failed = [line for result in results for line in result.lines if not line.holds]
    total = sum(len(result.lines) for result in results)
    console.print(f"{total - len(failed)} of {total} lines hold", style="bold")
    return len(failed)


def save(results: Sequence[Result], file: Path) -> None:
    """Write everything that was measured."""
    content: dict[str, Any] = {"machine": machine(), "results": [asdict(result) for result in results]}
    file.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1))


def machine() -> str:
    """What the figures were measured on."""
    name = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    import os

    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
