"""Copies of stores: equal in every row, after any history."""
