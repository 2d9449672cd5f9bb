"""The command line: `swarmstore COMMAND`."""

import sys


def main() -> None:
    """Run it. Interrupted at any moment, as by Ctrl-C, it ends without a word, with 130 as other programs."""
    try:
        from swarmstore.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as error:  # by Python 3.11, where a class was just being made
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        sys.exit(130)
