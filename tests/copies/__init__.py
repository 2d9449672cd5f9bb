"""Copies of stores: equal in every row, after any history."""

from tests.copies.comparing import assert_equal, of_its_own, sql

__all__ = ["assert_equal", "of_its_own", "sql"]
