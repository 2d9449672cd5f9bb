"""The process in which an import reads (see `beside`): `python -m swarmstore.importing`."""

import sys

from swarmstore.importing.beside import serve

if __name__ == "__main__":
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # whatever else is printed is no answer
    serve(sys.stdin.buffer, answers)
