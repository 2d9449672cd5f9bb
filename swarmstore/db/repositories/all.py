"""All repositories of one database, each with those that it needs."""

from __future__ import annotations

from swarmstore.db.connection.transactions import Database
from swarmstore.db.repositories.action_sequences import ActionSequenceRepository
from swarmstore.db.repositories.change_feed import ChangeFeed
from swarmstore.db.repositories.facts import FactRepository
from swarmstore.db.repositories.imported_files import ImportedFileRepository
from swarmstore.db.repositories.offline_models import OfflineModelRepository
from swarmstore.db.repositories.scenarios import ScenarioRepository
from swarmstore.db.repositories.sessions import SessionRepository
from swarmstore.db.repositories.total_cache import TotalCache
from swarmstore.db.repositories.totals import TotalRepository


class Repositories:
    """What spans several of them is in `swarmstore.db.operations`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sequences = ActionSequenceRepository(database)
        self.scenarios = ScenarioRepository(database)
        self.facts = FactRepository(database, self.sequences)
        self.totals = TotalRepository(self.facts)
        self.total_cache = TotalCache(database, self.scenarios, self.totals)
        self.sessions = SessionRepository(database, self.scenarios, self.facts, self.totals)
        self.imported_files = ImportedFileRepository(database)
        self.offline_models = OfflineModelRepository(database)
        self.change_feed = ChangeFeed(database)
