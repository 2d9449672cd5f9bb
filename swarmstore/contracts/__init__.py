"""What a backend promises, takes and gives: the one package that backends and their callers share.

`LearningBackend` is what every backend is; the other protocols are what some can do besides. As in
`swarmstore`, each name is loaded when it is first asked for, and `__init__.pyi` is for type checkers.
"""

from swarmstore.loading import loaded_when_asked_for

__getattr__, __dir__, __all__ = loaded_when_asked_for(
    __name__,
    {
        "analytics": "Analysis ColumnInfo ColumnType Rows ViewInfo ViewReader",
        "capabilities": (
            "Analysable ChoosesNames Copyable CopyReport Discrepancy Followable Identified Importable "
            "Paged Verifiable"
        ),
        "change_feed": "Change Cursor",
        "imports": "Became ImportTarget Outcome PreparedBatch PreparedFile SessionFile SourceFile",
        "progress": "Progress",
        "report_findings": "Findings",
        "simple_backend": "SimpleBackend",
        "storage": "LearningBackend ScenarioSummary SessionSummary SnapshotStorage TimeSeriesQuery",
    },
)
