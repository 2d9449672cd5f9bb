"""Libraries that only some installations have, and what to say where one is missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from swarmstore.errors import ExtraMissingError
from swarmstore.loading import loading


def module_of(extra: str, name: str) -> ModuleType:
    """The module `name`, which `pip install 'swarmstore[extra]'` brings. Raises ExtraMissingError."""
    try:
        with loading():
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise ExtraMissingError(f"this needs {error.name}: pip install 'swarmstore[{extra}]'") from None
