"""Traces of SwarmEngine, read into sessions."""
