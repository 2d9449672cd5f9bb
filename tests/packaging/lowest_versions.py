"""The lowest versions that pyproject.toml admits, as constraints for pip.

`python -m tests.packaging.lowest_versions` prints them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[[\w,]+\])?>=(?P<version>[\w.]+)(,<[\w.]+)?")
_TOOLS = {"dev", "docs"}  # what checks the code and builds the site: the newest is used


def lowest() -> Iterator[str]:
    """`name==version` of every requirement, its lower bound for the version."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    extras = {name: extra for name, extra in project["optional-dependencies"].items() if name not in _TOOLS}
    for requirement in [*project["dependencies"], *(one for extra in extras.values() for one in extra)]:
        if requirement.startswith("swarmstore["):
            continue
        found = _REQUIREMENT.fullmatch(requirement)
        if found is None:
            raise ValueError(f"{requirement!r} has no lower bound")
        yield f"{found['name']}=={found['version']}"


if __name__ == "__main__":
    print("\n".join(lowest()))
