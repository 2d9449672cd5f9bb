"""Running the command line: within this process, which takes a fraction of the time, or as a program."""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from itertools import takewhile
from subprocess import CompletedProcess
from typing import Any
from unittest.mock import patch

import typer.main
from jsonschema import Draft202012Validator

from swarmstore import shown_url
from swarmstore.cli import main
from tests.docs.pages import DOCS

_command = cache(
    typer.main.get_command
)  # made of functions' signatures, which takes longer than most of them
SCHEMAS = {path.stem: path for path in (DOCS / "reference" / "schemas").iterdir()}
_WORDS = {word for name in SCHEMAS for word in name.split("-")}
PROGRAM = (sys.executable, "-c", "from swarmstore.cli import main; main()")


def run(
    *arguments: str, url: str | None = None, encoding: str = "utf-8", **environment: str
) -> CompletedProcess[str]:
    """Run swarmstore as a user would, into a pipe; what it printed and how it ended."""
    given = {"SWARMSTORE_URL": url} if url is not None else {}
    printed, told = _Stream(encoding), _Stream(encoding)
    with (
        patch.dict(os.environ, {**given, **environment}),
        patch.object(sys, "argv", ["swarmstore", *arguments]),
        patch.object(typer.main, "get_command", _command),
        redirect_stdout(printed),
        redirect_stderr(told),
    ):
        code = _ended()
    ended = CompletedProcess(arguments, code, printed.text(), told.text())
    if asks_for_json(arguments):
        check_json(ended)
    return ended


def asks_for_json(arguments: Sequence[str]) -> bool:
    options = [*takewhile("--".__ne__, arguments)]
    return "--json" in options and not {"--help", "-h", "--version"}.intersection(options)


def check_json(ended: CompletedProcess[str]) -> None:
    """What was printed with --json is as the published schemas say, with no property that they don't have."""
    if ended.stdout:
        words = [word for word in ended.args if word in _WORDS]  # other arguments may be between them
        pairs = zip(words, [*words[1:], ""], strict=True)
        names = (name for first, second in pairs for name in (f"{first}-{second}", first))
        schema_named(next(filter(SCHEMAS.__contains__, names))).validate(json.loads(ended.stdout))
    elif ended.returncode:
        schema_named("error").validate(json.loads(ended.stderr))


@cache
def schema_named(name: str) -> Draft202012Validator:
    """A published schema, which lets properties be added, made so that it does not."""
    schema = json.loads(SCHEMAS[name].read_text())
    Draft202012Validator.check_schema(schema)
    for part in schema["$defs"].values():
        if "properties" in part:
            part["additionalProperties"] = False
    return Draft202012Validator(schema)


def _ended() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - as the interpreter would, and the test sees it
        traceback.print_exc()
        return 1
    return 0


class _Stream(io.TextIOWrapper):
    """A pipe whose text can be had after it was closed."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._written = b""

    def close(self) -> None:
        if not self.closed:
            self._written = self._bytes()
        super().close()

    def text(self) -> str:
        """All that was written."""
        return (self._written if self.closed else self._bytes()).decode(self.encoding)

    def _bytes(self) -> bytes:
        self.flush()
        buffer: Any = self.buffer
        written: bytes = buffer.getvalue()
        return written


def done(*arguments: str, url: str) -> str:
    ended = run(*arguments, url=url)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    return ended.stdout


def answer(*arguments: str, url: str) -> str:
    """What is printed before the line that names the database."""
    printed, line, behind = done(*arguments, url=url).partition(f"Database: {shown_url(url)}\n")
    assert line
    assert behind == ""
    return printed


def data(*arguments: str, url: str) -> Any:
    return json.loads(done(*arguments, "--json", url=url))
