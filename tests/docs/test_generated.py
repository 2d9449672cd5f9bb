"""Pages made of the code are as the code is: a command, setting, error, table or column without a page fails.

SWARMSTORE_WRITE_DOCS=1 writes them anew.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Callable
from dataclasses import fields

import pytest

import swarmstore
import swarmstore.errors
from swarmstore import Settings
from tests.docs import commands, errors, promises, schemas, settings, tables
from tests.docs.pages import DOCS, ROOT, paragraphs

PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands.page,
    "reference/settings.md": settings.page,
    "reference/errors.md": errors.page,
    "reference/promises.md": promises.page,
    "reference/tables.md": tables.page,
    "reference/tables.svg": tables.picture,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_the_code_is(name: str) -> None:
    page, wanted = DOCS / name, PAGES[name]()
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        page.write_text(wanted)
    assert page.read_text().splitlines() == wanted.splitlines()


def test_every_command_has_a_schema_of_its_json() -> None:
    """And no schema is left of a command that is gone."""
    folder = DOCS / "reference" / commands.SCHEMAS
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        for name, text in schemas.schemas().items():
            (DOCS / "reference" / name).write_text(text)
    there = {f"{commands.SCHEMAS}/{path.name}": path.read_text() for path in folder.iterdir()}
    assert there == schemas.schemas()


def test_every_error_is_public_and_in_the_tree_with_what_to_do() -> None:
    described = set(re.findall(r"^### (\w+)$", errors.page(), re.MULTILINE))
    assert described == {error.__name__ for error in errors.errors()}
    classes = (each for each in vars(swarmstore.errors).values() if isinstance(each, type))
    assert errors.errors() == {each for each in classes if issubclass(each, swarmstore.SwarmstoreError)}
    for error in errors.errors():
        assert len(paragraphs(error)) == 2, error


def test_every_command_has_an_example() -> None:
    for command in commands.commands():
        assert f"\n```sh\nswarmstore {command.name}" in commands.page(), command.name


def test_commands_that_end_in_their_own_way_say_how() -> None:
    own = set()
    for command in commands.commands():
        module = ast.parse(inspect.getsource(inspect.getmodule(command.function) or commands))
        raised = (node.exc for node in ast.walk(module) if isinstance(node, ast.Raise))
        if any(isinstance(each, ast.Call) and ast.unparse(each.func) == "typer.Exit" for each in raised):
            own.add(command.name)
    assert own == commands.EXITS.keys()


def test_every_setting_has_a_meaning_and_a_database() -> None:
    names = [field.name for field in fields(Settings)]
    assert list(settings.DATABASES) == names
    assert re.findall(r"^### (\w+)\n\n\S", settings.page(), re.MULTILINE) == names


def test_every_variable_of_the_environment_is_listed() -> None:
    read = {
        name
        for path in (ROOT / "swarmstore").rglob("*.py")
        for name in re.findall(r"\bSWARMSTORE_[A-Z]+\b", path.read_text())
    }
    assert read == settings.VARIABLES.keys()
