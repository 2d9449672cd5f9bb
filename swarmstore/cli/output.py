"""How results look, tables for people and JSON for programs, and how far long work is."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from textwrap import wrap
from typing import TypeVar

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

import swarmstore
from swarmstore.cli.printed import ErrorOutput

_Answer = TypeVar("_Answer")

_WARNINGS = 10
_PAGE = 1_000  # rows that a table is laid out by
_NARROW = 20  # columns that a value has at least
_NO_EDGE = 1_000_000  # columns of what is no terminal: a table there is as wide as its cells
_PLAIN = {"→": "->", "…": "...", "─": "-", "–": "-", "×": "x", "·": "."}

for _name in ("COLUMNS", "LINES"):  # Rich takes all that looks like digits for a number, as ²
    if not re.fullmatch("[0-9]{1,5}", os.environ.get(_name, "")):
        os.environ.pop(_name, None)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def prepare_streams() -> None:
    """Have any text go to any stream, in its encoding as far as that goes, and all of it into a pipe."""
    if sys.stdout is None:  # it was closed before
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - until the process ends
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=_encoding_of(stream), errors="swarmstore")
    if not console.file.isatty():  # what Rich says of it goes by FORCE_COLOR
        console.width = _NO_EDGE


def _encoding_of(stream: io.TextIOWrapper) -> str:
    """That of a stream, or ASCII in place of one that text cannot be written in, as `idna`."""
    try:
        "a. b, c..\n→".encode(stream.encoding, "swarmstore")
    except (UnicodeError, LookupError):
        return "ascii"
    return stream.encoding


def _replacing(of: Callable[[str], str]) -> Callable[[UnicodeError], tuple[str, int]]:
    """A handler of characters that an encoding lacks, with what stands for each."""

    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return "".join(map(of, error.object[error.start : error.end])), error.end

    return handle


def _plainly(character: str) -> str:
    return _PLAIN.get(character) or character.encode("ascii", "backslashreplace").decode()


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


codecs.register_error("swarmstore", _replacing(_plainly))
codecs.register_error("swarmstore json", _replacing(_json_escape))


def print_answer(
    answer: _Answer, for_people: str | Callable[[_Answer], None], *, json: bool, url: str | None
) -> None:
    """Print what a command has found out or done: as JSON for programs, in a line, or by a function.

    url: the database, which people are told of.
    """
    if json:
        print_json(answer)
        return
    if isinstance(for_people, str):
        say(for_people)
    else:
        for_people(answer)
    say_database(url)


def say_database(url: str | None) -> None:
    """Say which database was used, on one line and without its password."""
    say(f"Database: {swarmstore.shown_url(url)}", style="dim")


def print_json(value: object) -> None:
    """Print data as indented JSON; dataclasses become objects.

    A file name that is no UTF-8 is shown as in other output: `lat\\udce9n`.
    """
    import msgspec

    data = _as_text(msgspec.to_builtins(value, enc_hook=str))
    print_json_text(msgspec.json.format(msgspec.json.encode(data), indent=2).decode())


def _as_text(data: object) -> object:
    """The data without what Python has in place of bytes that are no text: no JSON could hold it."""
    match data:
        case str():
            return data.encode(errors="backslashreplace").decode()
        case dict():
            return {_as_text(key): _as_text(value) for key, value in data.items()}
        case list() | tuple():
            return [_as_text(value) for value in data]
        case _:
            return data


def print_json_list(items: Iterable[object]) -> None:
    """Print data as a JSON list as they come, each on a line of its own."""
    separator = "[\n  "
    for item in items:
        print_json_text(separator + json_line(item), end="")
        separator = ",\n  "
    print_json_text("[]" if separator.startswith("[") else "\n]")


def json_line(value: object) -> str:
    """Data as JSON on one line; dataclasses become objects."""
    import msgspec

    return msgspec.json.encode(value, enc_hook=str).decode()


def print_json_text(text: str, end: str = "\n", to: Console = console) -> None:
    """Print JSON text as it is: no colours, no wrapping."""
    if not text.replace("\n", "").isprintable():
        # JSON leaves some characters as they are that make a terminal do things, or show text backwards
        text = "".join(c if c == "\n" or c.isprintable() else _json_escape(c) for c in text)
    written = text.encode(to.encoding, "swarmstore json")
    to.file.write(written.decode(to.encoding) + end)


def printable(text: str) -> Text:
    """Text from the database as a terminal may show it: nothing in it controls the terminal."""
    return Text(_printable(text))


def _printable(text: str) -> str:
    if text.isprintable():  # as nearly all are, of a hundred thousand
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table; columns whose name begins with '#' hold numbers.

    Numbers have separators, None is nothing, all else is printable text.
    """
    if title is not None:  # not Rich's, which it breaks where the table is narrower
        say(title, style="bold")
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        made.add_column(
            column.removeprefix("#"), justify="right" if column.startswith("#") else "left", overflow="fold"
        )
    for row in rows:
        made.add_row(*[Text(_cell(cell)) for cell in row])
    console.print(made)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str) -> None:
    """Print a table of any length: a long one line by line, so that its beginning is there at once.

    Rich measures a table as a whole, which takes a minute for 100,000 rows.
    """
    left = iter(rows)
    first = list(islice(left, _PAGE))
    if len(first) < _PAGE:
        print_table(columns, first, title)
        return
    names = [column.removeprefix("#") for column in columns]
    cells = [[*map(_cell, row)] for row in first]
    widths = [max(map(cell_len, column)) for column in zip(names, *cells, strict=True)]

    def write(line: Sequence[str]) -> None:
        spaces = [" " * (width - cell_len(cell)) for width, cell in zip(widths, line, strict=True)]
        padded = [
            space + cell if column.startswith("#") else cell + space
            for column, space, cell in zip(columns, spaces, line, strict=True)
        ]
        console.file.write("  ".join(padded).rstrip() + "\n")

    say(title, style="bold")
    write(names)
    console.file.write("─" * (sum(widths) + 2 * len(widths) - 2) + "\n")
    for cell in cells:
        write(cell)
    for row in left:
        write([*map(_cell, row)])


