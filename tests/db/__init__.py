"""Tests of the SQL backend alone."""
