"""How many examples Hypothesis tries in each profile."""

from __future__ import annotations

QUICK = 8
FULL = 12  # in the profile that CI runs
EXHAUSTIVE = 1_000
