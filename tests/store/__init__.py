"""Tests of the store's own calls, apart from any backend."""
