"""The charts as Vega-Lite specifications: data in, data out. Colours are the page's CSS variables.

Names appear as data only, never where Vega reads a field's name or an expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from swarmstore.analytics.report import wording
from swarmstore.contracts.report_findings import ActionCost, CurvePoint, PathRate, Rate, StrategyResult

Spec = dict[str, object]

WIDTH = 360  # of every chart: as wide as a phone, so that letters keep their size there
STEPS = (0.2, 0.4, 0.6, 0.8)  # success rates at which the colour changes; the page's legend says so
_ROW = 40
_TEXT = 48  # columns that a label above its row has room for
_NAME = 18  # and one beside an axis
_BY_ROW: Spec = {"field": "row", "type": "ordinal", "axis": None}


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
            "rolling": point.rolling,
            **_rated(point.rate),
        }
        for point in points
    ]
    x: Spec = {
        "title": "session, oldest first",
        "scale": {"nice": False, "zero": False},
        "axis": {"tickMinStep": 1, "format": ",d", "tickCount": 5},
    }
    session = _quantity("session", **x)
    rate = _rate_axis("rate", title="episodes that succeeded")
    band = _mark("area", color="var(--accent)", opacity=0.18)
    dots = {"color": "var(--accent)", "size": 28}
    line = _mark("line", color="var(--accent)", strokeWidth=2, point=dots)
    layers = [
        _layer(band, x=session, y=_rate_axis("low"), y2={"field": "high"}),
        _layer(line, x=session, y=rate),
    ]
    if any(point.rolling is not None for point in points):
        dashes = _mark("line", color="var(--second)", strokeWidth=2, strokeDash=[5, 3])
        layers.append(_layer(dashes, x=_quantity("last", **x), y=_rate_axis("rolling")))
    known = [point for point in points if point.rate.value is not None]
    said = "No session has an episode yet."
    if known:
        first, last = known[0], known[-1]
        said = (
            f"Success rate over {points[-1].last:,} sessions: {wording.percent(first.rate.value)} in "
            f"{_stretch(first)}, {wording.percent(last.rate.value)} in {_stretch(last)}."
        )
    return Chart("Learning curve", said, _chart(rows, layers, 200))


def transition_map(actions: Sequence[str], transitions: Sequence[PathRate]) -> Chart:
    """Which action (column) follows which (row): a circle's size is how often, its colour the success."""
    named = wording.labels(actions, _NAME)
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

    def by_action(field: str, **axis: object) -> Spec:
        return {
            "field": field,
            "type": "nominal",
            "title": None,
            "scale": {"domain": list(named.values())},
            "axis": {"grid": True, "labelLimit": 0, "domain": False, "ticks": False, **axis},
        }

    layer = _layer(
        _mark("circle", opacity=1),
        x=by_action("to", labelAngle=-50),
        y=by_action("from"),
        size=_quantity("times", legend=None, scale={"range": [12, 300], "domainMin": 0}),
        color=_rate_colour(),
    )
    busiest = max(transitions, key=lambda transition: transition.rate.trials)
    said = (
        f"{len(rows):,} transitions between {len(named)} actions. "
        f"Most often {wording.path(busiest.actions)}: {busiest.rate.trials:,} times, {_said(busiest.rate)}."
    )
    # a reader's letters may be wider than those that labels are measured with
    room = {"left": 16, "top": 2, "right": 2, "bottom": 12}
    spec = {**_chart(rows, [layer], 26 * max(len(named), 2)), "padding": room}
    return Chart("Transition map", said, spec)


def paths(title: str, ranked: Sequence[PathRate]) -> Chart:
    """Runs of actions with how sure their success rates are."""
    rated = [(wording.path(run.actions), run.rate) for run in ranked]
    return _intervals(title, title, rated, said=3)


def strategies(results: Sequence[StrategyResult]) -> Chart:
    """Selection strategies with how sure the success rates of their actions are."""
    rated = [(wording.printable(result.strategy), result.rate) for result in results]
    return _intervals("Strategies", "Success rate of actions", rated, said=6)


