"""From single actions to a session's counts: the rules that recorder and ingest share."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from swarmstore.errors import InvalidValueError
from swarmstore.model import limits
from swarmstore.model.metadata import SnapshotMetadata
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, NgramStats, Runs, rate

Worker = int | str
_LENGTHS = tuple(NgramStats.LENGTHS.values())


class SessionCounter:
    """Counts one session, action by action. Work per action is constant; one thread at a time.

    Each worker's actions of one episode are a sequence, in the order in which they are counted,
    whatever other workers do in between; the end of an episode ends all sequences.

    - Transitions and n-grams are two, three and four neighbours of a sequence. They count as
      successful or failed as their whole episode ends, and so not before.
    - `contextual_stats` are by an action and the one before it in its sequence, `action_stats` by
      the action alone. Both go by the success of the action itself. As upstream, the former have
      visits, successes and failures only; a failed action discovers nothing; a KPI counts if given.
    - A strategy gets the actions and the episode ends that happen while it is in use. Its start
      figures are the session's visits and success rate at that moment, 0.5 without visits.
    - An episode is open from its first action on.
    """

    def __init__(self, check_name: Callable[[str], object] = lambda _: None) -> None:
        """`check_name` refuses names beyond those that no backend holds; asked once a name."""
        self._counted = LearningSnapshot(metadata=SnapshotMetadata(created_at=0))
        self._check_name = check_name
        self._known: set[str] = set()
        self._before: dict[Worker, deque[str]] = {}
        self._episode: Counter[tuple[str, ...]] = Counter()
        self.actions = 0
        self.episodes = 0
        self._successes = 0

    @property
    def is_episode_open(self) -> bool:
        """Whether there were actions since the last end of an episode."""
        return bool(self._before)

    def action(
        self,
        name: str,
        success: bool,
        *,
        worker: Worker = 0,
        duration_ms: int = 0,
        discoveries: int = 0,
        kpi: float | None = None,
    ) -> None:
        """Count one action. A value or a sum that no session may hold is refused before.

        Raises InvalidValueError kinds.
        """
        if type(name) is not str or name not in self._known:
            self._check_name(limits.check_text("action", name))
        limits.check_flag("success", success)
        if type(worker) not in {int, str}:
            raise InvalidValueError("worker", f"must be an int or a str, not {worker!r}")
        stats = self._counted.action_stats.get(name, ActionStats())
        discovered = stats.discoveries + limits.check_count("discoveries", discoveries) * success
        lasted = stats.total_duration_ms + limits.check_count("duration_ms", duration_ms)
        contributed = 0.0 if kpi is None else limits.check_double("kpi", kpi, limits.MAX_KPI)
        kpi_total = stats.kpi_total + contributed
        limits.check_count(f"discoveries of {name!r} together", discovered, limits.MAX_COUNT)
        limits.check_count(f"duration_ms of {name!r} together", lasted, limits.MAX_COUNT)
        limits.check_double(f"kpi of {name!r} together", kpi_total, limits.MAX_KPI)

        self._known.add(name)
        self._counted.action_stats[name] = stats
        stats.discoveries, stats.total_duration_ms, stats.kpi_total = discovered, lasted, kpi_total
        stats.kpi_count += kpi is not None
        _visit(stats, success)
        self._extend_sequence(worker, name, success)
        self._counted.selection_performance.record_action(success)
        self.actions += 1
        self._successes += success

    def end_episode(self, success: bool) -> None:
        """Count the episode's transitions and n-grams, and end all sequences. Raises InvalidValueError."""
        limits.check_flag("success", success)
        transitions = self._counted.episode_transitions
        ngrams = dict(zip(_LENGTHS, self._counted.ngram_stats.by_length(), strict=True))
        into = transitions.success_transitions if success else transitions.failure_transitions
        for names, count in self._episode.items():
            match names:
                case (first, second):
                    into[first, second] = into.get((first, second), 0) + count
                case _:
                    _add(ngrams[len(names)], names, success, count)
        transitions.success_episodes += success
        transitions.failure_episodes += not success
        self._counted.selection_performance.record_episode_end(success)
        self.episodes += 1
        self._episode.clear()
        self._before.clear()

    def start_strategy(self, name: str) -> None:
        """From now on actions and episode ends count for this strategy. Raises InvalidValueError kinds."""
        limits.check_short_text("strategy", name)
        self._counted.selection_performance.start_strategy(
            name, self.actions, rate(self._successes, self.actions)
        )

    def finish(self, metadata: SnapshotMetadata) -> LearningSnapshot:
        """What was counted, under this metadata; the counter is not used afterwards."""
        return self._counted.with_metadata(metadata)

    def _extend_sequence(self, worker: Worker, name: str, success: bool) -> None:
        before = self._before.setdefault(worker, deque(maxlen=max(_LENGTHS) - 1))
        names = (*before, name)
        for length in range(2, len(names) + 1):
            self._episode[names[-length:]] += 1
        if before:
            _visit(self._counted.contextual_stats.setdefault((before[-1], name), ActionStats()), success)
        before.append(name)


def _visit(stats: ActionStats, success: bool) -> None:
    stats.visits += 1
    stats.successes += success
    stats.failures += not success


def _add(counts: Runs, key: tuple[str, ...], success: bool, count: int) -> None:
    successes, failures = counts.get(key, (0, 0))
    counts[key] = (successes + count, failures) if success else (successes, failures + count)
