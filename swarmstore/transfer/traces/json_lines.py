"""The JSON objects in a file of JSON lines, whatever was done to the file on its way.

A byte order mark, CRLF, blank lines and NULs at the end (as a crash leaves them) are passed over. An
object may be spread over several lines, as pretty-printers do. A file may be packed by gzip.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from swarmstore.disk import opened, reason_of
from swarmstore.errors import TraceError
from swarmstore.model.json.text_form import GZIP, other_form, without_bom

_MOST_UNPACKED = 2**30  # bytes of a gzip file: a small one may hold any number of them
_LONGEST_LINE = 2**24
_HEAD = 4
_BLANK = b"\0 \t\r\n"
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)


class Text(NamedTuple):
    """An object's text with the number of its first line, from 1; or why there are no more of them."""

    line: int
    text: bytes
    problem: str | None = None


def read_whole(path: Path, most: int = _MOST_UNPACKED) -> bytes:
    """Return all that is in a file, unpacked, if that is no more than so many bytes. Raises TraceError."""
    with _unpacked(path) as file:
        content = bytearray()
        try:
            while piece := file.read(_LONGEST_LINE):
                content += piece
                _check_size(path, len(content), most)
        except _BROKEN as error:
            raise TraceError(f"{path} cannot be read: {_damaged(error)}") from None
    return without_bom(bytes(content)).rstrip(_BLANK)


def objects_in(path: Path, most: int = _MOST_UNPACKED) -> Iterator[Text]:
    """Give the texts in a file, each of which should be a JSON object; blank lines are none.

    Where a gzip file is damaged or not all there, that comes last, as a `problem`.

    Raises TraceError for what cannot be read, for what is no text, and for more bytes than `most`.
    """
    with _unpacked(path) as file:
        yield from _objects(_lines(file, path, most))


def _objects(lines: Iterator[Text]) -> Iterator[Text]:
    begun: Text | None = None
    for line in lines:
        if begun is not None:
            indented = _indentation(begun.text)
            if line.problem is None and (_indentation(line.text) > indented or not line.text.strip(_BLANK)):
                begun = Text(begun.line, begun.text + line.text)
                continue
            if line.problem is None and line.text.strip(_BLANK) == b"}":
                yield Text(begun.line, (begun.text + line.text).strip(_BLANK))
                begun = None
                continue
            yield Text(begun.line, begun.text.strip(_BLANK))  # it was torn, and this is another one
            begun = None
        text = line.text.strip(_BLANK)
        if text == b"{":
            begun = line
        elif text or line.problem is not None:
            yield line._replace(text=text)
    if begun is not None:
        yield Text(begun.line, begun.text.strip(_BLANK))


def _indentation(text: bytes) -> int:
    return len(text) - len(text.lstrip(b" \t"))


def _lines(file: BinaryIO, path: Path, most: int) -> Iterator[Text]:
    number = size = 0
    try:
        while line := file.readline(_LONGEST_LINE):
            number, size = number + 1, size + len(line)
            _check_size(path, size, most)
            if len(line) == _LONGEST_LINE:
                raise TraceError(f"{path} is not a trace: line {number} has more than {_LONGEST_LINE} bytes")
            yield Text(number, without_bom(line) if number == 1 else line)
    except _BROKEN as error:
        yield Text(number + 1, b"", _damaged(error))


def _check_size(path: Path, size: int, most: int) -> None:
    if size > most:
        raise TraceError(f"{path} holds more than {most} bytes; split it, a run to a file")


def _damaged(error: Exception) -> str:
    why = "it ends too early" if isinstance(error, EOFError) else str(error)
    return f"the gzip file is damaged or not all there: {why}"


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    try:
        with opened(path, follow=True) as file:
            head = file.read(_HEAD)
            file.seek(0)
            if head.startswith(GZIP):
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield unpacked  # type: ignore[misc]
                return
            other = other_form(head)
            if other is not None:
                raise TraceError(f"{path} cannot be read: {other}")
            yield file
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> TraceError:
    """The error for a file that the system does not let anybody read."""
    return TraceError(f"{path} cannot be read: {reason_of(error, path)}")
