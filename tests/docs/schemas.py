"""The JSON Schemas of what commands print with --json, from the types that they print."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, get_origin

import msgspec

from swarmstore import LearningSnapshot
from swarmstore.cli.printed import PRINTED, ErrorOutput
from swarmstore.model.json import wire
from tests.docs.commands import SCHEMAS, commands

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The text of each schema by its file."""
    texts = {f"{SCHEMAS}/error.json": _text("An error of any command, with --json", [ErrorOutput])}
    for command in commands():
        kinds = [kind() for kind in PRINTED[command.function]]
        texts[command.schema] = _text(f"swarmstore {command.name} --json", kinds)
    return texts


def _text(title: str, kinds: list[object]) -> str:
    snapshot = kinds == [LearningSnapshot]  # printed as the engine's JSON, all else by its fields
    given = [wire.Snapshot] if snapshot else kinds
    outputs, parts = msgspec.json.schema_components(
        given, schema_hook=_of_class, ref_template="#/$defs/{name}"
    )
    for part in parts.values():
        _explain(part)
        if not snapshot:
            _require_all(part)
    chosen = outputs[0] if len(outputs) == 1 else {"anyOf": [*outputs]}
    schema = {"$schema": _DIALECT, "title": title, **chosen, "$defs": parts}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _explain(part: dict[str, Any]) -> None:
    """Move what the docstring says of a property, as `name: meaning`, to the property."""
    kept, explained = [], list[dict[str, Any]]()
    for line in part.get("description", "").splitlines():
        found = re.match(r"(\w+(?:, \w+)*): (.+)", line)
        names = found[1].split(", ") if found else []
        if found and {*names} <= part.get("properties", {}).keys():
            explained = [part["properties"][name] for name in names]
            for each in explained:
                each["description"] = found[2]
        elif line.startswith(" ") and explained:
            for each in explained:
                each["description"] += f" {line.strip()}"
        else:
            kept.append(line)
            explained = []
    if kept:
        part["description"] = "\n".join(kept).strip()


def _require_all(part: dict[str, Any]) -> None:
    """Require each property: one that has a default is printed as well."""
    if "properties" in part:
        part["required"] = [*part["properties"]]
        for given in part["properties"].values():
            given.pop("default", None)


def _of_class(kind: type) -> dict[str, object]:
    """The schema of what msgspec has none for: counts by name, and what is printed as text."""
    if get_origin(kind) is Counter or kind is Counter:
        return {"type": "object", "additionalProperties": {"type": "integer"}}
    return {"type": "string"}
