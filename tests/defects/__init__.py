"""Mistakes that were made or tried, put back one at a time: each must turn a test red."""
