"""What state a database is in, without changing it: for people and for monitoring.

Checks look at one thing each and yield findings; `diagnosis` runs them all.
"""

from swarmstore.db.doctor.diagnosis import diagnose
from swarmstore.db.doctor.findings import Diagnosis, Finding, Severity

__all__ = ["Diagnosis", "Finding", "Severity", "diagnose"]
