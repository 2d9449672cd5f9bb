"""What totals hold from elsewhere: imported totals, totals saved by hand, sessions since removed."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from swarmstore.db.dialects.functions import look_when_large
from swarmstore.db.dialects.row_keys import RowKey
from swarmstore.db.schema.declarative import STRICT, Base, count, row_id, text
from swarmstore.db.schema.fact_columns import (
    Actions,
    ByOrdinal,
    BySequence,
    ByStrategy,
    InScenarioOfBaseline,
    Ngrams,
    OfBaseline,
    Strategies,
    Switches,
    Transitions,
)
from swarmstore.db.schema.families import family_of
from swarmstore.db.schema.sessions import HeaderColumns

HAND = "hand"
PRUNED = "pruned"
IMPORT_PREFIX = "import:"


class Baseline(HeaderColumns, Base):
    """One part of a total that is not a saved session: one per total and origin."""

    __tablename__ = "baselines"
    __table_args__ = (
        UniqueConstraint("scenario_id", "origin"),
        RowKey("id"),
        {"comment": "Parts of totals that came from elsewhere", "sqlite_autoincrement": True, **STRICT},
    )

    id: Mapped[int] = row_id()
    scenario_id: Mapped[int] = count("The total it is part of: scenarios.id, or 0 for the global one")
    origin: Mapped[str] = text("hand, pruned, or import: and the name of a store")
    newest_session_row: Mapped[int | None] = count("The newest session in it, if it was made of any")
    newest_saved_at_ms: Mapped[int] = count("When that session, or else this part, was saved: ms since 1970")


class BaselineTransitions(Transitions, InScenarioOfBaseline, BySequence, OfBaseline):
    """Transitions of a baseline."""


class BaselineNgrams(Ngrams, InScenarioOfBaseline, BySequence, OfBaseline):
    """Runs of three and four actions of a baseline."""


class BaselineContexts(Actions, InScenarioOfBaseline, BySequence, OfBaseline):
    """Actions after another one, of a baseline."""


class BaselineActions(Actions, InScenarioOfBaseline, BySequence, OfBaseline):
    """Actions of a baseline."""


class BaselineStrategies(Strategies, InScenarioOfBaseline, ByStrategy, OfBaseline):
    """Selection strategies of a baseline."""


class BaselineSwitches(Switches, InScenarioOfBaseline, ByOrdinal, OfBaseline):
    """Changes of strategy of a baseline."""


BASELINES = family_of(
    Baseline,
    "baseline_id",
    "baseline",
    "baselines",
    BaselineTransitions,
    BaselineNgrams,
    BaselineContexts,
    BaselineActions,
    BaselineStrategies,
    BaselineSwitches,
)

look_when_large(Baseline.table)
