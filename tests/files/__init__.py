"""Tests of the folder of JSON files."""
