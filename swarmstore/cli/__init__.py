"""The command line: `swarmstore COMMAND`."""

from swarmstore.cli.app import main

__all__ = ["main"]
