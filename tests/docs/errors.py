"""The page of the errors, from their classes: what they derive from, and what their docstrings say."""

from __future__ import annotations

from collections.abc import Iterator

import swarmstore
from swarmstore import SwarmstoreError
from tests.docs.pages import paragraphs

_HEAD = """\
# Errors

Everything that swarmstore raises on purpose derives from `SwarmstoreError`. The message of an error says
what happened and what to do next; passwords never appear in it. All names are in `swarmstore`.

Errors of the operating system, such as a folder that cannot be written, come as `OSError`.

## The tree

"""
_OTHERS = "The other errors come back as long as their cause remains."
_AGAIN = "Trying again can help"


def page() -> str:
    """The whole page."""
    tree = "".join(f"{'  ' * depth}{error.__name__}\n" for depth, error in _below(SwarmstoreError, 0))
    helped = [error for _, error in _below(SwarmstoreError, 0) if _can_help(error)]
    again = "".join(f"- [`{error.__name__}`](#{error.__name__.lower()})\n" for error in helped)
    parts = [
        f"{_HEAD}```text\n{tree}```\n",
        f"## When trying again can help\n\n{again}\n{_OTHERS}\n",
        "## Each error\n",
        *(_described(error) for _, error in _below(SwarmstoreError, 0)),
    ]
    return "\n".join(parts)


def errors() -> set[type[SwarmstoreError]]:
    """All public ones."""
    public = (getattr(swarmstore, name) for name in swarmstore.__all__)
    return {one for one in public if isinstance(one, type) and issubclass(one, SwarmstoreError)}


def _below(error: type[SwarmstoreError], depth: int) -> Iterator[tuple[int, type[SwarmstoreError]]]:
    """An error and those that derive from it, as deep as they stand in the tree."""
    yield depth, error
    for kind in sorted(error.__subclasses__(), key=lambda one: one.__name__):
        if kind in errors():
            yield from _below(kind, depth + 1)


def _can_help(error: type[SwarmstoreError]) -> bool:
    return any(text.startswith(_AGAIN) for text in paragraphs(error))


def _described(error: type[SwarmstoreError]) -> str:
    bases = " and ".join(f"`{base.__name__}`" for base in error.__bases__)
    when, what_to_do = paragraphs(error)
    if _can_help(error):
        again = "can help"
    elif any(_can_help(kind) for kind in error.__subclasses__()):
        again = "depends on which of the errors below it is"
    else:
        again = "does not help while the cause remains"
    return f"""\
### {error.__name__}

{when}

- Derives from {bases}.
- Trying again: {again}.
- What to do: {what_to_do}
"""