def say(text: str, style: str = "", to: Console = console) -> None:
    """Print a line, however long, as one line."""
    to.print(printable(text), style=style, soft_wrap=True)


def asked_for_json() -> bool:
    """Whether the command line has --json: known before it is understood, and where it is not."""
    arguments = sys.argv[1:]
    return "--json" in arguments[: arguments.index("--") if "--" in arguments else None]


def say_error(error: BaseException, message: str) -> None:
    """Print an error on stderr: on one line, or with --json as an object."""
    if asked_for_json():
        told = ErrorOutput(error={"type": type(error).__name__, "message": message})
        print_json_text(json_line(_as_text(told)), to=errors)
    else:
        say(f"error: {message}", style="red", to=errors)


def _cell(cell: object) -> str:
    match cell:
        case None:
            return ""
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:.3g}"
        case _:
            return _printable(str(cell))


def percent(part: int, whole: int) -> str | None:
    """A share in per cent, None of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else None


def facts(title: str, rows: Sequence[tuple[str, object]]) -> None:
    """Print named values under a title, on a terminal in lines that fit; None is left out."""
    given = [(name, _cell(value)) for name, value in rows if value is not None]
    width = max(len(name) for name, _ in given)
    room = max(console.width - width - 4, _NARROW)
    say(title, style="bold")
    for name, value in given:
        first, *others = wrap(value, room, break_long_words=False, break_on_hyphens=False) or [""]
        say(f"  {name:<{width}}  {first}")
        for line in others:
            say(f"  {'':<{width}}  {line}")
    console.print()


def count_of(number: int, noun: str) -> str:
    """A number of things, as "1 session" or "1,200 sessions"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counted(outcomes: Counter[swarmstore.Outcome]) -> str | None:
    """Files by what became of them, None of none."""
    there = [f"{outcomes[outcome]:,} {outcome}" for outcome in swarmstore.Outcome if outcomes[outcome]]
    return ", ".join(there) or None


def say_repeated(repeated: Sequence[tuple[str, str]], left_out: Sequence[tuple[str, str]] = ()) -> None:
    """Warn of sessions, by scenario and id, that equal totals or others, or say that they are left out."""
    without = set(left_out)
    for scenario, session_id in repeated[:_WARNINGS]:
        so = (
            "it is left out; --repeated count imports it"
            if (scenario, session_id) in without
            else "if an agent saved its prior again, everything in it counts twice"
        )
        say(
            f"warning: session {session_id} of {scenario} equals the total before it, or a session: {so}",
            style="yellow",
        )
    if len(repeated) > _WARNINGS:
        more = count_of(len(repeated) - _WARNINGS, "more session")
        say(f"warning: and {more} like that", style="yellow")


@contextmanager
def told(what: str, of: str) -> Iterator[swarmstore.Progress]:
    """Tell how far long work is: by a bar on stderr where somebody watches, and when it is interrupted.

    what: the work, as "importing". of: what is counted, as "files".
    """
    reached = "before any progress"

    def note(done: int, total: int) -> None:
        nonlocal reached
        reached = f"with {done:,} of {total:,} {of} done"
        show(done, total)

    try:
        with _bar(what) as show:
            yield note
    except KeyboardInterrupt as interrupt:
        say_error(interrupt, f"interrupted while {what}, {reached}")
        raise


@contextmanager
def _bar(what: str) -> Iterator[swarmstore.Progress]:
    if not errors.file.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