def action_cost(costs: Sequence[ActionCost]) -> Chart:
    """What actions take: a bar as long as the mean duration, or as visits where none has one."""
    timed = any(cost.total_duration_ms for cost in costs)
    rows = [
        {
            "row": place,
            "label": wording.shortened(wording.printable(cost.action), 26),
            "note": f"{wording.duration(cost.mean_duration_ms)} × {wording.number(cost.visits)}"
            if timed
            else wording.number(cost.visits),
            "bar": (cost.mean_duration_ms or 0) if timed else cost.visits,
            "rate": cost.rate.value,
        }
        for place, cost in enumerate(costs)
    ]
    title = "mean duration, ms" if timed else "visits"
    bar = _quantity("bar", title=title, axis={"tickCount": 4, "format": "~s"})
    layers = [
        _layer(_mark("bar", height=9, yOffset=9), x=bar, y=_BY_ROW, color=_rate_colour()),
        _label_above("label", 0, align="left", color="var(--ink)", limit=WIDTH),
        _label_above("note", "width", align="right", color="var(--soft)"),
    ]
    said = ("Mean duration × visits: " if timed else "Visits: ") + "; ".join(
        f"{wording.printable(cost.action)} {row['note']}" for cost, row in zip(costs[:5], rows, strict=False)
    )
    return Chart("Action cost", said, _chart(rows, layers, _ROW * len(rows)))


def _intervals(title: str, what: str, rated: Sequence[tuple[str, Rate]], *, said: int) -> Chart:
    """said: how many of the rates are in the description."""
    rows = [
        {"row": place, "label": wording.shortened(label, _TEXT), **_rated(rate)}
        for place, (label, rate) in enumerate(rated)
    ]
    low = _rate_axis("low", title="success rate, 95 % interval")
    interval = _mark("rule", strokeWidth=5, opacity=0.45, yOffset=9, strokeCap="round")
    dot = _mark("circle", size=90, opacity=1, yOffset=9)
    layers = [
        _layer(interval, x=low, x2={"field": "high"}, y=_BY_ROW, color=_rate_colour()),
        _layer(dot, x=_rate_axis("rate"), y=_BY_ROW, color=_rate_colour()),
        _label_above("label", 0, align="left", color="var(--ink)", limit=WIDTH),
    ]
    described = "; ".join(f"{label} {_said(rate)}" for label, rate in rated[:said])
    return Chart(title, f"{what}: {described}", _chart(rows, layers, _ROW * len(rows)))


def _rated(rate: Rate) -> dict[str, float | None]:
    return {"rate": rate.value, "low": rate.low, "high": rate.high}


def _layer(mark: Spec, **channels: Spec) -> Spec:
    return {"mark": mark, "encoding": channels}


def _mark(kind: str, **look: object) -> Spec:
    return {"type": kind, **look}


def _label_above(field: str, x: int | str, **look: object) -> Spec:
    return _layer(_mark("text", dy=-8, **look), x={"value": x}, y=_BY_ROW, text={"field": field})


def _quantity(field: str, **more: object) -> Spec:
    return {"field": field, "type": "quantitative", **more}


def _rate_axis(field: str, title: str | None = None) -> Spec:
    """A success rate along an axis. Only one layer gives the title: Vega-Lite joins several."""
    axis = {"format": ".0%", "tickCount": 5, "title": title}
    return _quantity(field, scale={"domain": [0, 1]}, axis=axis)


def _rate_colour() -> Spec:
    colours = [f"var(--rate-{step})" for step in range(1, len(STEPS) + 2)]
    scale = {"type": "threshold", "domain": list(STEPS), "range": colours}
    return _quantity("rate", legend=None, scale=scale)


def _chart(rows: Sequence[Mapping[str, object]], layers: Sequence[Spec], height: int) -> Spec:
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
    return f"{wording.percent(rate.value)} ({wording.bounds(rate)})"


def legend() -> list[tuple[str, str]]:
    """The classes of `_rate_colour` for the page: CSS variable and words."""
    edges = (0.0, *STEPS, 1.0)
    return [
        (f"--rate-{step}", f"{100 * low:.0f}–{100 * high:.0f} %")
        for step, (low, high) in enumerate(pairwise(edges), start=1)
    ]
