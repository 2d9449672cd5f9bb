"""Tests of the data itself, without any backend."""
