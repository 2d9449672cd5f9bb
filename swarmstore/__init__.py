"""The SQL-backed store for what swarms of AI agents learn.

Open a store with `LearningStore.open(url)`; everything else is reached from there. Errors all
derive from `SwarmstoreError`; `help(swarmstore.errors)` shows the tree.

Each public name is loaded when it is first asked for, so that an agent loads no more than it uses.
`__init__.pyi` has the same names for type checkers, which a program in a zip, or frozen, lacks.
"""

import typing  # noqa: F401 - dataclasses look for it, and would find it half loaded by another thread

from swarmstore.loading import loaded_when_asked_for

__getattr__, __dir__, __all__ = loaded_when_asked_for(
    __name__,
    {
        "analytics.frames.table_files": "FramesReport",
        "contracts.capabilities": "CopyReport Discrepancy",
        "contracts.change_feed": "Change",
        "contracts.imports": "Outcome",
        "contracts.progress": "Progress",
        "contracts.storage": "LearningBackend ScenarioSummary SessionSummary SnapshotStorage TimeSeriesQuery",
        "db.access.grants": "Granted",
        "db.doctor": "Diagnosis Finding Severity",
        "db.operations.distribute_tables": "DistributionReport",
        "db.storage": "SqlStorage",
        "errors": (
            "AmbiguousNameError BaselineError ConfigurationError CorruptStoreError CountOutOfRangeError "
            "CountOverflowError DatabaseMissingError DatabaseRefusedError ExtraMissingError "
            "InvalidCursorError InvalidTextError InvalidUrlError InvalidValueError LoginRefusedError "
            "NonFiniteNumberError NotPermittedError OriginConflictError OriginModeError ReaderEndedError "
            "RecordingEndedError RepeatedSessionError RoleMissingError SchemaAheadError "
            "SchemaDamagedError SchemaError SchemaLockedError SchemaMissingError SchemaOutdatedError "
            "SessionConflictError SessionForgottenError SnapshotFormatError SnapshotNotFoundError "
            "StoreClosedError StoreUnavailableError SwarmstoreError TextTooLongError TraceError "
            "UnknownPhaseError UnknownStrategyError UnknownViewError"
        ),
        "files": "FileSystemStorage",
        "memory": "MemoryStorage",
        "model.forgetting": "ForgetReport Forgetting",
        "model.keys": "GlobalKey ScenarioKey SessionKey SnapshotKey TotalKey",
        "model.merge": "Additive MergeStrategy SuccessWeighted TimeDecay merge_snapshots",
        "model.metadata": "LearningPhase SnapshotMetadata",
        "model.next_actions": "NextAction",
        "model.offline_analyzer": "AnalysisInput OfflineAnalyzer",
        "model.offline_model": (
            "ActionOrderSource LearnedActionOrder LoraConfig OfflineModel OptimalParameters "
            "RecommendedPath StrategyConfig"
        ),
        "model.removed_sessions": "RemovedSessions",
        "model.selection": "SelectionPerformance StrategyStats StrategySwitchEvent",
        "model.session_ids": "SessionId",
        "model.session_slice": "SessionSlice",
        "model.snapshot": "LearningSnapshot",
        "model.stats": "ActionStats EpisodeTransitions NgramStats",
        "model.total_parts": "PartKind TotalPart TotalParts",
        "recording.recorder": "SessionRecorder",
        "revisions": "REVISION",
        "settings": "Settings",
        "store.administration": "UpgradeReport backup diagnose distribute grant restore shown_url upgrade",
        "store.async_store": "AsyncLearningStore AsyncSessionRecorder AsyncSnapshotStorage",
        "store.learning_store": "LearningStore",
        "transfer.exporter": "ExportReport",
        "transfer.importing": "ImportProblem ImportReport",
        "transfer.traces.ingest": "IngestReport",
    },
)
