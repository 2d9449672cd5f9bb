"""The charts as Vega-Lite specifications: data in, data out. Colours are the page's CSS variables.

Names appear as data only, never where Vega reads a field's name or an expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from swarmstore.analytics.report.wording import (
    bounds,
    duration,
    labels,
    number,
    path,
    percent,
    printable,
    shortened,
)
from swarmstore.contracts.report_findings import ActionCost, CurvePoint, PathRate, Rate, StrategyResult

Spec = dict[str, Any]

WIDTH = 360  # of every chart: as wide as a phone, so that letters keep their size there
STEPS = (0.2, 0.4, 0.6, 0.8)  # success rates at which the colour changes; the page's legend says so
_ROW = 40
_TEXT = 48  # columns that a label above its row has room for
_NAME = 18  # and one beside an axis


@dataclass(frozen=True, slots=True)
class Chart:
    """A specification with what it shows in words, for those who do not see it."""

    title: str
    description: str
    spec: Spec


def learning_curve(points: Sequence[CurvePoint]) -> Chart:
    """Success rates over a scenario's history."""
    rows = [
        {
            "session": (point.first + point.last) / 2,
            "last": point.last,
            "rate": point.rate.value,
            "low": point.rate.low,
            "high": point.rate.high,
            "rolling": point.rolling,
        }
        for point in points
    ]
    x = {
        "field": "session",
        "type": "quantitative",
        "title": "session, oldest first",
        "scale": {"nice": False, "zero": False},
        "axis": {"tickMinStep": 1, "format": ",d", "tickCount": 5},
    }
    y = _rate_axis("rate", title="episodes that succeeded")
    layers = [
        {
            "mark": {"type": "area", "color": "var(--accent)", "opacity": 0.18},
            "encoding": {"x": x, "y": _rate_axis("low"), "y2": {"field": "high"}},
        },
        {
            "mark": {
                "type": "line",
                "color": "var(--accent)",
                "strokeWidth": 2,
                "point": {"color": "var(--accent)", "size": 28},
            },
            "encoding": {"x": x, "y": y},
        },
    ]
    if any(point.rolling is not None for point in points):
        rolling = {
            "mark": {"type": "line", "color": "var(--second)", "strokeWidth": 2, "strokeDash": [5, 3]},
            "encoding": {"x": {**x, "field": "last"}, "y": _rate_axis("rolling")},
        }
        layers.append(rolling)
    known = [point for point in points if point.rate.value is not None]
    said = "No session has an episode yet."
    if known:
        first, last = known[0], known[-1]
        said = (
            f"Success rate over {points[-1].last:,} sessions: {percent(first.rate.value)} in "
            f"{_stretch(first)}, {percent(last.rate.value)} in {_stretch(last)}."
        )
    return Chart("Learning curve", said, _chart(rows, layers, 200))


def transition_map(actions: Sequence[str], transitions: Sequence[PathRate]) -> Chart:
    """Which action (column) follows which (row): a circle's size is how often, its colour the success."""
    named = labels(actions, _NAME)
    order = list(named.values())
    rows = [
        {
            "from": named[transition.actions[0]],
            "to": named[transition.actions[1]],
            "times": transition.rate.trials,
            "rate": transition.rate.value,
        }
        for transition in transitions
        if transition.rate.value is not None
    ]
    axis = {"grid": True, "labelLimit": 0, "domain": False, "ticks": False}
    layer = {
        "mark": {"type": "circle", "opacity": 1},
        "encoding": {
            "x": {
                "field": "to",
                "type": "nominal",
                "title": None,
                "scale": {"domain": order},
                "axis": {**axis, "labelAngle": -50},
            },
            "y": {
                "field": "from",
                "type": "nominal",
                "title": None,
                "scale": {"domain": order},
                "axis": axis,
            },
            "size": {
                "field": "times",
                "type": "quantitative",
                "legend": None,
                "scale": {"range": [12, 300], "domainMin": 0},
            },
            "color": _rate_colour(),
        },
    }
    busiest = max(transitions, key=lambda transition: transition.rate.trials, default=None)
    said = f"{len(rows):,} transitions between {len(order)} actions."
    if busiest is not None:
        said += f" Most often {path(busiest.actions)}: {busiest.rate.trials:,} times, {_said(busiest.rate)}."
    # a reader's letters may be wider than those that labels are measured with
    room = {"left": 16, "top": 2, "right": 2, "bottom": 12}
    spec = {**_chart(rows, [layer], 26 * max(len(order), 2)), "padding": room}
    return Chart("Transition map", said, spec)


def paths(title: str, ranked: Sequence[PathRate]) -> Chart:
    """Runs of actions with how sure their success rates are."""
    said = f"{title}: " + "; ".join(f"{path(p.actions)} {_said(p.rate)}" for p in ranked[:3])
    return Chart(title, said, _intervals([(path(p.actions), p.rate) for p in ranked]))


