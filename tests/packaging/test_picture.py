"""The picture in the README is drawn from what `examples/swarm.py` prints, as its page shows it.

`SWARMSTORE_WRITE_DOCS=1 pytest tests/packaging/test_picture.py` draws it again.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "swarm.svg"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 640, 300, 60, 40, 50, 150
COLOURS = {"learning": "#0a7d5a", "control": "#8a5a00"}  # readable on white and on black


def printed() -> dict[str, list[float]]:
    """The success rates of both swarms in percent, a generation each."""
    shown = (ROOT / "examples" / "README.md").read_text()
    rows = re.findall(r"^ +\d+ +█* +([\d.]+)% +([\d.]+)%$", shown, re.MULTILINE)
    learning, control = zip(*rows, strict=True)
    return {"learning": [*map(float, learning)], "control": [*map(float, control)]}


def drawn(rates: dict[str, list[float]]) -> str:
    generations = len(rates["learning"])

    def x(generation: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (generation - 1) / (generations - 1), 1)

    def y(rate: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / 100, 1)

    def text(at_x: float, at_y: float, what: str, anchor: str, colour: str = "#767676") -> str:
        return f'<text x="{at_x}" y="{at_y}" text-anchor="{anchor}" fill="{colour}">{what}</text>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="13">',
        "<title>Repairs that succeed, by generation of agents</title>",
        text(LEFT, TOP - 18, "Repairs that succeed, by generation of agents", "start"),
    ]
    for rate in (0, 25, 50, 75, 100):
        parts.append(
            f'<line x1="{LEFT}" y1="{y(rate)}" x2="{WIDTH - RIGHT}" y2="{y(rate)}" stroke="#bbbbbb"/>'
        )
        parts.append(text(LEFT - 8, y(rate) + 4, f"{rate} %", "end"))
    parts += [
        text(x(generation), HEIGHT - BOTTOM + 20, str(generation), "middle")
        for generation in range(1, generations + 1)
    ]
    for (arm, values), label in zip(rates.items(), ("with swarmstore", "without a memory"), strict=True):
        points = " ".join(f"{x(number)},{y(rate)}" for number, rate in enumerate(values, 1))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[arm]}" stroke-width="3"/>')
        parts.append(text(x(generations) + 8, y(values[-1]) + 4, label, "start", COLOURS[arm]))
    return "\n".join([*parts, "</svg>\n"])


def test_the_picture_shows_what_the_example_prints() -> None:
    picture = drawn(printed())
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        PICTURE.write_text(picture)
    assert PICTURE.read_text() == picture
