"""Draws what commands cost against the size of the store, from the figures that `measure --save` wrote.

python -m tests.bench.plot tests/bench/figures.json examples/guide/speed.svg
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from msgspec import Struct

WIDTH, HEIGHT, GAP = 250, 260, 175  # of a panel, and the room for the names right of it
TOP, LEFT, BOTTOM = 64, 56, 60
COLOURS = ("#1b6ca8", "#c1440e", "#2e7d32", "#7b3fa0", "#b8860b", "#555555", "#00838f")
Figures = Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]]


class Curve(Struct, frozen=True):
    """A command: leads and what it costs there."""

    name: str
    points: Sequence[tuple[int, float]]


class Panel(Struct, frozen=True):
    """Curves over one axis of size; what is higher than `most` leaves the picture."""

    title: str
    unit: str
    most: float
    curves: Sequence[Curve]


def panels(figures: Figures) -> list[Panel]:
    """What is shown of the figures."""
    small = [_multiple(figures, name) for name in EVERYDAY]
    large = [_curve(figures, "whole", name, 0, 1.0) for name in WHOLE]
    peaks = [_curve(figures, table, name, 1, 1e6) for table, name in PEAKS]
    return [
        Panel("Everyday commands", "times a bare Typer program", 6, small),
        Panel("Looking at everything", "seconds of CPU", _round(large), large),
        Panel("Memory", "MB at most", _round(peaks), peaks),
    ]


EVERYDAY = (
    "lead show", "lead add", "event done", "lead assign, 100", "remind check", "stock insert", "stock look-up",
)  # fmt: skip
WHOLE = ("lead list --json", "report funnel", "report funnel --as-of", "verify", "rebuild", "import")
PEAKS = (
    ("everyday", "lead add"), ("whole", "lead list, plain"), ("whole", "report funnel"), ("whole", "verify"),
    ("whole", "rebuild"), ("whole", "import"),
)  # fmt: skip


def _multiple(figures: Figures, name: str) -> Curve:
    found = ((int(leads), tables["everyday"]) for leads, tables in figures.items())
    points = [(leads, table[name][0] / table["B0"][0]) for leads, table in found if name in table]
    return Curve(name, sorted(points))


def _curve(figures: Figures, table: str, name: str, which: int, unit: float) -> Curve:
    found = ((int(leads), tables.get(table, {})) for leads, tables in figures.items())
    return Curve(name, sorted((leads, costs[name][which] / unit) for leads, costs in found if name in costs))


def _round(curves: Sequence[Curve]) -> float:
    """A round number not below the highest point."""
    highest = max((value for curve in curves for _, value in curve.points), default=1.0)
    step = 10 ** (len(str(int(highest))) - 1)
    return float(-(-highest // step) * step)


def drawn(found: Sequence[Panel]) -> str:
    """The picture as SVG."""
    sizes = [leads for panel in found for curve in panel.curves for leads, _ in curve.points]
    width = LEFT + len(found) * (WIDTH + GAP)
    body = [piece for place, panel in enumerate(found) for piece in _panel(panel, place, max(sizes, default=1) or 1)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + BOTTOM}"'
    style = ' font-family="sans-serif" font-size="12" fill="#222">'
    paper = f'<rect width="{width}" height="{TOP + HEIGHT + BOTTOM}" fill="#ffffff"/>'
    return "\n".join([head + style, paper, *body, "</svg>\n"])


def _panel(panel: Panel, place: int, largest: int) -> Iterator[str]:
    left = LEFT + place * (WIDTH + GAP)
    yield f'<text x="{left}" y="{TOP - 36}" font-size="15" font-weight="bold">{escape(panel.title)}</text>'
    yield f'<text x="{left}" y="{TOP - 17}" fill="#666">{escape(panel.unit)}</text>'
    yield from _axes(panel, left, largest)
    names: list[tuple[float, str, str]] = []
    for colour, curve in zip(COLOURS, panel.curves, strict=False):
        if not curve.points:
            continue
        places = [(left + WIDTH * leads / largest, _height(value, panel.most)) for leads, value in curve.points]
        dashes = ' stroke-dasharray="5 4"' if curve.name.startswith("stock") else ""
        seen = _cut([*curve.points], panel.most)
        path = " ".join(
            f"{left + WIDTH * leads / largest:.1f},{_height(value, panel.most):.1f}" for leads, value in seen
        )
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in places if y >= TOP)
        last = curve.points[-1][1]
        names.append((max(places[-1][1], TOP), colour, f"{curve.name}: {_figure(last)}"))
    yield from _named(names, left + WIDTH + 10)


def _cut(points: list[tuple[int, float]], most: float) -> list[tuple[float, float]]:
    """The curve up to where it leaves the picture."""
    kept: list[tuple[float, float]] = []
    for leads, value in points:
        if value > most and kept:
            before, low = kept[-1]
            kept.append((before + (leads - before) * (most - low) / (value - low), most))
            break
        kept.append((leads, min(value, most)))
    return kept


def _axes(panel: Panel, left: int, largest: int) -> Iterator[str]:
    for part in range(5):
        y = _height(panel.most * part / 4, panel.most)
        yield f'<line x1="{left}" x2="{left + WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>'
        named = _figure(panel.most * part / 4)
        yield f'<text x="{left - 7}" y="{y + 4:.1f}" text-anchor="end" fill="#666">{named}</text>'
    for part in range(4):
        x = left + WIDTH * part / 3
        named = f"{round(largest * part / 3):,}"
        yield f'<text x="{x:.1f}" y="{TOP + HEIGHT + 20}" text-anchor="middle" fill="#666">{named}</text>'
    yield f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 42}" text-anchor="middle" fill="#666">leads</text>'


def _named(names: list[tuple[float, str, str]], x: int) -> Iterator[str]:
    """The names beside the ends of their curves, none over another."""
    below = TOP - 15.0
    ordered = sorted(names)
    room = TOP + HEIGHT - 15.0 * len(ordered)
    for place, (y, colour, name) in enumerate(ordered):
        below = max(below + 15, min(y, room + 15.0 * place + 15))
        yield f'<text x="{x}" y="{below + 4:.1f}" fill="{colour}">{escape(name)}</text>'


def _height(value: float, most: float) -> float:
    return TOP + HEIGHT * (1 - value / most)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 20 or value == int(value) else f"{value:.1f}"


def main() -> None:
    """FIGURES PICTURE"""
    figures, picture = sys.argv[1:3]
    known: Any = json.loads(Path(figures).read_text())
    Path(picture).write_text(drawn(panels(known)))


if __name__ == "__main__":
    main()
