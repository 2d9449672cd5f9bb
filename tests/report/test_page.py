"""The page is one that a browser takes as it is meant, whatever names are in it."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import pytest

from swarmstore.analytics.report.page import render
from swarmstore.contracts.report_findings import Findings, Top
from tests.report.making import HOSTILE, NOW, SCRIPT, empty_scenario, findings, scenario_findings
from tests.report.reading import Element, read

TAGS = set(
    """
    html head meta link title style body header main section h1 h2 p dl div dt dd small table caption thead
    tbody tr th td bdi a figure figcaption svg desc g path line text ul li span details summary
    """.split()  # noqa: SIM905 - a list of so many words is one a line
)
CHARTS = 6


@pytest.fixture(scope="module")
def page() -> str:
    return render(findings(scenario_findings(SCRIPT), scenario_findings("plain", ("a", "b", "c")), of=9))


@pytest.fixture(scope="module")
def root(page: str) -> Element:
    return read(page)


def test_names_are_text_and_never_markup(root: Element) -> None:
    assert {element.tag for element in root.all()} <= TAGS
    attributes = {name for element in root.all() for name in element.attributes}
    assert not [name for name in attributes if name.startswith("on")]
    styles = {element.attributes["style"] for element in root.all() if "style" in element.attributes}
    assert all(re.fullmatch(r"(background|color): var\(--[a-z0-9-]+\)", style) for style in styles)
    headings = [heading.text() for heading in root.all("h2")]
    assert f"Scenario {SCRIPT}" in headings
    rows = {row.text().strip() for row in root.all("th")}
    assert "{{ 7 * 7 }}{% raw %}" in rows
    assert "\\x01\\x1b[31m\\u202egnp.exe" in rows
    assert '""' in rows


def test_nothing_comes_from_elsewhere_and_nothing_runs(root: Element, page: str) -> None:
    (policy,) = [m for m in root.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.attributes["content"].startswith("default-src 'none';")
    for element in root.all():
        for name in {"src", "href", "xlink:href", "action", "data"} & element.attributes.keys():
            assert element.attributes[name].startswith(("#", "data:,")), element
    assert "url(" not in page
    assert "@import" not in page


def test_every_chart_is_drawn_said_in_words_and_has_its_table(root: Element) -> None:
    figures = root.all("figure")
    assert len(figures) == 2 * CHARTS
    for figure in figures:
        (svg,) = figure.all("svg")
        assert svg.attributes["role"] == "img"
        (title,) = [
            e for e in svg.all("title") if e.attributes.get("id") == svg.attributes["aria-labelledby"]
        ]
        (desc,) = [e for e in svg.all("desc") if e.attributes.get("id") == svg.attributes["aria-describedby"]]
        assert title.text()
        assert len(desc.text()) > 10
        assert len(svg.all("path")) > 3
        assert figure.all("tbody")[0].all("tr")
        assert figure.all("caption")[0].text()


def test_ids_are_given_once_and_links_lead_to_them(root: Element) -> None:
    ids = Counter(element.attributes["id"] for element in root.all() if "id" in element.attributes)
    assert max(ids.values()) == 1
    for element in root.all():
        for name in ("aria-labelledby", "aria-describedby"):
            assert element.attributes.get(name, next(iter(ids))) in ids
    assert {link.attributes["href"].removeprefix("#") for link in root.all("a")} <= ids.keys()


def test_what_is_not_shown_is_counted(root: Element) -> None:
    said = [text.text() for text in root.all("p")]
    for what in ("actions", "paths", "strategies"):
        assert f"and 5 more {what}" in said
    assert "and 7 more scenarios" in said


def test_names_that_look_the_same_stay_apart(root: Element) -> None:
    twins = ("y" * 50 + "1" + "y" * 50, "y" * 50 + "2" + "y" * 50)
    drawn = read(render(findings(scenario_findings("twins", twins))))
    (chart,) = [svg for svg in drawn.all("svg") if svg.all("title")[0].text() == "Transition map"]
    labels = {text.text() for text in chart.all("text")}
    assert {"yyyyyyyyyyyy…yyyyy", "yyyyyyyyy…yyyy (2)"} <= labels, labels


def test_of_nothing_there_is_a_page() -> None:
    nothing = render(Findings(NOW, 0, 0, 10, Top([], 0), Top([], 0)))
    assert "Nothing is saved yet." in read(nothing).text()
    bare = read(render(findings(empty_scenario("bare"))))
    assert bare.all("figure") == []
    assert "Scenario bare" in [heading.text() for heading in bare.all("h2")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_stand_out(scheme: int) -> None:
    style = files("swarmstore.analytics.report").joinpath("style.css").read_text()
    blocks = re.findall(r":root \{([^}]*--rate-1[^}]*)\}", style)
    colours = dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6})", blocks[scheme]))
    least = {"--ink": 7.0, "--soft": 4.5, "--accent": 4.5, "--second": 3.0}
    least |= {f"--rate-{step}": 3.0 for step in range(1, 6)}
    for ground in ("--page", "--card"):
        for name, ratio in least.items():
            lights = sorted((luminance(colours[ground]), luminance(colours[name])))
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= ratio, (ground, name)


def test_what_a_colour_means_is_on_paper_too() -> None:
    """Browsers print no backgrounds unless a page insists, and white paper has no dark scheme."""
    style = files("swarmstore.analytics.report").joinpath("style.css").read_text()
    for selector in ("swatch", "key", "figure svg"):
        assert re.search(rf"{selector}\b[^{{}}]*\{{[^}}]*print-color-adjust: exact", style), selector
    assert re.findall(r"@media ([^{]*)\(prefers-color-scheme: dark\)", style) == ["screen and "]


def test_a_page_stays_small() -> None:
    names = tuple(f"{name[:40]}{at}" for at in range(2) for name in HOSTILE)[:12]
    page = render(findings(*[scenario_findings(str(number), names) for number in range(6)]))
    assert len(page.encode()) < 2_000_000
