"""Importing upstream's folder of JSON files into a database."""

from swarmstore.importing.report import ImportProblem, ImportReport, TotalDifference
from swarmstore.importing.store import Repeated, TotalsFrom, import_store

__all__ = ["ImportProblem", "ImportReport", "Repeated", "TotalDifference", "TotalsFrom", "import_store"]
