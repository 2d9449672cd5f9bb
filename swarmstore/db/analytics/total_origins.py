"""What totals are made of, as `total_origins` tells analysts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.model.keys import ScenarioKey, TotalKey
from swarmstore.model.total_parts import PartKind, TotalPart

_ALL = VIEWS["total_origins"].statement.subquery("total_origins")
_SHOWN = ("part", "origin", "contributors", "waiting", *SUMMED_COLUMNS)


def sources(session: Session, key: TotalKey) -> list[TotalPart]:
    """The parts of a total by kind and origin."""
    which = _ALL.c.scenario == key.scenario if isinstance(key, ScenarioKey) else _ALL.c.kind == "global"
    found = select(*[_ALL.c[name] for name in _SHOWN]).where(which)
    in_order = found.order_by(_ALL.c.part, _ALL.c.origin.asc().nulls_first())
    return [TotalPart(PartKind(kind), *rest) for kind, *rest in session.execute(in_order)]
