"""Findings made by hand: what a report may have to show, and names that try to break out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from swarmstore.contracts.report_findings import (
    ActionCost,
    CurvePoint,
    Findings,
    PathRate,
    Rate,
    ScenarioFindings,
    ScenarioLine,
    Span,
    StrategyResult,
    Top,
)

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
SCRIPT = "</script></svg></title><script>document.title='broken'</script><img src=x onerror=alert(1)>"
HOSTILE = (
    SCRIPT,
    '" onload="alert(1)',
    "' style='position:fixed",
    "{{ 7 * 7 }}{% raw %}",
    "datum.x[0].y\\.z",
    "&lt;b&amp;",
    "\x01\x1b[31m\u202egnp.exe",
    "",
    "日本語の長い名前のアクション" * 3,
    "x" * 3000,
    "CheckStatus",
)
NO_RATE = Rate(0, 0, None, None, None)


def rate(successes: int, trials: int) -> Rate:
    """A rate; its bounds are made up, the page does not count."""
    value = successes / trials
    return Rate(successes, trials, value, value * 0.9, value + (1 - value) * 0.1)


def scenario_findings(name: str, names: tuple[str, ...] = HOSTILE, more: int = 5) -> ScenarioFindings:
    """A scenario with a row for each name in each part, `more` rows behind what is shown."""
    pairs = [PathRate((a, b), rate(1 + at % 7, 9)) for at, a in enumerate(names) for b in names[at % 3 :: 3]]
    runs = [PathRate((a, "b", a, names[0]), rate(at % 5, 5)) for at, a in enumerate(names)]
    of = len(names) + more
    return ScenarioFindings(
        scenario=name,
        sessions=1000,
        episodes=rate(620, 1000),
        total_actions=12345,
        time=Span(NOW - timedelta(days=30), NOW - timedelta(hours=6), NOW - timedelta(hours=5)),
        curve=[CurvePoint(at * 20 + 1, at * 20 + 20, rate(at % 20, 20), at / 60) for at in range(50)],
        actions=Top(names, of),
        transitions=pairs,
        best=Top(runs, of),
        worst=Top(runs[::-1], of),
        strategies=Top([StrategyResult(s, 3, rate(2, 3), rate(1, 2)) for s in names], of),
        costs=Top(
            [ActionCost(a, rate(1, 3), 3, 90_000 * at, 30_000.0 * at, None) for at, a in enumerate(names)], of
        ),
    )


def _cost(action: str, seconds: int) -> ActionCost:
    return ActionCost(action, rate(1, 3), 3, 3000 * seconds, 1000.0 * seconds, None)


def findings(*scenarios: ScenarioFindings, of: int | None = None) -> Findings:
    """A report on these scenarios, of `of` altogether."""
    count = len(scenarios) if of is None else of
    lines = [ScenarioLine(s.scenario, s.sessions, s.episodes, s.total_actions, s.time) for s in scenarios]
    return Findings(NOW, 1000 * count, 4, 10, Top(lines, count), Top(scenarios, count))


def empty_scenario(name: str) -> ScenarioFindings:
    """A scenario of which nothing is known but the name."""
    none: Top[PathRate] = Top([], 0)
    return ScenarioFindings(
        name, 0, NO_RATE, 0, Span(), [], Top([], 0), [], none, none, Top([], 0), Top([], 0)
    )
