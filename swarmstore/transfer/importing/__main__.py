"""The process in which an import reads (see `reader_process`): `python -m swarmstore.transfer.importing`."""

import sys

from swarmstore.transfer.importing.reader_process import serve

if __name__ == "__main__":
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # whatever else is printed is no answer
    serve(sys.stdin.buffer, answers)
