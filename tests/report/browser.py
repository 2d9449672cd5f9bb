"""A Chromium without network, and what is wrong with a page in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

WIDTHS = (390, 1440)
SCHEMES = ("light", "dark")
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

# what a browser makes of each chart: painted shapes, their colours, how high its letters are
_CHARTS = """() => [...document.querySelectorAll("figure svg")].map(svg => {
    const marks = [...svg.querySelectorAll("[class*=role-mark] :is(path, text, line)")];
    const style = mark => getComputedStyle(mark);
    const box = svg.getBoundingClientRect();
    const size = mark => mark.getBoundingClientRect().width + mark.getBoundingClientRect().height;
    const letters = svg.querySelector("text");
    const figure = svg.closest("figure").getBoundingClientRect();
    const cut = text => {
        const place = text.getBoundingClientRect();
        return place.left < figure.left || place.right > figure.right || place.bottom > figure.bottom;
    };
    return {
        title: svg.querySelector("title").textContent,
        cut: [...svg.querySelectorAll("text")].filter(cut).map(text => text.textContent),
        width: box.width, height: box.height,
        marks: marks.filter(mark => size(mark) > 0).length,
        unpainted: marks.filter(mark => style(mark).fill == "none" && style(mark).stroke == "none").length,
        letters: letters ? parseFloat(style(letters).fontSize) * box.width / svg.viewBox.baseVal.width : 0,
    };
})"""


@dataclass
class View:
    """A page as a browser shows it: its charts, what it complained of, what it asked for."""

    name: str
    charts: list[dict[str, Any]]
    page_width: int
    ground: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Any]:
    """A running Chromium; skips the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = running.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def views_of(browser: Any, page: Path, screenshots: Path) -> Iterator[View]:
    """The page in every width and scheme, without a network; a picture of each is left in the folder."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
            )
            shown = context.new_page()
            view = View(f"{page.stem}-{width}-{scheme}", [], 0, "")
            _listen(shown, view)
            shown.goto(page.as_uri())
            view.charts = shown.evaluate(_CHARTS)
            view.page_width = shown.evaluate("document.documentElement.scrollWidth")
            view.ground = shown.evaluate("getComputedStyle(document.body).backgroundColor")
            shown.screenshot(path=screenshots / f"{view.name}.png", full_page=True)
            context.close()
            yield view


def _listen(shown: Any, view: View) -> None:
    shown.on("console", lambda message: view.complaints.append(message.text))
    shown.on("pageerror", lambda error: view.complaints.append(str(error)))
    shown.on("request", lambda request: view.requests.append(request.url))
