"""A drawing of boxes and of what each points to, as SVG: to see it takes no script, no font and no network.

Boxes stand in levels, each beyond all that it points to. Arrows over several levels have a place of their
own in those between, so that they cross no box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise

_LETTER, _LINE, _PADDING = 7.9, 18, 10
_GAP, _WAY, _MARGIN = 14, 48, 12  # between boxes of a level; between levels; around all
_ROUNDS = 12
_STYLE = (
    "text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#1b1f24}"
    "rect{fill:#fff;stroke:#57606a}.ground{fill:#f6f8fa;stroke:none}"
    "path{fill:none;stroke:#57606a}.loose{stroke-dasharray:5 4}#end path{stroke-dasharray:none}"
)
_END = (
    '<marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8"/></marker>'
)


@dataclass(frozen=True, order=True)
class Arrow:
    """From a box to another one; a loose arrow is dashed."""

    start: str
    end: str
    loose: bool = False


@dataclass
class _Place:
    """A box, or without lines the place of an arrow that goes on. `along` grows with the level."""

    level: int
    lines: Sequence[str] = ()
    along: float = 0
    across: float = 0


def drawing(boxes: Mapping[str, Sequence[str]], arrows: Iterable[Arrow], *, down: bool = False) -> str:
    """Draw boxes with the lines in them: levels from left to right, or with `down` from the bottom up."""
    arrows = sorted(arrows)
    places, ways = _placed(boxes, arrows)
    rows = _ordered(places, ways.values())

    def size(place: _Place) -> tuple[float, float]:
        """Along and across."""
        if not place.lines:
            return 0, 2
        width, height = (
            max(map(len, place.lines)) * _LETTER + 2 * _PADDING,
            len(place.lines) * _LINE + _PADDING,
        )
        return (height, width) if down else (width, height)

    bands, begin = [], 0.0
    for row in rows:
        deep = max(size(places[name])[0] for name in row)
        bands.append((begin, begin + deep))
        for name in row:
            places[name].along = begin + deep / 2
        begin += deep + _WAY
    _spread(rows, places, ways.values(), {name: size(place)[1] for name, place in places.items()})
    length = begin - _WAY + 2 * _MARGIN
    breadth = max(one.across + size(one)[1] / 2 for one in places.values()) + _MARGIN

    def placed(along: float, across: float) -> tuple[float, float]:
        return (across, length - along - _MARGIN) if down else (along + _MARGIN, across)

    def point(along: float, across: float) -> str:
        return "{:.0f} {:.0f}".format(*placed(along, across))

    drawn = []
    for arrow, way in ways.items():
        steps = [places[name] for name in way]
        path = f"M{point(steps[0].along - size(steps[0])[0] / 2, steps[0].across)}"
        for one, other in pairwise(steps):
            start, end = bands[one.level][0], bands[other.level][1]
            middle = (start + end) / 2
            bends = [(middle, one.across), (middle, other.across), (end, other.across)]
            path += f"L{point(start, one.across)}C{','.join(point(*bend) for bend in bends)}"
        if (last := steps[-1].along + size(steps[-1])[0] / 2) != end:
            path += f"L{point(last, steps[-1].across)}"
        kind = ' class="loose"' if arrow.loose else ""
        drawn.append(f'<path{kind} marker-end="url(#end)" d="{path}"/>')
    for place in places.values():
        if place.lines:
            centre = placed(place.along, place.across)
            deep, wide = size(place)
            drawn.append(_box(place.lines, centre, (wide, deep) if down else (deep, wide)))
    width, height = (breadth, length) if down else (length, breadth)
    shown = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {shown}>'
    ground = '<rect class="ground" width="100%" height="100%" rx="6"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>{_END}{ground}", *drawn, "</svg>\n"])


def _box(lines: Sequence[str], centre: tuple[float, float], size: tuple[float, float]) -> str:
    """A box of this width and height."""
    left, top = centre[0] - size[0] / 2, centre[1] - size[1] / 2
    frame = f'<rect x="{left:.0f}" y="{top:.0f}" width="{size[0]:.0f}" height="{size[1]:.0f}" rx="4"/>'
    written = (
        f'<text x="{left + _PADDING:.0f}" y="{top + _LINE * (number + 1):.0f}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return frame + "".join(written)


def _placed(
    boxes: Mapping[str, Sequence[str]], arrows: Sequence[Arrow]
) -> tuple[dict[str, _Place], dict[Arrow, list[str]]]:
    """The boxes and places in between by name, and the names that each arrow goes along."""
    ends = defaultdict[str, list[str]](list)
    for arrow in arrows:
        ends[arrow.start].append(arrow.end)

    @cache
    def level(name: str) -> int:
        return 1 + max((level(end) for end in ends[name]), default=-1)

    places = {name: _Place(level(name), lines) for name, lines in sorted(boxes.items())}
    ways = {}
    for arrow in arrows:
        between = {f"{arrow} {each}": each for each in range(level(arrow.start) - 1, level(arrow.end), -1)}
        places |= {name: _Place(each) for name, each in between.items()}
        ways[arrow] = [arrow.start, *between, arrow.end]
    return places, ways


def _beside(ways: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """What each place is joined to by a step of an arrow."""
    beside = defaultdict[str, list[str]](list)
    for way in ways:
        for one, other in pairwise(way):
            beside[one].append(other)
            beside[other].append(one)
    return beside


def _ordered(places: Mapping[str, _Place], ways: Iterable[Sequence[str]]) -> list[list[str]]:
    """The names in each level, in an order with few crossings: each near the middle of its neighbours."""
    rows: list[list[str]] = [[] for _ in range(1 + max(place.level for place in places.values()))]
    for name in sorted(places):
        rows[places[name].level].append(name)
    beside = _beside(ways)
    for number in range(_ROUNDS):
        step = 1 if number % 2 == 0 else -1
        for row, before in zip(rows[::step][1:], rows[::step], strict=False):
            at = {name: (place + 0.5) / len(before) for place, name in enumerate(before)}
            own = {name: (place + 0.5) / len(row) for place, name in enumerate(row)}
            row.sort(
                key=lambda name: (_mean([at[one] for one in beside[name] if one in at], own[name]), name)
            )
    return rows


def _spread(
    rows: Sequence[Sequence[str]],
    places: Mapping[str, _Place],
    ways: Iterable[Sequence[str]],
    sizes: Mapping[str, float],
) -> None:
    """Give each place its middle across: near its neighbours', in its order, without touching the next."""
    beside = _beside(ways)
    for _ in range(_ROUNDS):
        for row in rows:
            end = float(_MARGIN)
            for name in row:
                wanted = _mean([places[one].across for one in beside[name]], 0)
                places[name].across = max(wanted, end + sizes[name] / 2)
                end = places[name].across + sizes[name] / 2 + _GAP
    least = min(place.across - sizes[name] / 2 for name, place in places.items())
    for place in places.values():
        place.across += _MARGIN - least


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
