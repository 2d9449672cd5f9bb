"""All tables: names, the three families of snapshots, sources, offline models, the import ledger."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from swarmstore.db.dialects.column_types import Bytes, Count, ExactDouble, Flag, Name, Small

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NULL = True  # a column that may be NULL
Spec = tuple[str, Any, str] | tuple[str, Any, str, bool]


def table(name: str, comment: str, key: str, *parts: Any, by_key: bool = False, **options: Any) -> None:
    """A table of column specs and constraints, keyed by the columns named in `key`.

    `by_key`: on SQLite the key is the row.
    """
    if by_key:
        options["sqlite_with_rowid"] = False
    primary = sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{name}")
    items = [column(*part) if isinstance(part, tuple) else part for part in parts]
    op.create_table(name, *items, primary, comment=comment, sqlite_strict=True, **options)


def column(name: str, type_: Any, comment: str, nullable: bool = False) -> sa.Column[Any]:
    made = type_ is IDENTITY
    rest = [sa.Identity()] if made else []
    return sa.Column(name, type_, *rest, nullable=nullable, comment=comment, autoincrement=made)


def unique(table_name: str, *names: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*names, name=f"uq_{table_name}_{'_'.join(names)}")


def foreign(table_name: str, names: str, parent: str, keys: str, ondelete: str) -> sa.ForeignKeyConstraint:
    columns = names.split()
    referred = [f"{parent}.{key}" for key in keys.split()]
    return sa.ForeignKeyConstraint(
        columns, referred, name=f"fk_{table_name}_{'_'.join(columns)}", ondelete=ondelete
    )


def header() -> list[Spec]:
    return [
        ("version", Count, "Snapshot format version"),
        ("scenario_name", Name, "The snapshot's own scenario name", NULL),
        ("task_description", Name, "What the swarm was asked to do", NULL),
        ("created_at", Count, "Seconds since 1970, as the agent said"),
        ("session_count", Count, "Sessions in this snapshot"),
        ("total_episodes", Count, "Episodes in this snapshot"),
        ("total_actions", Count, "Actions in this snapshot"),
        ("phase", Name, "bootstrap, release or validate", NULL),
        ("group_id", Name, "The group of sessions it belongs to", NULL),
        ("success_episodes", Count, "Episodes that succeeded"),
        ("failure_episodes", Count, "Episodes that failed"),
        ("current_strategy", Name, "The selection strategy in use", NULL),
        ("strategy_start_visits", Count, "Visits when that strategy began"),
        ("strategy_start_success_rate", ExactDouble, "Success rate when that strategy began, 0 to 1"),
    ]


def counts(nullable: bool = False) -> list[Spec]:
    return [
        ("success_count", Count, "Times in successful episodes", nullable),
        ("failure_count", Count, "Times in failed episodes", nullable),
    ]


def action_stats() -> list[Spec]:
    return [
        ("visits", Count, "Times it was done"),
        ("successes", Count, "Times it succeeded"),
        ("failures", Count, "Times it failed"),
        ("discoveries", Count, "Things it found"),
        ("total_duration_ms", Count, "Milliseconds it took, all together"),
        ("kpi_total", ExactDouble, "Sum of its KPI contributions"),
        ("kpi_count", Count, "Times it had a KPI contribution"),
    ]


def strategy_stats() -> list[Spec]:
    return [
        ("visits", Count, "Actions chosen by it"),
        ("successes", Count, "Actions that succeeded"),
        ("failures", Count, "Actions that failed"),
        ("usage_count", Count, "Times it was started"),
        ("episodes_success", Count, "Episodes that succeeded under it"),
        ("episodes_failure", Count, "Episodes that failed under it"),
    ]


def switch() -> list[Spec]:
    return [
        ("from_strategy", Name, "The strategy before"),
        ("to_strategy", Name, "The strategy after"),
        ("visits_at_switch", Count, "Visits at that moment"),
        ("success_rate_at_switch", ExactDouble, "Success rate at that moment, 0 to 1"),
        ("from_strategy_success_rate", ExactDouble, "Success rate of the strategy before, 0 to 1"),
    ]


SEQUENCE = ("sequence_id", Count, "The actions: action_sequences.id")
STRATEGY = ("strategy", Name, "The strategy's name")
ORDINAL = ("ordinal", Count, "Its place in the history, from 0")
FACTS = (
    ("transitions", "Transitions of", SEQUENCE, lambda: counts(nullable=True)),
    ("ngrams", "Runs of three and four actions of", SEQUENCE, counts),
    ("contexts", "Actions after another one, of", SEQUENCE, action_stats),
    ("actions", "Actions of", SEQUENCE, action_stats),
    ("strategies", "Selection strategies of", STRATEGY, strategy_stats),
    ("strategy_switches", "Changes of strategy of", ORDINAL, switch),
)


def owned_facts(prefix: str, noun: str, owner: str, parent: str) -> None:
    """The six tables of facts that belong to rows of `parent`."""
    for kind, what, key, values in FACTS:
        table_name = f"{prefix}_{kind}"
        table(
            table_name,
            f"{what} {noun}",
            f"{owner} {key[0]} scenario_id",
            (owner, Count, f"{parent}.id"),
            key,
            ("scenario_id", Count, f"As in {parent}: all tables can be distributed by it"),
            *values(),
            foreign(table_name, owner, parent, "id", "CASCADE"),
            by_key=True,
        )


def folded_facts() -> None:
    """The six tables of facts of cached totals."""
    for kind, what, key, values in FACTS:
        table(
            f"folded_{kind}",
            f"{what} cached totals",
            f"scenario_id {key[0]}",
            ("scenario_id", Count, "scenarios.id, or 0 for the global total"),
            key,
            *values(),
            by_key=True,
        )


def upgrade() -> None:
    names()
    snapshots()
    offline_models()
    ledger()
    compatibility = sa.table("schema_compatibility", sa.column("id"), sa.column("oldest_revision"))
    op.bulk_insert(compatibility, [{"id": 1, "oldest_revision": revision}])


def names() -> None:
    table(
        "scenarios",
        "Scenarios by name; 0, which has no row, stands for all of them",
        "id",
        ("id", IDENTITY, "1 and up"),
        ("name", Name, "Any text, of any length"),
        ("name_hash", Bytes, "BLAKE2b-128 of the name: names are too long for an index"),
        unique("scenarios", "name_hash"),
    )
    table(
        "action_sequences",
        "Runs of 1 to 4 actions; the same ids in every database",
        "id",
        ("id", Count, "BLAKE2b-64 of the names, each behind its length"),
        ("length", Small, "How many actions, 1 to 4"),
        ("action_1", Name, "The first action"),
        ("action_2", Name, "The second action", NULL),
        ("action_3", Name, "The third action", NULL),
        ("action_4", Name, "The fourth action", NULL),
    )


def snapshots() -> None:
    table(
        "sessions",
        "Saved sessions, one row each",
        "id",
        ("id", IDENTITY, "Given out once, never again"),
        ("scenario_id", Count, "scenarios.id"),
        ("session_id", Name, "Unique in its scenario, ordered by its bytes"),
        ("session_ts", Count, "Seconds since 1970 that the id stands for, if any", NULL),
        ("write_token", Bytes, "Random, one per call to save: tells a repeat from a collision"),
        ("content_digest", Bytes, "BLAKE2b-128 of the content"),
        ("digest_version", Small, "How the digest was made"),
        ("saved_at_ms", Count, "Milliseconds since 1970 by the database's clock"),
        ("position", Count, "Place in the order that followers see; NULL until published", NULL),
        *header(),
        unique("sessions", "scenario_id", "session_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_scenario_id_session_ts", "sessions", ["scenario_id", "session_ts"])
    owned_facts("session", "saved sessions", "session_row_id", "sessions")
    table(
        "carried",
        "Parts of totals that came from elsewhere",
        "id",
        ("id", IDENTITY, "Given out once, never again"),
        ("scenario_id", Count, "The total it is part of: scenarios.id, or 0 for the global one"),
        ("origin", Name, "hand, pruned, or import: and the name of a store"),
        ("newest_session_row", Count, "The newest session in it, if it was made of any", NULL),
        ("newest_saved_at_ms", Count, "When that session, or else this part, was saved: ms since 1970"),
        *header(),
        unique("carried", "scenario_id", "origin"),
        sqlite_autoincrement=True,
    )
    owned_facts("carried", "carried parts", "carried_id", "carried")
    table(
        "folded",
        "Cached totals; add what total_sources has not folded yet",
        "scenario_id",
        ("scenario_id", Count, "scenarios.id, or 0 for the global total"),
        ("contributors", Count, "Carried parts and folded sessions in it; 0: there is no total"),
        ("newest_session_row", Count, "The newest session in it, if there was any", NULL),
        ("newest_saved_at_ms", Count, "When that session, or else its newest part, was saved: ms since 1970"),
        *header(),
    )
    folded_facts()
    op.execute(
        "INSERT INTO folded (scenario_id, contributors, newest_saved_at_ms, version, created_at,"
        " session_count, total_episodes, total_actions, success_episodes, failure_episodes,"
        " strategy_start_visits, strategy_start_success_rate) VALUES (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0.0)"
    )
    table(
        "total_sources",
        "Which sessions count in which total",
        "session_row_id total_scenario_id scenario_id",
        ("session_row_id", Count, "sessions.id"),
        ("total_scenario_id", Count, "The total: scenarios.id, or 0 for the global one"),
        ("scenario_id", Count, "The session's scenario"),
        ("folded", Flag, "Whether the cached sum has it"),
        foreign("total_sources", "session_row_id", "sessions", "id", "RESTRICT"),
        by_key=True,
    )
    key = ["total_scenario_id", "folded", "session_row_id"]
    op.create_index(f"ix_total_sources_{'_'.join(key)}", "total_sources", key)


def offline_models() -> None:
    table(
        "offline_models",
        "Offline models, one per scenario",
        "scenario_id",
        ("scenario_id", Count, "scenarios.id"),
        ("version", Count, "Model format version"),
        ("ucb1_c", ExactDouble, "UCB1's exploration constant"),
        ("learning_weight", ExactDouble, "Weight of the learned bonus"),
        ("ngram_weight", ExactDouble, "Weight of the n-gram bonus"),
        ("maturity_threshold", Count, "Visits from which an action counts as explored"),
        ("error_rate_threshold", ExactDouble, "Error rate from which the strategy changes, 0 to 1"),
        ("initial_strategy", Name, "The selection strategy to begin with"),
        ("analyzed_sessions", Count, "Sessions it was made from"),
        ("updated_at", Count, "Seconds since 1970"),
    )
    table(
        "offline_paths",
        "Recommended paths of offline models",
        "scenario_id rank",
        ("scenario_id", Count, "scenarios.id"),
        ("rank", Count, "Its place among the paths, from 0"),
        ("success_rate", ExactDouble, "0 to 1"),
        ("observations", Count, "Times it was seen"),
        foreign("offline_paths", "scenario_id", "offline_models", "scenario_id", "CASCADE"),
        by_key=True,
    )
    table(
        "offline_path_actions",
        "Actions of recommended paths, in order",
        "scenario_id rank step",
        ("scenario_id", Count, "scenarios.id"),
        ("rank", Count, "offline_paths.rank"),
        ("step", Count, "Its place in the path, from 0"),
        ("action", Name, "The action"),
        foreign("offline_path_actions", "scenario_id rank", "offline_paths", "scenario_id rank", "CASCADE"),
        by_key=True,
    )
    table(
        "offline_action_orders",
        "Learned action orders of offline models",
        "scenario_id",
        ("scenario_id", Count, "scenarios.id"),
        ("action_set_hash", Count, "SipHash-1-3 of the set; an unsigned number in two's complement"),
        ("source", Name, "Llm, Static or Manual"),
        ("lora_id", Count, "The LoRA adapter's number, if there is one", NULL),
        ("lora_scale", ExactDouble, "The strength it is applied with", NULL),
        ("lora_name", Name, "Its name", NULL),
        ("validated_accuracy", ExactDouble, "Measured accuracy, 0 to 1", NULL),
        foreign("offline_action_orders", "scenario_id", "offline_models", "scenario_id", "CASCADE"),
    )
    table(
        "offline_order_actions",
        "Actions of learned orders, in order",
        "scenario_id discover ordinal",
        ("scenario_id", Count, "scenarios.id"),
        ("discover", Flag, "Whether it expands the search (discover) or changes state"),
        ("ordinal", Count, "Its place in the order, from 0"),
        ("action", Name, "The action"),
        foreign("offline_order_actions", "scenario_id", "offline_action_orders", "scenario_id", "CASCADE"),
        by_key=True,
    )


def ledger() -> None:
    table(
        "imports",
        "Files already imported, with what they held",
        "origin path_hash",
        ("origin", Name, "The name of the imported store"),
        ("path_hash", Bytes, "BLAKE2b-128 of the path: paths are too long for an index"),
        ("path", Name, "The file, within its store"),
        ("content_digest", Bytes, "BLAKE2b-128 of the file's bytes"),
        ("counted", Flag, "Whether the origin's sessions count in totals, in place of its files' totals"),
        ("session_row_id", Count, "sessions.id of the session that the file became", NULL),
        ("imported_at_ms", Count, "Milliseconds since 1970 by the database's clock"),
        by_key=True,
    )
    table(
        "schema_compatibility",
        "The oldest swarmstore that may use these tables",
        "id",
        ("id", Count, "Always 1"),
        ("oldest_revision", Name, "The newest revision that this code has to know"),
    )


def downgrade() -> None:
    op.drop_table("total_sources")
    for prefix, parent in (("session", "sessions"), ("carried", "carried"), ("folded", "folded")):
        for kind, *_ in FACTS:
            op.drop_table(f"{prefix}_{kind}")
        op.drop_table(parent)
    for kind in ("order_actions", "action_orders", "path_actions", "paths", "models"):
        op.drop_table(f"offline_{kind}")
    for name in ("imports", "schema_compatibility", "action_sequences", "scenarios"):
        op.drop_table(name)
