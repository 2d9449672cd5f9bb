"""A small swarm that learns: several processes, one store, better with every generation.

    python examples/swarm.py                                 # on a SQLite file of its own
    python examples/swarm.py postgresql://me@host/database   # after `swarmstore upgrade`

Services fail, and four agents, each a process, repair them. A repair is three commands in a row
after a look, out of six; which ones help after which is not known to anybody, and every seed
makes another world. Agents see only whether a command helped, and whether all three did.

Each agent loads what all have learned so far (its prior), repairs by it, and saves what it did.
Beside them works a swarm that does the same but never loads anything: the control.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import sqrt
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import mean, stdev

from swarmstore import Additive, LearningSnapshot, LearningStore

COMMANDS = ["Restart", "Rollback", "ClearCache", "ScaleUp", "RotateKeys", "FailOver"]
AGENTS, REPAIRS, STEPS = 4, 3, 3  # agents; repairs in a run; commands in a repair
ARMS = ("learning", "control")
T_95 = 2.10  # Student's t for 20 worlds, a little too wide for more


class World:
    """How likely a command helps after another one: two of six mostly do, the others rarely."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(f"world {seed}")
        self.helps = {
            before: dict.fromkeys(chance.sample(COMMANDS, 2), 0.95) for before in ["Look", *COMMANDS]
        }

    def helped(self, before: str, command: str, chance: random.Random) -> bool:
        """Whether a command helps this time."""
        return chance.random() < self.helps[before].get(command, 0.15)


def choose(prior: LearningSnapshot, before: str, chance: random.Random) -> str:
    """Thompson sampling: a guess at each command's rate from what is known of it, the best guess wins."""
    guesses = {
        known.action: chance.betavariate(1 + known.success_count, 1 + known.failure_count)
        for known in prior.next_actions(before, COMMANDS)
    }
    return max(COMMANDS, key=lambda command: guesses[command])


def load_prior(store: LearningStore, scenario: str, arm: str) -> LearningSnapshot:
    """What the swarm knows of a scenario; nothing at first, and nothing ever for the control."""
    nothing = LearningSnapshot.empty()
    return store.load_scenario(scenario, default=nothing) if arm == "learning" else nothing


def run(
    store: LearningStore, scenario: str, generation: int, world: World, prior: LearningSnapshot, seed: str
) -> None:
    """One run of an agent, recorded as a session: a few repairs, each an episode."""
    chance = random.Random(seed)
    with store.record(scenario, task="repair the service", group_id=f"generation {generation}") as session:
        for _ in range(REPAIRS):
            session.action("Look", True)
            before, helped = "Look", True
            for _ in range(STEPS):
                command = choose(prior, before, chance)
                helped = world.helped(before, command, chance)
                session.action(command, helped, duration_ms=chance.randint(50, 500))
                if not helped:
                    break  # it made things worse: this repair has failed
                before = command
            session.end_episode(helped)


def agent(number: int, url: str, seeds: int, generations: int, together: Barrier) -> None:
    """A process of the swarm. In each generation all load their priors before any of them saves.

    So a world goes the same way every time, whichever process is quicker.
    """
    with LearningStore.open(url, synchronous="normal") as store:  # quick; a power cut may take the last saves
        for generation in range(generations):
            work = [(seed, arm, scenario_of(seed, arm)) for seed in range(seeds) for arm in ARMS]
            priors = [load_prior(store, scenario, arm) for _, arm, scenario in work]
            together.wait()
            for (seed, _, scenario), prior in zip(work, priors, strict=True):
                run(store, scenario, generation, World(seed), prior, f"{seed} {generation} {number}")
            together.wait()


def scenario_of(seed: int, arm: str) -> str:
    """Each world and arm learns by itself."""
    return f"repair, world {seed}, {arm}"


def success_rate(store: LearningStore, seed: int, arm: str, generation: int) -> float:
    """Repairs that succeeded in one generation: one statement over its sessions, where they are."""
    merged = store.merge_sessions(scenario_of(seed, arm), Additive(), group_id=f"generation {generation}")
    episodes = merged.episode_transitions
    return episodes.success_episodes / (episodes.success_episodes + episodes.failure_episodes)


def interval(values: list[float]) -> tuple[float, float]:
    """The mean's 95 % confidence interval, seeds taken for independent."""
    half = T_95 * stdev(values) / sqrt(len(values))
    return mean(values) - half, mean(values) + half


def report(store: LearningStore, seeds: int, generations: int) -> bool:
    """Print success by generation, and both arms at the end; whether learning is better for sure."""
    rates = {
        arm: [
            [success_rate(store, seed, arm, generation) for seed in range(seeds)]
            for generation in range(generations)
        ]
        for arm in ARMS
    }
    print(f"{AGENTS} agents, {seeds} worlds, {REPAIRS} repairs in a run\n")
    print("generation   learning                                       control")
    for generation in range(generations):
        learned, untaught = (mean(rates[arm][generation]) for arm in ARMS)
        bar = "█" * round(30 * learned)
        print(f"{generation + 1:>10}   {bar:<30} {learned:>6.1%}        {untaught:>6.1%}")
    print()
    last = {arm: rates[arm][-1] for arm in ARMS}
    for arm, values in last.items():
        low, high = interval(values)
        print(f"{arm:<10} {mean(values):6.1%}   95 % interval {low:6.1%} … {high:.1%}")
    gains = [ours - theirs for ours, theirs in zip(*last.values(), strict=True)]
    low, high = interval(gains)
    print(f"{'difference':<10} {mean(gains):6.1%}   95 % interval {low:6.1%} … {high:.1%}")
    wins = low > 0
    print("\nLearning wins." if wins else "\nNot decided: try more worlds.")
    return wins


@contextmanager
def place(url: str | None) -> Iterator[str]:
    """The database that was named, else a new file that goes at the end."""
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'swarm.db'}"


def main() -> int:
    """Let both swarms work, and compare them; 0 when learning wins."""
    parser = argparse.ArgumentParser(description="A swarm that learns, against one that does not.")
    parser.add_argument("url", nargs="?", help="an empty database; by default a SQLite file of its own")
    parser.add_argument("--worlds", type=int, default=20, help="seeds, at least 20")
    parser.add_argument("--generations", type=int, default=12)
    given = parser.parse_args()
    if given.worlds < 20 or given.generations < 1:
        parser.error("20 worlds and 1 generation are the least")
    with place(given.url) as url, LearningStore.open(url) as store:
        if store.scenarios():
            parser.error("the database has something in it; name an empty one")
        processes = multiprocessing.get_context("spawn")
        together = processes.Barrier(
            AGENTS, timeout=300
        )  # an agent that fails must not stop the others for ever
        agents = [
            processes.Process(target=agent, args=(number, url, given.worlds, given.generations, together))
            for number in range(AGENTS)
        ]
        for process in agents:
            process.start()
        for process in agents:
            process.join()
        if any(process.exitcode for process in agents):
            return 2
        return 0 if report(store, given.worlds, given.generations) else 1


if __name__ == "__main__":
    sys.exit(main())
