"""How results look on stdout: aligned columns that cut nothing and can be read by other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import typer


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under their headers (bold on a terminal), or the line `empty` when there are none."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not cells:
        typer.echo(empty)
        return
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    heading = _aligned([header.upper() for header in headers], widths)
    typer.echo(typer.style(heading, bold=True) if sys.stdout.isatty() else heading)
    for row in cells:
        typer.echo(_aligned(row, widths))


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line; a value of None is left out."""
    kept = [(name, value) for name, value in pairs if value is not None]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        typer.echo(f"{name:<{width}}  {value}")


def when(milliseconds: int | None) -> str:
    """A point in time as ISO 8601 in UTC, or a dash."""
    from mediakiln.database.ids import iso

    return "-" if milliseconds is None else iso(milliseconds)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
