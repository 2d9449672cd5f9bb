from .analytics import (
    Analysis as Analysis,
    ColumnInfo as ColumnInfo,
    ColumnType as ColumnType,
    Rows as Rows,
    ViewInfo as ViewInfo,
    ViewReader as ViewReader,
)
from .capabilities import (
    Analysable as Analysable,
    ChoosesNames as ChoosesNames,
    Copyable as Copyable,
    CopyReport as CopyReport,
    Discrepancy as Discrepancy,
    Followable as Followable,
    Identified as Identified,
    Importable as Importable,
    Paged as Paged,
    Verifiable as Verifiable,
)
from .change_feed import Change as Change, Cursor as Cursor
from .imports import (
    Became as Became,
    ImportTarget as ImportTarget,
    Outcome as Outcome,
    PreparedBatch as PreparedBatch,
    PreparedFile as PreparedFile,
    SessionFile as SessionFile,
    SourceFile as SourceFile,
)
from .progress import Progress as Progress
from .report_findings import Findings as Findings
from .simple_backend import SimpleBackend as SimpleBackend
from .storage import (
    LearningBackend as LearningBackend,
    ScenarioSummary as ScenarioSummary,
    SessionSummary as SessionSummary,
    SnapshotStorage as SnapshotStorage,
    TimeSeriesQuery as TimeSeriesQuery,
)

__all__: list[str]
