"""All views by name, in the order in which they are shown."""

from __future__ import annotations

from swarmstore.db.views.choices import choices
from swarmstore.db.views.learning import learning
from swarmstore.db.views.offline import offline
from swarmstore.db.views.origins import origins
from swarmstore.db.views.per_session import per_session
from swarmstore.db.views.per_total import per_total

VIEWS = {
    view.name: view
    for view in (*per_session(), *per_total(), *origins(), *learning(), *choices(), *offline())
}
