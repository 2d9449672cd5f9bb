"""Importing upstream's folder of JSON files into a database."""

from swarmstore.transfer.importing.import_report import ImportProblem, ImportReport, TotalDifference
from swarmstore.transfer.importing.whole_store import Repeated, TotalsFrom, import_store

__all__ = ["ImportProblem", "ImportReport", "Repeated", "TotalDifference", "TotalsFrom", "import_store"]
