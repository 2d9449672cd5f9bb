"""`swarmstore scenarios`: which there are."""

from __future__ import annotations

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import percent, print_answer, print_rows, say
from swarmstore.cli.printed import prints
from swarmstore.cli.times import moment

_OVERFLOW = "overflow"


@prints(lambda: list[swarmstore.ScenarioSummary])
def scenarios(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """List the scenarios with the size of their totals.

    "sessions" are those in the store; "runs" also counts what the total has from imports and from
    sessions that were removed.
    "overflow", or null with --json, means that a count in the total exceeds 2^63 - 1.

    Example: swarmstore scenarios
    """
    with existing_store(url, schema) as store:
        found = store.summaries()
    print_answer(found, _print, json=json, url=url)


def _print(found: list[swarmstore.ScenarioSummary]) -> None:
    if not found:
        say("the store is empty; save a session, or run `swarmstore import FOLDER`")
        return
    print_rows(
        ("scenario", "#sessions", "#runs", "#success", "#actions", "last session (UTC)"),
        ((one.scenario, one.sessions, *_of_total(one), _last(one.last_session)) for one in found),
        title="Scenarios",
    )


def _last(session_id: swarmstore.SessionId | None) -> str | None:
    """When the last session was, or its id where that stands for no time."""
    return session_id and (moment(session_id.timestamp) or str(session_id))


def _of_total(summary: swarmstore.ScenarioSummary) -> tuple[object, object, object]:
    """Runs, success and actions, or why there are none: a sum in the total passes what counts hold."""
    won, lost = summary.success_episodes, summary.failure_episodes
    if won is None or lost is None:
        return (_OVERFLOW, _OVERFLOW, _OVERFLOW)
    return summary.session_count, percent(won, won + lost), summary.total_actions
