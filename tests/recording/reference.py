"""Counting a session the slow and obvious way: all actions kept, neighbours cut out afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    LearningSnapshot,
    NgramStats,
    SelectionPerformance,
    SnapshotMetadata,
    StrategyStats,
    StrategySwitchEvent,
)


@dataclass(frozen=True)
class Action:
    """One action of a worker."""

    name: str
    success: bool
    worker: int | str = 0
    duration_ms: int = 0
    discoveries: int = 0
    kpi: float | None = None


@dataclass(frozen=True)
class End:
    """The end of an episode."""

    success: bool


@dataclass(frozen=True)
class Switch:
    """A change of strategy."""

    name: str


Step = Action | End | Switch


def reference(steps: list[Step], metadata: SnapshotMetadata) -> LearningSnapshot:
    """What a session of these steps holds; an episode left open has failed."""
    episodes = cut(steps)
    actions = [step for step in steps if isinstance(step, Action)]
    sequences = [
        (split(episode, worker), ended) for episode, ended in episodes for worker in workers(episode)
    ]
    return LearningSnapshot(
        metadata=replace(metadata, total_episodes=len(episodes), total_actions=len(actions)),
        episode_transitions=EpisodeTransitions(
            dict(Counter(names(run) for seq, ended in sequences if ended for run in runs(seq, 2))),
            dict(Counter(names(run) for seq, ended in sequences if not ended for run in runs(seq, 2))),
            sum(ended for _, ended in episodes),
            sum(not ended for _, ended in episodes),
        ),
        ngram_stats=NgramStats(ngrams(sequences, 3), ngrams(sequences, 4)),
        selection_performance=performance(steps, episodes),
        contextual_stats=contexts([run for seq, _ in sequences for run in runs(seq, 2)]),
        action_stats={
            name: stats([a for a in actions if a.name == name]) for name in {a.name for a in actions}
        },
    )


def cut(steps: list[Step]) -> list[tuple[list[Action], bool]]:
    """The episodes with their outcomes."""
    episodes, current = [], list[Action]()
    for step in steps:
        if isinstance(step, Action):
            current.append(step)
        elif isinstance(step, End):
            episodes.append((current, step.success))
            current = []
    return [*episodes, (current, False)] if current else episodes


def workers(actions: list[Action]) -> set[int | str]:
    return {action.worker for action in actions}


def split(actions: list[Action], worker: int | str) -> list[Action]:
    return [action for action in actions if action.worker == worker]


def runs(sequence: list[Action], length: int) -> list[list[Action]]:
    return [sequence[at : at + length] for at in range(len(sequence) - length + 1)]


def names(run: list[Action]) -> Any:  # a tuple as long as the run
    return tuple(action.name for action in run)


def ngrams(sequences: list[tuple[list[Action], bool]], length: int) -> dict[Any, tuple[int, int]]:
    found = [(names(run), ended) for sequence, ended in sequences for run in runs(sequence, length)]
    return {key: (found.count((key, True)), found.count((key, False))) for key, _ in found}


def contexts(pairs: list[list[Action]]) -> dict[Any, ActionStats]:
    found = [(names(pair), pair[-1].success) for pair in pairs]
    good, bad = ([key for key, success in found if success is wanted] for wanted in (True, False))
    return {
        key: ActionStats(good.count(key) + bad.count(key), good.count(key), bad.count(key))
        for key, _ in found
    }


def stats(actions: list[Action]) -> ActionStats:
    kpis = [action.kpi for action in actions if action.kpi is not None]
    return ActionStats(
        len(actions),
        sum(action.success for action in actions),
        sum(not action.success for action in actions),
        sum(action.discoveries for action in actions if action.success),
        sum(action.duration_ms for action in actions),
        sum(kpis, 0.0),
        len(kpis),
    )


def share(actions: list[Action]) -> float:
    return sum(action.success for action in actions) / len(actions) if actions else 0.5


def performance(steps: list[Step], episodes: list[tuple[list[Action], bool]]) -> SelectionPerformance:
    made = SelectionPerformance()
    if len(episodes) > sum(isinstance(step, End) for step in steps):
        steps = [*steps, End(False)]  # the episode that was left open
    for at, step in enumerate(steps):
        if not isinstance(step, Switch):
            continue
        before = [earlier for earlier in steps[:at] if isinstance(earlier, Action)]
        if made.current_strategy not in {None, step.name}:
            former = made.current_strategy or ""
            made.switch_history.append(
                StrategySwitchEvent(
                    former, step.name, len(before), share(before), share(under(steps[:at], former)[0])
                )
            )
        made.current_strategy = step.name
        made.strategy_start_visits, made.strategy_start_success_rate = len(before), share(before)
    for name in {step.name for step in steps if isinstance(step, Switch)}:
        actions, ends = under(steps, name)
        good, ended = sum(action.success for action in actions), sum(end.success for end in ends)
        used = sum(step == Switch(name) for step in steps)
        made.strategy_stats[name] = StrategyStats(
            len(actions), good, len(actions) - good, used, ended, len(ends) - ended
        )
    return made


def under(steps: list[Step], strategy: str) -> tuple[list[Action], list[End]]:
    """The actions and ends of episodes while a strategy was in use."""
    using: str | None = None
    actions, ends = list[Action](), list[End]()
    for step in steps:
        match step:
            case Switch(name):
                using = name
            case Action() if using == strategy:
                actions.append(step)
            case End() if using == strategy:
                ends.append(step)
    return actions, ends
