"""Forgetting: which sessions are removed with what they added to totals, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from swarmstore.errors import BaselineError, ConfigurationError, SnapshotNotFoundError
from swarmstore.model.keys import SessionKey
from swarmstore.model.limits import check_short_text, check_text
from swarmstore.model.removed_sessions import REPEATABLE_DAYS
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_key, check_slice


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Which sessions to forget: those of an import, those with these ids, or a slice of history.

    `forgetting` makes and checks it.
    """

    slice: SessionSlice
    session_ids: Sequence[SessionId] | None = None
    origin: str | None = None

    @property
    def scenario(self) -> str | None:
        """The scenario that it is about, None for all of them."""
        return self.slice.scenario

    def may_be(self, session_id: SessionId) -> bool:
        """Whether a session of its scenario is wanted, as far as its id tells."""
        return self.session_ids is None or session_id in self.session_ids


def forgetting(
    chosen: SessionSlice, session_ids: Iterable[str] | None = None, origin: str | None = None
) -> Forgetting:
    """Check what is to be forgotten.

    Raises ConfigurationError unless exactly one way of choosing is used, InvalidValueError kinds.
    """
    scenario = chosen.scenario
    by_filter = chosen != SessionSlice(scenario)
    if [session_ids is not None, by_filter, origin is not None].count(True) != 1:
        raise ConfigurationError(
            "choose what to forget in one way only: by session ids; by phase, group_id, since and until; or "
            "by the origin of an import"
        )
    if origin is not None:
        if scenario is not None:
            raise ConfigurationError("an import is forgotten as a whole; leave the scenario out")
        return Forgetting(SessionSlice(), origin=check_short_text("origin", origin))
    if scenario is not None:
        check_text("scenario", scenario)
    if session_ids is None:
        return Forgetting(check_slice(chosen))
    if scenario is None:
        raise ConfigurationError("session ids belong to one scenario; name it")
    if isinstance(session_ids, str) or not isinstance(session_ids, Iterable):
        raise ConfigurationError(f"session_ids must be a list of ids, not {session_ids!r}")
    ids = list(dict.fromkeys(SessionId(each) for each in session_ids))
    for session_id in ids:
        check_key(SessionKey(scenario, session_id))
    return Forgetting(SessionSlice(scenario), session_ids=ids)


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What was forgotten, or with `dry_run` what would be.

    sessions: by scenario and id.
    uncounted: how many of these sessions did not count in a total themselves, because an import took
        the totals from files. The imported total stays as it is.
    totals: the totals that the sessions and the import were part of, without them; by scenario, None
        for the global total. A total of which nothing is left is None. One in which a count exceeds
        2^63 - 1 is left out.
    """

    sessions: tuple[SessionKey, ...] = ()
    totals: Mapping[str | None, LearningSnapshot | None] = field(default_factory=dict)
    uncounted: int = 0
    dry_run: bool = False


def refuse_baseline(sessions: Sequence[SessionKey]) -> None:
    """Refuse sessions that are in baselines. Raises BaselineError."""
    if sessions:
        first, others = sessions[0], len(sessions) - 1
        named = f"session {str(first.session_id)!r} of scenario {first.scenario!r}"
        raise in_baseline(f"{named} and {others:,} others" if others else named)


def in_baseline(what: str) -> BaselineError:
    """The error for what was removed before."""
    return BaselineError(
        f"{what} cannot be forgotten: deleted, pruned and replaced sessions are part of a total's baseline, "
        "from which nothing can be subtracted. Nothing was changed; leave it out, or save the total again"
    )


def in_foreign_total(key: SessionKey) -> BaselineError:
    """The error for a session in a total of which the parts are not known."""
    return BaselineError(
        f"session {str(key.session_id)!r} of scenario {key.scenario!r} cannot be forgotten: another "
        "program has written its totals, and nobody knows what this session added to them; nothing was "
        "changed"
    )


def not_found(key: SessionKey) -> SnapshotNotFoundError:
    """The error for an id of which nothing is known."""
    return SnapshotNotFoundError(
        f"session {str(key.session_id)!r} of scenario {key.scenario!r} cannot be forgotten: it is not in the "
        f"store, and was not removed in the last {REPEATABLE_DAYS} days; nothing was changed"
    )


def no_import(origin: str, known: Sequence[str]) -> SnapshotNotFoundError:
    """The error for an origin that nothing was imported from."""
    near = get_close_matches(origin, known, n=1)
    advice = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(map(repr, known))}"
    return SnapshotNotFoundError(f"nothing was imported from {origin!r}{advice if known else ''}")