def strategies(results: Sequence[StrategyResult]) -> Chart:
    """Selection strategies with how sure the success rates of their actions are."""
    said = "Success rate of actions: " + "; ".join(
        f"{printable(result.strategy)} {_said(result.rate)}" for result in results[:6]
    )
    return Chart(
        "Strategies", said, _intervals([(printable(result.strategy), result.rate) for result in results])
    )


def action_cost(costs: Sequence[ActionCost]) -> Chart:
    """What actions take: a bar as long as the mean duration, or as visits where none has one."""
    timed = any(cost.total_duration_ms for cost in costs)
    rows = [
        {
            "row": place,
            "label": shortened(printable(cost.action), 26),
            "note": f"{duration(cost.mean_duration_ms)} × {number(cost.visits)}"
            if timed
            else number(cost.visits),
            "bar": (cost.mean_duration_ms or 0) if timed else cost.visits,
            "rate": cost.rate.value,
        }
        for place, cost in enumerate(costs)
    ]
    x = {
        "field": "bar",
        "type": "quantitative",
        "title": "mean duration, ms" if timed else "visits",
        "axis": {"tickCount": 4, "format": "~s"},
    }
    layers = [
        {
            "mark": {"type": "bar", "height": 9, "yOffset": 9},
            "encoding": {"x": x, "y": _by_row(), "color": _rate_colour()},
        },
        _label_above("label"),
        {
            "mark": {"type": "text", "align": "right", "dy": -8, "color": "var(--soft)"},
            "encoding": {"x": {"value": "width"}, "y": _by_row(), "text": {"field": "note"}},
        },
    ]
    said = ("Mean duration × visits: " if timed else "Visits: ") + "; ".join(
        f"{printable(cost.action)} {row['note']}" for cost, row in zip(costs[:5], rows, strict=False)
    )
    return Chart("Action cost", said, _chart(rows, layers, _ROW * max(len(rows), 1)))


def _intervals(rated: Sequence[tuple[str, Rate]]) -> Spec:
    rows = [
        {
            "row": place,
            "label": shortened(label, _TEXT),
            "rate": rate.value,
            "low": rate.low,
            "high": rate.high,
        }
        for place, (label, rate) in enumerate(rated)
    ]
    layers = [
        {
            "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.45, "yOffset": 9, "strokeCap": "round"},
            "encoding": {
                "x": _rate_axis("low", title="success rate, 95 % interval"),
                "x2": {"field": "high"},
                "y": _by_row(),
                "color": _rate_colour(),
            },
        },
        {
            "mark": {"type": "circle", "size": 90, "opacity": 1, "yOffset": 9},
            "encoding": {"x": _rate_axis("rate"), "y": _by_row(), "color": _rate_colour()},
        },
        _label_above("label"),
    ]
    return _chart(rows, layers, _ROW * max(len(rows), 1))


def _label_above(field: str) -> Spec:
    return {
        "mark": {"type": "text", "align": "left", "dy": -8, "color": "var(--ink)", "limit": WIDTH},
        "encoding": {"x": {"value": 0}, "y": _by_row(), "text": {"field": field}},
    }


def _by_row() -> Spec:
    return {"field": "row", "type": "ordinal", "axis": None}


def _rate_axis(field: str, title: str | None = None) -> Spec:
    """A success rate along an axis. Only one layer gives the title: Vega-Lite joins several."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 5, "title": title},
    }


def _rate_colour() -> Spec:
    colours = [f"var(--rate-{step})" for step in range(1, len(STEPS) + 2)]
    return {
        "field": "rate",
        "type": "quantitative",
        "legend": None,
        "scale": {"type": "threshold", "domain": list(STEPS), "range": colours},
    }


def _chart(rows: Sequence[Mapping[str, Any]], layers: Sequence[Spec], height: int) -> Spec:
    return {
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
        "background": None,
        "data": {"values": list(rows)},
        "layer": list(layers),
        "config": {
            "font": "system-ui, sans-serif",
            "aria": False,  # the figure says it in words, and a table has the numbers
            "view": {"stroke": None},
            "text": {"fontSize": 11.5},
            "axis": {
                "labelFontSize": 11.5,
                "titleFontSize": 11.5,
                "titleFontWeight": "normal",
                "labelColor": "var(--ink)",
                "titleColor": "var(--soft)",
                "gridColor": "var(--line)",
                "domainColor": "var(--line)",
                "tickColor": "var(--line)",
            },
        },
    }


def _stretch(point: CurvePoint) -> str:
    same = point.first == point.last
    return f"session {point.last:,}" if same else f"sessions {point.first:,} to {point.last:,}"


def _said(rate: Rate) -> str:
    return f"{percent(rate.value)} ({bounds(rate)})"


def legend() -> list[tuple[str, str]]:
    """The classes of `_rate_colour` for the page: CSS variable and words."""
    edges = (0.0, *STEPS, 1.0)
    return [
        (f"--rate-{step}", f"{100 * low:.0f}–{100 * high:.0f} %")
        for step, (low, high) in enumerate(pairwise(edges), start=1)
    ]
