"""INTERIM"""
from sqlalchemy import select, Select, cast, Text
from swarmstore.db.tables import *
from swarmstore.db.tables.families import SESSIONS, Kind
from swarmstore.tabular import *
I,T,D=ColumnType.INTEGER,ColumnType.TEXT,ColumnType.DOUBLE
def _c(n,t): return ColumnInfo(n,t,n)
t=SESSIONS.facts[Kind.TRANSITIONS]
_q={"session_transitions":(select(Scenario.name.label("scenario"),SessionRow.session_id,ActionSequence.action_1,ActionSequence.action_2,t.c.success_count,t.c.failure_count).join_from(t,SessionRow,SessionRow.id==t.c.session_row_id).join(Scenario,Scenario.id==t.c.scenario_id).join(ActionSequence,ActionSequence.id==t.c.sequence_id),
 ViewInfo("session_transitions","x",(_c("scenario",T),_c("session_id",T),_c("action_1",T),_c("action_2",T),_c("success_count",I),_c("failure_count",I))))}
VIEWS=[v for _,v in _q.values()]
def rows_of(view,scenario):
    s=_q[view][0]
    return s if scenario is None else s.where(Scenario.name==scenario)
