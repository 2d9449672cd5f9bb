"""All repositories of one database, each with those that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swarmstore.db.connection.transactions import Database
from swarmstore.db.repositories.action_sequences import ActionSequenceRepository
from swarmstore.db.repositories.facts import FactRepository
from swarmstore.db.repositories.scenarios import ScenarioRepository
from swarmstore.db.repositories.sessions import SessionRepository
from swarmstore.db.repositories.total_cache import TotalCache
from swarmstore.db.repositories.totals import TotalRepository
from swarmstore.loading import loading

if TYPE_CHECKING:
    from swarmstore.db.repositories.change_feed import ChangeFeed
    from swarmstore.db.repositories.imported_files import ImportedFileRepository
    from swarmstore.db.repositories.offline_models import OfflineModelRepository


class Repositories:
    """What spans several of them is in `swarmstore.db.operations`.

    Those that few agents use are loaded where they are.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sequences = ActionSequenceRepository(database)
        self.scenarios = ScenarioRepository(database)
        self.facts = FactRepository(database, self.sequences)
        self.totals = TotalRepository(self.facts)
        self.total_cache = TotalCache(database, self.scenarios, self.totals)
        self.sessions = SessionRepository(database, self.scenarios, self.facts, self.totals)

    @property
    def imported_files(self) -> ImportedFileRepository:
        """The import ledger."""
        with loading():
            from swarmstore.db.repositories.imported_files import ImportedFileRepository

        return ImportedFileRepository(self.database)

    @property
    def offline_models(self) -> OfflineModelRepository:
        """Offline models of scenarios."""
        with loading():
            from swarmstore.db.repositories.offline_models import OfflineModelRepository

        return OfflineModelRepository(self.database)

    @property
    def change_feed(self) -> ChangeFeed:
        """The order in which followers get sessions."""
        with loading():
            from swarmstore.db.repositories.change_feed import ChangeFeed

        return ChangeFeed(self.database)
