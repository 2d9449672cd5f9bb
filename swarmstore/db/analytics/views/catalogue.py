"""All views by name, in the order in which they are shown."""

from __future__ import annotations

from swarmstore.db.analytics.views.decisions import choices
from swarmstore.db.analytics.views.improvement import learning
from swarmstore.db.analytics.views.offline import offline
from swarmstore.db.analytics.views.origins import origins
from swarmstore.db.analytics.views.per_session import per_session
from swarmstore.db.analytics.views.per_total import per_total

VIEWS = {
    view.name: view
    for view in (*per_session(), *per_total(), *origins(), *learning(), *choices(), *offline())
}
