"""The page of the commands, from the functions that the program runs: their docstrings and options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import EnumType
from functools import cached_property
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from swarmstore.cli.app import app
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from tests.docs.pages import paragraphs, sentence, table

SCHEMAS = "schemas"

EXITS = {
    "doctor": {
        "0": "Nothing was found, or only what is good to know.",
        "1": "An error was found, or the database could not be examined.",
        "3": "Warnings were found, and no errors.",
    },
    "export": {"1": "Something could not be exported."},
    "import": {
        "1": "A file could not be imported, replaced a session that was imported before, or has a "
        "smaller total than the store.",
    },
    "ingest": {"1": "A trace could not be used, or only a part of it."},
    "sessions": {"130": "Following was interrupted, which is how it ends."},
    "verify": {"1": "A total or a session differs from what it should be."},
}
"""What exit codes mean for one command in particular; it ends with them by itself."""

_SHARED = [get_args(option)[1] for option in (UrlOption, SchemaOption, JsonOption)]
_METAVARS: dict[object, str] = {int: "NUMBER", str: "TEXT", Path: "PATH"}
_EXAMPLE = "Example: "
_HEAD = """\
# Commands

`swarmstore COMMAND` runs one of these commands. `swarmstore --help` lists them, `swarmstore COMMAND --help`
explains one, and `swarmstore --version` prints the version and the schema's revision.

"""
_JSON = f"""\
## JSON

With `--json` a command prints one JSON value on stdout and nothing else. Only `sessions --follow --json`
goes on: it prints one value on each line. An error is printed on stderr, as one line of JSON
([schema]({SCHEMAS}/error.json)).

Below, each command's `--json` is a link to the [JSON Schema](https://json-schema.org) of what it prints.
The schemas are also in the installed package, in the folder `swarmstore/schemas`.

Within a major version no property is removed, renamed or given another type. New properties may be added,
and so may new values where the schema has an `enum`, and new classes of errors. Ignore what you do not
know.

"""
_EXIT_CODES = """\
## Exit codes

| code | meaning |
| --- | --- |
| 0 | The command did what it was asked to do. |
| 1 | It failed, or a part of it did. The reason is printed, an error on stderr. |
| 2 | It was called with wrong arguments. |
| 130 | It was interrupted, for instance with Ctrl-C. |

The commands below mention their own exit codes where these say more.

"""


@dataclass(frozen=True)
class _Parameter:
    """An argument or an option: its name and default in the function, and what the program says of it."""

    name: str
    default: object
    hint: Any

    @property
    def info(self) -> ArgumentInfo | OptionInfo:
        found = get_args(self.hint)[1]
        assert isinstance(found, ArgumentInfo | OptionInfo)
        return found

    @property
    def kind(self) -> Any:
        """Its type, without None."""
        hint = get_args(self.hint)[0]
        return next(one for one in get_args(hint) if one) if isinstance(hint, UnionType) else hint

    @property
    def is_shared(self) -> bool:
        """Whether most commands take it."""
        return self.info in _SHARED

    @property
    def is_required(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def metavar(self) -> str:
        """What stands for a value."""
        if self.info.metavar is not None:
            return self.info.metavar.strip("[].")
        if isinstance(self.info, ArgumentInfo):
            return self.name.upper()
        if get_origin(self.kind) is Literal or isinstance(self.kind, EnumType):
            return f"{{{','.join(get_args(self.kind) or self.kind)}}}"
        return _METAVARS[self.kind]

    @property
    def placed(self) -> str:
        """An argument as usage shows it."""
        shown = self.metavar if self.is_required else f"[{self.metavar}]"
        return f"{shown}..." if get_origin(self.kind) is list else shown

    @property
    def written(self) -> str:
        """An option with what it takes, in each of its forms."""
        plain = f"--{self.name.replace('_', '-')}"
        given = [self.info.default, *(self.info.param_decls or ())]
        declared = [each for one in given if isinstance(one, str) for each in one.split("/")]
        if self.kind is not bool:
            return ", ".join(f"`{name} {self.metavar}`" for name in declared or [plain])
        return ", ".join(f"`{name}`" for name in declared or [plain, plain.replace("--", "--no-", 1)])

    @property
    def otherwise(self) -> str:
        """What holds where it is left out."""
        if self.is_required:
            return "required"
        if isinstance(self.info.show_default, str):
            return self.info.show_default
        return "" if self.default in {None, False} else f"`{self.default}`"

    @property
    def help(self) -> str:
        assert self.info.help is not None
        said = sentence(self.info.help)
        if self.info.min is not None:
            said += f" At least {self.info.min}."
        return said


@dataclass(frozen=True)
class Command:
    """A command: its words, and the function that it runs."""

    name: str
    function: Callable[..., None]

    @property
    def schema(self) -> str:
        """The file with the schema of what it prints with --json."""
        return f"{SCHEMAS}/{self.name.replace(' ', '-')}.json"

    @cached_property
    def parameters(self) -> list[_Parameter]:
        """Its arguments and options."""
        hints = get_type_hints(self.function, include_extras=True)
        given = inspect.signature(self.function).parameters
        return [_Parameter(name, one.default, hints[name]) for name, one in given.items()]


def commands() -> list[Command]:
    """All commands by name."""
    found = [*_registered(app.registered_commands)]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        found += _registered(group.typer_instance.registered_commands, f"{group.name} ")
    return sorted(found, key=lambda one: one.name)


def page() -> str:
    """The whole page."""
    shared = [one for one in commands()[-1].parameters if one.is_shared]
    assert len(shared) == len(_SHARED)
    rows = [(one.written, one.otherwise, one.help) for one in shared]
    rows.append(("`-h`, `--help`", "", "Explain the command."))
    options = f"## Options that most commands take\n\n{table(('option', 'default', 'meaning'), rows)}\n"
    return _HEAD + options + _JSON + _EXIT_CODES + "\n".join(map(_described, commands()))


def _registered(infos: Any, prefix: str = "") -> Iterator[Command]:
    for info in infos:
        yield Command(f"{prefix}{info.name}", info.callback)


def _described(command: Command) -> str:
    said = paragraphs(command.function)
    told = "".join(f"{text}\n\n" for text in said if not text.startswith(_EXAMPLE))
    examples = "\n".join(text.removeprefix(_EXAMPLE) for text in said if text.startswith(_EXAMPLE))
    arguments = [one for one in command.parameters if isinstance(one.info, ArgumentInfo)]
    options = [one for one in command.parameters if one not in arguments and not one.is_shared]
    usage = " ".join(["swarmstore", command.name, "[OPTIONS]", *(one.placed for one in arguments)])
    parts = [f"## swarmstore {command.name}\n\n{told}```text\n{usage}\n```\n"]
    if arguments:
        rows = [(f"`{one.metavar}`", one.otherwise, one.help) for one in arguments]
        parts.append(table(("argument", "default", "meaning"), rows))
    if options:
        rows = [(one.written, one.otherwise, one.help) for one in options]
        parts.append(table(("option", "default", "meaning"), rows))
    *first, json = [one.written for one in command.parameters if one.is_shared]
    last = f"[{json}]({command.schema})"
    also = f"{', '.join(first)} and {last}" if first else last
    parts.append(f"It also takes {also}.\n")
    if command.name in EXITS:
        parts.append(table(("exit code", "meaning"), EXITS[command.name].items()))
    parts.append(f"```sh\n{examples}\n```\n")
    return "\n".join(parts)
