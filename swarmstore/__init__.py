"""The SQL-backed store for what swarms of AI agents learn.

Open a store with `LearningStore.open(url)`; everything else is reached from there. Errors all
derive from `SwarmstoreError`; see `swarmstore.errors` for the tree.
"""

from swarmstore.aio import AsyncLearningStore, AsyncSessionRecorder, AsyncSnapshotStorage
from swarmstore.copying import CopyReport
from swarmstore.db.engine import Settings
from swarmstore.db.storage import SqlStorage
from swarmstore.errors import (
    AmbiguousNameError,
    BaselineError,
    ConfigurationError,
    CorruptStoreError,
    CountOutOfRangeError,
    CountOverflowError,
    DatabaseMissingError,
    DatabaseRefusedError,
    ExtraMissingError,
    InvalidCursorError,
    InvalidTextError,
    InvalidUrlError,
    InvalidValueError,
    LoginRefusedError,
    NonFiniteNumberError,
    NotPermittedError,
    OriginConflictError,
    OriginModeError,
    ReaderEndedError,
    RecordingEndedError,
    RepeatedSessionError,
    RoleMissingError,
    SchemaAheadError,
    SchemaDamagedError,
    SchemaError,
    SchemaLockedError,
    SchemaMissingError,
    SchemaOutdatedError,
    SessionConflictError,
    SessionForgottenError,
    SnapshotFormatError,
    SnapshotNotFoundError,
    StoreClosedError,
    StoreUnavailableError,
    SwarmstoreError,
    TextTooLongError,
    TraceError,
    UnknownPhaseError,
    UnknownStrategyError,
    UnknownViewError,
)
from swarmstore.files import FileSystemStorage
from swarmstore.following import Change
from swarmstore.memory import MemoryStorage
from swarmstore.model.analyzer import OfflineAnalyzer
from swarmstore.model.forgetting import ForgetReport
from swarmstore.model.ids import SessionId
from swarmstore.model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey
from swarmstore.model.merge import Additive, MergeStrategy, SuccessWeighted, TimeDecay, merge_snapshots
from swarmstore.model.offline import (
    ActionOrderSource,
    LearnedActionOrder,
    LoraConfig,
    OfflineModel,
    OptimalParameters,
    RecommendedPath,
    StrategyConfig,
)
from swarmstore.model.parts import PartKind, TotalPart
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.snapshot import LearningPhase, LearningSnapshot, SnapshotMetadata
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats
from swarmstore.protocols import LearningBackend, SnapshotStorage, TimeSeriesQuery
from swarmstore.recording.ingesting import IngestReport
from swarmstore.recording.recorder import SessionRecorder
from swarmstore.store import LearningStore
from swarmstore.summary import ScenarioSummary

__all__ = [
    "ActionOrderSource",
    "ActionStats",
    "Additive",
    "AmbiguousNameError",
    "AsyncLearningStore",
    "AsyncSessionRecorder",
    "AsyncSnapshotStorage",
    "BaselineError",
    "Change",
    "ConfigurationError",
    "CopyReport",
    "CorruptStoreError",
    "CountOutOfRangeError",
    "CountOverflowError",
    "DatabaseMissingError",
    "DatabaseRefusedError",
    "EpisodeTransitions",
    "ExtraMissingError",
    "FileSystemStorage",
    "ForgetReport",
    "GlobalKey",
    "IngestReport",
    "InvalidCursorError",
    "InvalidTextError",
    "InvalidUrlError",
    "InvalidValueError",
    "LearnedActionOrder",
    "LearningBackend",
    "LearningPhase",
    "LearningSnapshot",
    "LearningStore",
    "LoginRefusedError",
    "LoraConfig",
    "MemoryStorage",
    "MergeStrategy",
    "NgramStats",
    "NonFiniteNumberError",
    "NotPermittedError",
    "OfflineAnalyzer",
    "OfflineModel",
    "OptimalParameters",
    "OriginConflictError",
    "OriginModeError",
    "PartKind",
    "ReaderEndedError",
    "RecommendedPath",
    "RecordingEndedError",
    "RepeatedSessionError",
    "RoleMissingError",
    "ScenarioKey",
    "ScenarioSummary",
    "SchemaAheadError",
    "SchemaDamagedError",
    "SchemaError",
    "SchemaLockedError",
    "SchemaMissingError",
    "SchemaOutdatedError",
    "SelectionPerformance",
    "SessionConflictError",
    "SessionForgottenError",
    "SessionId",
    "SessionKey",
    "SessionRecorder",
    "Settings",
    "SnapshotFormatError",
    "SnapshotKey",
    "SnapshotMetadata",
    "SnapshotNotFoundError",
    "SnapshotStorage",
    "SqlStorage",
    "StoreClosedError",
    "StoreUnavailableError",
    "StrategyConfig",
    "StrategyStats",
    "StrategySwitchEvent",
    "SuccessWeighted",
    "SwarmstoreError",
    "TextTooLongError",
    "TimeDecay",
    "TimeSeriesQuery",
    "TotalPart",
    "TraceError",
    "UnknownPhaseError",
    "UnknownStrategyError",
    "UnknownViewError",
    "merge_snapshots",
]
