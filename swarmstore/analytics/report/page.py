"""The page: findings in, one HTML file out."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from pathlib import Path

from swarmstore.analytics.report import charts, wording
from swarmstore.analytics.report.charts import Chart
from swarmstore.contracts.analytics import Analysis
from swarmstore.contracts.report_findings import Findings, ScenarioFindings
from swarmstore.disk import is_file, write_bytes
from swarmstore.extras import module_of
from swarmstore.model.limits import check_text

_LIBRARIES = ("jinja2", "vl_convert")
_OPENING = re.compile(r"<svg [^>]*(viewBox=\"[^\"]*\")[^>]*>")


def write_report(analysis: Analysis, path: Path, scenario: str | None) -> None:
    """Write a report to a file, as a whole or not at all; see `LearningStore.report`."""
    for library in _LIBRARIES:  # before the database is asked for anything
        module_of("report", library)
    is_file(path)
    if scenario is not None:
        check_text("scenario", scenario)
    write_bytes(path, render(analysis.findings(scenario)).encode())


def render(findings: Findings) -> str:
    """The report as HTML: charts as SVG, light and dark, without scripts or anything from elsewhere.

    Raises ExtraMissingError where `swarmstore[report]` is not installed.
    """
    jinja = module_of("report", "jinja2")
    markup = jinja.utils.markupsafe.Markup  # text that is escaped already
    environment = jinja.Environment(
        autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    for name in ("percent", "bounds", "number", "duration", "moment", "age", "path", "printable"):
        environment.filters[name] = getattr(wording, name)
    template = environment.from_string(_text("page.html.jinja"))
    html: str = template.render(
        findings=findings,
        style=markup(_text("style.css")),
        legend=charts.legend(),
        draw=lambda chart, name: markup(_draw(chart, name)),
        charts_of=charts_of,
    )
    return html


def charts_of(scenario: ScenarioFindings) -> dict[str, Chart]:
    """The charts of a scenario by the names that the page has for them; none without anything to draw."""
    drawn = {
        "curve": charts.learning_curve(scenario.curve) if scenario.curve else None,
        "map": charts.transition_map(scenario.actions.rows, scenario.transitions)
        if scenario.transitions
        else None,
        "best": charts.paths("Most successful paths", scenario.best.rows) if scenario.best.rows else None,
        "worst": charts.paths("Least successful paths", scenario.worst.rows) if scenario.worst.rows else None,
        "strategies": charts.strategies(scenario.strategies.rows) if scenario.strategies.rows else None,
        "cost": charts.action_cost(scenario.costs.rows) if scenario.costs.rows else None,
    }
    return {name: chart for name, chart in drawn.items() if chart is not None}


def _draw(chart: Chart, name: str) -> str:
    """The chart as an SVG element with title and description, whose ids begin with `name`."""
    converter = module_of("report", "vl_convert")
    drawn = converter.vegalite_to_svg(chart.spec)
    opening = _OPENING.match(drawn)
    if opening is None:
        raise ValueError("vl-convert made no SVG")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {opening[1]} '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(chart.description)}</desc>'
        f"{drawn[opening.end() :]}"
    )


def _text(name: str) -> str:
    return files("swarmstore.analytics.report").joinpath(name).read_text(encoding="utf-8")
