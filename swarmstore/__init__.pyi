from .analytics.frames.table_files import FramesReport
from .contracts.capabilities import CopyReport, Discrepancy
from .contracts.change_feed import Change
from .contracts.imports import Outcome
from .contracts.progress import Progress
from .contracts.storage import LearningBackend, ScenarioSummary, SnapshotStorage, TimeSeriesQuery
from .db.access.grants import Granted
from .db.doctor import Diagnosis, Finding, Severity
from .db.storage import SqlStorage
from .errors import (
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
from .files import FileSystemStorage
from .memory import MemoryStorage
from .model.forgetting import ForgetReport, Forgetting
from .model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey, TotalKey
from .model.merge import Additive, MergeStrategy, SuccessWeighted, TimeDecay, merge_snapshots
from .model.metadata import LearningPhase, SnapshotMetadata
from .model.offline_analyzer import AnalysisInput, OfflineAnalyzer
from .model.offline_model import (
    ActionOrderSource,
    LearnedActionOrder,
    LoraConfig,
    OfflineModel,
    OptimalParameters,
    RecommendedPath,
    StrategyConfig,
)
from .model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from .model.session_ids import SessionId
from .model.session_slice import SessionSlice
from .model.snapshot import LearningSnapshot
from .model.stats import ActionStats, EpisodeTransitions, NgramStats
from .model.total_parts import PartKind, TotalPart
from .recording.recorder import SessionRecorder
from .revisions import REVISION
from .settings import Settings
from .store.administration import UpgradeReport, diagnose, grant, upgrade
from .store.async_store import AsyncLearningStore, AsyncSessionRecorder, AsyncSnapshotStorage
from .store.learning_store import LearningStore
from .transfer.exporter import ExportReport
from .transfer.importing import ImportProblem, ImportReport
from .transfer.traces.ingest import IngestReport

__all__ = [
    "REVISION",
    "ActionOrderSource",
    "ActionStats",
    "Additive",
    "AmbiguousNameError",
    "AnalysisInput",
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
    "Diagnosis",
    "Discrepancy",
    "EpisodeTransitions",
    "ExportReport",
    "ExtraMissingError",
    "FileSystemStorage",
    "Finding",
    "ForgetReport",
    "Forgetting",
    "FramesReport",
    "GlobalKey",
    "Granted",
    "ImportProblem",
    "ImportReport",
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
    "Outcome",
    "PartKind",
    "Progress",
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
    "SessionSlice",
    "Settings",
    "Severity",
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
    "TotalKey",
    "TotalPart",
    "TraceError",
    "UnknownPhaseError",
    "UnknownStrategyError",
    "UnknownViewError",
    "UpgradeReport",
    "diagnose",
    "grant",
    "merge_snapshots",
    "upgrade",
]
