from .analytics.frames.table_files import FramesReport as FramesReport
from .contracts.capabilities import CopyReport as CopyReport, Discrepancy as Discrepancy
from .contracts.change_feed import Change as Change
from .contracts.imports import Outcome as Outcome
from .contracts.progress import Progress as Progress
from .contracts.storage import (
    LearningBackend as LearningBackend,
    ScenarioSummary as ScenarioSummary,
    SessionSummary as SessionSummary,
    SnapshotStorage as SnapshotStorage,
    TimeSeriesQuery as TimeSeriesQuery,
)
from .db.access.grants import Granted as Granted
from .db.doctor import Diagnosis as Diagnosis, Finding as Finding, Severity as Severity
from .db.operations.distribute_tables import DistributionReport as DistributionReport
from .db.storage import SqlStorage as SqlStorage
from .errors import (
    AmbiguousNameError as AmbiguousNameError,
    BaselineError as BaselineError,
    ConfigurationError as ConfigurationError,
    CorruptStoreError as CorruptStoreError,
    CountOutOfRangeError as CountOutOfRangeError,
    CountOverflowError as CountOverflowError,
    DatabaseMissingError as DatabaseMissingError,
    DatabaseRefusedError as DatabaseRefusedError,
    ExtraMissingError as ExtraMissingError,
    InvalidCursorError as InvalidCursorError,
    InvalidTextError as InvalidTextError,
    InvalidUrlError as InvalidUrlError,
    InvalidValueError as InvalidValueError,
    LoginRefusedError as LoginRefusedError,
    NonFiniteNumberError as NonFiniteNumberError,
    NotPermittedError as NotPermittedError,
    OriginConflictError as OriginConflictError,
    OriginModeError as OriginModeError,
    ReaderEndedError as ReaderEndedError,
    RecordingEndedError as RecordingEndedError,
    RepeatedSessionError as RepeatedSessionError,
    RoleMissingError as RoleMissingError,
    SchemaAheadError as SchemaAheadError,
    SchemaDamagedError as SchemaDamagedError,
    SchemaError as SchemaError,
    SchemaLockedError as SchemaLockedError,
    SchemaMissingError as SchemaMissingError,
    SchemaOutdatedError as SchemaOutdatedError,
    SessionConflictError as SessionConflictError,
    SessionForgottenError as SessionForgottenError,
    SnapshotFormatError as SnapshotFormatError,
    SnapshotNotFoundError as SnapshotNotFoundError,
    StoreClosedError as StoreClosedError,
    StoreUnavailableError as StoreUnavailableError,
    SwarmstoreError as SwarmstoreError,
    TextTooLongError as TextTooLongError,
    TraceError as TraceError,
    UnknownPhaseError as UnknownPhaseError,
    UnknownStrategyError as UnknownStrategyError,
    UnknownViewError as UnknownViewError,
)
from .files import FileSystemStorage as FileSystemStorage
from .memory import MemoryStorage as MemoryStorage
from .model.forgetting import ForgetReport as ForgetReport, Forgetting as Forgetting
from .model.keys import (
    GlobalKey as GlobalKey,
    ScenarioKey as ScenarioKey,
    SessionKey as SessionKey,
    SnapshotKey as SnapshotKey,
    TotalKey as TotalKey,
)
from .model.merge import (
    Additive as Additive,
    MergeStrategy as MergeStrategy,
    SuccessWeighted as SuccessWeighted,
    TimeDecay as TimeDecay,
    merge_snapshots as merge_snapshots,
)
from .model.metadata import LearningPhase as LearningPhase, SnapshotMetadata as SnapshotMetadata
from .model.next_actions import NextAction as NextAction
from .model.offline_analyzer import AnalysisInput as AnalysisInput, OfflineAnalyzer as OfflineAnalyzer
from .model.offline_model import (
    ActionOrderSource as ActionOrderSource,
    LearnedActionOrder as LearnedActionOrder,
    LoraConfig as LoraConfig,
    OfflineModel as OfflineModel,
    OptimalParameters as OptimalParameters,
    RecommendedPath as RecommendedPath,
    StrategyConfig as StrategyConfig,
)
from .model.removed_sessions import RemovedSessions as RemovedSessions
from .model.selection import (
    SelectionPerformance as SelectionPerformance,
    StrategyStats as StrategyStats,
    StrategySwitchEvent as StrategySwitchEvent,
)
from .model.session_ids import SessionId as SessionId
from .model.session_slice import SessionSlice as SessionSlice
from .model.snapshot import LearningSnapshot as LearningSnapshot
from .model.stats import (
    ActionStats as ActionStats,
    EpisodeTransitions as EpisodeTransitions,
    NgramStats as NgramStats,
)
from .model.total_parts import PartKind as PartKind, TotalPart as TotalPart, TotalParts as TotalParts
from .recording.recorder import SessionRecorder as SessionRecorder
from .revisions import REVISION as REVISION
from .settings import Settings as Settings
from .store.administration import (
    UpgradeReport as UpgradeReport,
    backup as backup,
    diagnose as diagnose,
    distribute as distribute,
    grant as grant,
    restore as restore,
    shown_url as shown_url,
    upgrade as upgrade,
)
from .store.async_store import (
    AsyncLearningStore as AsyncLearningStore,
    AsyncSessionRecorder as AsyncSessionRecorder,
    AsyncSnapshotStorage as AsyncSnapshotStorage,
)
from .store.learning_store import LearningStore as LearningStore
from .transfer.exporter import ExportReport as ExportReport
from .transfer.importing import ImportProblem as ImportProblem, ImportReport as ImportReport
from .transfer.traces.ingest import IngestReport as IngestReport

__all__: list[str]
