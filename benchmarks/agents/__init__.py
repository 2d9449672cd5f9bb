"""Agents that live for one session: programs that load a prior, work, save and end."""
