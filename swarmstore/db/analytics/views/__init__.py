"""What analysts read: views with names in place of ids, the same on both databases.

A contract of its own, versioned: a column keeps its name, type and meaning once it was released.
"""

from __future__ import annotations

from swarmstore.db.analytics.views.decisions import choices
from swarmstore.db.analytics.views.improvement import learning
from swarmstore.db.analytics.views.offline import offline
from swarmstore.db.analytics.views.origins import origins
from swarmstore.db.analytics.views.per_session import per_session
from swarmstore.db.analytics.views.per_total import per_total

VIEWS = {  # in the order in which they are shown
    view.name: view
    for view in (*per_session(), *per_total(), *origins(), *learning(), *choices(), *offline())
}
