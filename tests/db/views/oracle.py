"""What each view has to answer, in plain Python, from what the store's own calls give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from swarmstore import (
    ActionStats,
    GlobalKey,
    LearningSnapshot,
    OfflineModel,
    ScenarioKey,
    SqlStorage,
    TotalPart,
)
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from tests.db.views.facts import (
    FACTS,
    Facts,
    Row,
    actions,
    counted,
    day,
    done,
    header,
    mean,
    ngrams,
    rate,
    share,
    time,
    transitions,
    wilson,
)


@dataclass(frozen=True)
class Contents:
    """All that a store answers: sessions by scenario and id, totals, models."""

    sessions: Mapping[tuple[str, str], LearningSnapshot]
    times: Mapping[tuple[str, str], int | None]
    totals: Mapping[str | None, LearningSnapshot]
    models: Mapping[str, OfflineModel]
    parts: Mapping[str | None, Sequence[TotalPart]]

    @classmethod
    def of(cls, storage: SqlStorage) -> Contents:
        """What a storage answers now."""
        sessions, times, models = {}, {}, {}
        totals: dict[str | None, LearningSnapshot | None] = {None: storage.load(GlobalKey())}
        for scenario in storage.scenarios():
            ids = storage.list_sessions(scenario)
            newest_first = storage.query_latest(scenario, len(ids))
            for session_id, snapshot in zip(ids, reversed(newest_first), strict=True):
                sessions[scenario, str(session_id)] = snapshot
                times[scenario, str(session_id)] = session_id.timestamp
            totals[scenario] = storage.load(ScenarioKey(scenario))
            if (model := storage.load_offline_model(scenario)) is not None:
                models[scenario] = model
        there = {scenario: total for scenario, total in totals.items() if total is not None}
        keys = {scenario: GlobalKey() if scenario is None else ScenarioKey(scenario) for scenario in there}
        parts = {scenario: storage.sources(key) for scenario, key in keys.items()}
        return cls(sessions, times, there, models, parts)


def of_sessions(contents: Contents, facts: Facts) -> Iterator[Row]:
    for (scenario, session_id), snapshot in contents.sessions.items():
        moment = time(contents.times[scenario, session_id])
        whose = {"scenario": scenario, "session_id": session_id, "session_time": moment}
        yield from (whose | row for row in facts(snapshot))


def of_totals(contents: Contents, facts: Facts) -> Iterator[Row]:
    for scenario, snapshot in contents.totals.items():
        whose = {"kind": "global" if scenario is None else "scenario", "scenario": scenario}
        yield from (whose | row for row in facts(snapshot))


def origins(contents: Contents) -> Iterator[Row]:
    """The parts of each total, which have to add up to it."""
    for scenario, parts in contents.parts.items():
        whose = {"kind": "global" if scenario is None else "scenario", "scenario": scenario}
        total = header(contents.totals[scenario])
        for name in SUMMED_COLUMNS:
            assert sum(getattr(part, name) for part in parts) == total[name]
        for part in parts:
            sums = {name: getattr(part, name) for name in SUMMED_COLUMNS}
            yield whose | {"part": str(part.kind), "origin": part.origin} | sums


def next_actions(snapshot: LearningSnapshot) -> Iterator[Row]:
    rows = list(transitions(snapshot))
    after: dict[str, float] = defaultdict(float)
    for row in rows:
        after[row["action"]] += float(row["success_count"] or 0) + float(row["failure_count"] or 0)
    for row in rows:
        seen = float(row["success_count"] or 0) + float(row["failure_count"] or 0)
        bounds = wilson(row["success_count"], row["failure_count"])
        yield row | {"probability": share(seen, after[row["action"]])} | bounds


def paths(snapshot: LearningSnapshot) -> Iterator[Row]:
    for length in (3, 4):
        rows = [
            row | wilson(row["success_count"], row["failure_count"])
            for row in ngrams(snapshot)
            if row["length"] == length and row["success_count"] + row["failure_count"]
        ]

        def rest(row: Row) -> tuple[Any, ...]:
            seen = float(row["success_count"]) + float(row["failure_count"])
            return (-seen, *[row[f"action_{place}"] for place in range(1, 4)], row["action_4"] or "")

        best = sorted(rows, key=lambda row: (-row["wilson_low"], *rest(row)))
        worst = sorted(rows, key=lambda row: (row["wilson_high"], *rest(row)))
        for place, row in enumerate(best, 1):
            row["best_place"] = place
        for place, row in enumerate(worst, 1):
            row["worst_place"] = place
        yield from rows


def curve(contents: Contents) -> Iterator[Row]:
    by_scenario = defaultdict(list)
    for scenario, session_id in sorted(contents.sessions):
        by_scenario[scenario].append(session_id)
    for scenario, ids in by_scenario.items():
        counts = [contents.sessions[scenario, session_id].episode_transitions for session_id in ids]
        for place, (session_id, own) in enumerate(zip(ids, counts, strict=True)):
            rolling, all_before = counts[max(0, place - 9) : place + 1], counts[: place + 1]
            yield {
                "scenario": scenario,
                "session_id": session_id,
                "session_time": time(contents.times[scenario, session_id]),
                "place": place + 1,
                "success_episodes": own.success_episodes,
                "failure_episodes": own.failure_episodes,
                "success_rate": rate(own.success_episodes, own.failure_episodes),
                "rolling_success_rate": rate(*_episodes(rolling)),
                "cumulative_success_rate": rate(*_episodes(all_before)),
            }


def _episodes(counts: Iterable[Any]) -> tuple[int, int]:
    listed = list(counts)
    return sum(one.success_episodes for one in listed), sum(one.failure_episodes for one in listed)


def _by_day(
    contents: Contents,
    key: tuple[str, ...],
    sums: tuple[str, ...],
    facts: Facts,
) -> Iterator[Row]:
    """Facts added up per scenario, day and key; a count that no session has stays missing."""
    added: dict[tuple[Any, ...], Row] = {}
    for (scenario, session_id), snapshot in contents.sessions.items():
        on = day(contents.times[scenario, session_id])
        for row in facts(snapshot):
            start = {"scenario": scenario, "day": on, "sessions": 0}
            names = {name: row[name] for name in key}
            into = added.setdefault((scenario, on, *names.values()), start | names | dict.fromkeys(sums))
            into["sessions"] += 1
            for name in sums:
                if row[name] is not None:
                    into[name] = (into[name] or 0) + row[name]
    yield from added.values()


def session_days(contents: Contents) -> Iterator[Row]:
    for row in _by_day(
        contents, (), ("success_episodes", "failure_episodes", "total_actions"), lambda s: [header(s)]
    ):
        yield row | {"success_rate": rate(row["success_episodes"], row["failure_episodes"])}


def transition_days(contents: Contents) -> Iterator[Row]:
    for row in _by_day(contents, ("action", "next_action"), ("success_count", "failure_count"), transitions):
        yield row | counted(row["success_count"], row["failure_count"])


def action_days(contents: Contents) -> Iterator[Row]:
    sums = ("visits", "successes", "failures", "discoveries", "total_duration_ms", "kpi_total", "kpi_count")
    for row in _by_day(contents, ("action",), sums, actions):
        yield row | done(ActionStats(*[row[name] for name in sums]))


def switch_counts(contents: Contents) -> Iterator[Row]:
    events = defaultdict(list)
    for (scenario, _), snapshot in contents.sessions.items():
        for event in snapshot.selection_performance.switch_history:
            events[scenario, event.from_, event.to].append(event)
    for (scenario, before, after), same in events.items():
        yield {
            "scenario": scenario,
            "from_strategy": before,
            "to_strategy": after,
            "switches": len(same),
            "mean_visits_at_switch": share(sum(event.visits_at_switch for event in same), len(same)),
            "mean_success_rate_at_switch": _mean_rate(event.success_rate_at_switch for event in same),
            "mean_from_strategy_success_rate": _mean_rate(event.from_strategy_success_rate for event in same),
        }


def _mean_rate(values: Iterable[float]) -> float | None:
    usable = [value for value in values if 0 <= value <= 1]
    return mean(sum(usable), len(usable))


def models(contents: Contents) -> Iterator[Row]:
    for scenario, model in contents.models.items():
        order = model.action_order
        lora = order.lora if order else None
        yield {
            "scenario": scenario,
            "version": model.version,
            "analyzed_sessions": model.analyzed_sessions,
            "updated_at": time(model.updated_at),
            "ucb1_c": model.parameters.ucb1_c,
            "learning_weight": model.parameters.learning_weight,
            "ngram_weight": model.parameters.ngram_weight,
            "maturity_threshold": model.strategy_config.maturity_threshold,
            "error_rate_threshold": model.strategy_config.error_rate_threshold,
            "initial_strategy": model.strategy_config.initial_strategy,
            "action_set_hash": order.action_set_hash if order else None,
            "order_source": order.source.value if order else None,
            "lora_id": lora.id if lora else None,
            "lora_scale": lora.scale if lora else None,
            "lora_name": lora.name if lora else None,
            "validated_accuracy": order.validated_accuracy if order else None,
        }


def model_paths(contents: Contents) -> Iterator[Row]:
    for scenario, model in contents.models.items():
        for rank, path in enumerate(model.recommended_paths):
            for step, action in enumerate(path.actions):
                yield {
                    "scenario": scenario,
                    "rank": rank,
                    "step": step,
                    "action": action,
                    "success_rate": path.success_rate,
                    "observations": path.observations,
                }


def model_action_orders(contents: Contents) -> Iterator[Row]:
    for scenario, model in contents.models.items():
        for part in ("discover", "not_discover"):
            for ordinal, action in enumerate(getattr(model.action_order, part, [])):
                yield {"scenario": scenario, "part": part, "ordinal": ordinal, "action": action}


ANSWERS: dict[str, Callable[[Contents], Iterable[Row]]] = {
    "saved_sessions": lambda contents: of_sessions(contents, lambda snapshot: [header(snapshot)]),
    "totals": lambda contents: of_totals(contents, lambda snapshot: [header(snapshot)]),
    **{kind.value: partial(of_sessions, facts=facts) for kind, facts in FACTS.items()},
    **{f"total_{kind.value}": partial(of_totals, facts=facts) for kind, facts in FACTS.items()},
    "total_origins": origins,
    "learning_curve": curve,
    "session_days": session_days,
    "transition_days": transition_days,
    "action_days": action_days,
    "next_actions": partial(of_totals, facts=next_actions),
    "paths": partial(of_totals, facts=paths),
    "strategy_switch_counts": switch_counts,
    "models": models,
    "model_paths": model_paths,
    "model_action_orders": model_action_orders,
}
