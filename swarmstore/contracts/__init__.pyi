from .analytics import Analysis, ColumnInfo, ColumnType, Rows, ViewInfo, ViewReader
from .capabilities import (
    Analysable,
    ChoosesNames,
    Copyable,
    CopyReport,
    Discrepancy,
    Followable,
    Identified,
    Importable,
    Paged,
    Verifiable,
)
from .change_feed import Change, Cursor
from .imports import Became, ImportTarget, Outcome, PreparedBatch, PreparedFile, SessionFile, SourceFile
from .progress import Progress
from .report_findings import Findings
from .storage import LearningBackend, ScenarioSummary, SnapshotStorage, TimeSeriesQuery

__all__ = [
    "Analysable",
    "Analysis",
    "Became",
    "Change",
    "ChoosesNames",
    "ColumnInfo",
    "ColumnType",
    "CopyReport",
    "Copyable",
    "Cursor",
    "Discrepancy",
    "Findings",
    "Followable",
    "Identified",
    "ImportTarget",
    "Importable",
    "LearningBackend",
    "Outcome",
    "Paged",
    "PreparedBatch",
    "PreparedFile",
    "Progress",
    "Rows",
    "ScenarioSummary",
    "SessionFile",
    "SnapshotStorage",
    "SourceFile",
    "TimeSeriesQuery",
    "Verifiable",
    "ViewInfo",
    "ViewReader",
]
