"""Hypothesis strategies for whatever a store may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from swarmstore.model.limits import MAX_COUNT
from swarmstore.model.metadata import LearningPhase, SnapshotMetadata
from swarmstore.model.offline_model import (
    ActionOrderSource,
    LearnedActionOrder,
    LoraConfig,
    OfflineModel,
    OptimalParameters,
    RecommendedPath,
    StrategyConfig,
)
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
names = st.one_of(
    st.sampled_from(
        ["", "a", "b", ":", "a:b", "日本", "ReadLogs", "\x01\n", "%s", "'", "x" * 3000, "語" * 3000]
    ),
    texts,
)
plain_names = st.sampled_from(["a", "b", "ReadLogs", "日本", "", "with space"])
short_names = st.one_of(st.sampled_from(["", "UCB1", "Greedy", "語" * 170]), texts)
doubles = st.floats(allow_nan=False, allow_infinity=False)
kpis = st.floats(min_value=-1e290, max_value=1e290)
hashes = st.one_of(st.sampled_from([0, 2**63 - 1, 2**63, 2**64 - 1]), st.integers(0, 2**64 - 1))


def counts(most: int = MAX_COUNT) -> st.SearchStrategy[int]:
    """Counts, with the ones at the edges."""
    return st.one_of(st.sampled_from([0, 1, most]), st.integers(0, most))


def action_stats(most: int = MAX_COUNT) -> st.SearchStrategy[ActionStats]:
    """Statistics of one action."""
    number = counts(most)
    return st.builds(ActionStats, number, number, number, number, number, kpis, number)


def snapshots(
    most: int = MAX_COUNT, actions: st.SearchStrategy[str] = names
) -> st.SearchStrategy[LearningSnapshot]:
    """Snapshots with everything in them, counts up to `most`."""
    number = counts(most)
    small: Callable[..., st.SearchStrategy[dict[_Key, _Value]]] = lambda keys, values: st.dictionaries(  # noqa: E731
        keys, values, max_size=4
    )
    pairs = st.tuples(actions, actions)
    both = st.tuples(number, number)
    return st.builds(
        LearningSnapshot,
        version=st.integers(0, 1),
        metadata=st.builds(
            SnapshotMetadata,
            scenario_name=st.none() | names,
            task_description=st.none() | texts,
            created_at=counts(),
            session_count=number,
            total_episodes=number,
            total_actions=number,
            phase=st.none() | st.sampled_from(LearningPhase),
            group_id=st.none() | short_names,
        ),
        episode_transitions=st.builds(
            EpisodeTransitions, small(pairs, number), small(pairs, number), number, number
        ),
        ngram_stats=st.builds(
            NgramStats,
            small(st.tuples(actions, actions, actions), both),
            small(st.tuples(actions, actions, actions, actions), both),
        ),
        selection_performance=st.builds(
            SelectionPerformance,
            strategy_stats=small(
                short_names, st.builds(StrategyStats, number, number, number, number, number, number)
            ),
            switch_history=st.lists(
                st.builds(StrategySwitchEvent, short_names, short_names, number, doubles, doubles), max_size=3
            ),
            current_strategy=st.none() | short_names,
            strategy_start_visits=number,
            strategy_start_success_rate=doubles,
        ),
        contextual_stats=small(pairs, action_stats(most)),
        action_stats=small(actions, action_stats(most)),
    )


def models() -> st.SearchStrategy[OfflineModel]:
    """Offline models, with and without an action order."""
    paths = st.builds(RecommendedPath, st.lists(names, max_size=5), doubles, counts())
    order = st.builds(
        LearnedActionOrder,
        discover=st.lists(names, max_size=3),
        not_discover=st.lists(names, max_size=3),
        action_set_hash=hashes,
        source=st.sampled_from(ActionOrderSource),
        lora=st.none() | st.builds(LoraConfig, counts(), doubles, st.none() | texts),
        validated_accuracy=st.none() | doubles,
    )
    return st.builds(
        OfflineModel,
        version=st.integers(0, 1),
        parameters=st.builds(OptimalParameters, doubles, doubles, doubles),
        recommended_paths=st.lists(paths, max_size=3),
        strategy_config=st.builds(StrategyConfig, counts(), doubles, short_names),
        analyzed_sessions=counts(),
        updated_at=counts(),
        action_order=st.none() | order,
    )
