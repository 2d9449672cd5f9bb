"""What analysts read: views with names in place of ids, the same on both databases.

A contract of its own, versioned: a column keeps its name, type and meaning once it was released.
"""

from __future__ import annotations

from swarmstore.db.analytics.views.catalogue import VIEWS
from swarmstore.db.analytics.views.description import View, ViewColumn

__all__ = ["VIEWS", "View", "ViewColumn"]
