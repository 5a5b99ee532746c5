"""Reading the tables that were copied from seeds and wire files."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def table(file: str, first_column: str, after: str) -> list[list[str]]:
    """The rows of the first table after `after` whose head starts with `first_column`."""
    lines = iter((HERE / file).read_text(encoding="utf-8").partition(after)[2].splitlines())
    for line in lines:
        if line.startswith(f"| {first_column} |"):
            next(lines)
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def listed(cell: str) -> list[str]:
    """A cell's values: "-" is none."""
    return [] if cell == "-" else [part.strip() for part in cell.split(",")]
