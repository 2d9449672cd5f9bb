"""Charts drawn as SVG by Vega-Lite, here and now: the page that shows them runs no script."""

from __future__ import annotations

import re
from html import escape

from swarmstore.analytics.report.charts import Chart
from swarmstore.extras import module_of

_OPENING = re.compile(r"<svg [^>]*(viewBox=\"[^\"]*\")[^>]*>")


def draw(chart: Chart, name: str) -> str:
    """The chart as an SVG element with title and description, whose ids begin with `name`.

    Raises ExtraMissingError.
    """
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
