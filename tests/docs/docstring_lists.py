"""An extension of Griffe: what a docstring says of arguments, and the members of an enumeration, as lists.

Arguments are explained by a paragraph that begins with `name: what it means`, one after the other.
"""

from __future__ import annotations

import re

import griffe

_EXPLAINED = re.compile(r"(\w+(?:(?:, | and )\w+)*): (?=\S)")
_ONE_MORE = re.compile(r"(?<=[.;])\s+(?=(\w+): \S)")
_PARAGRAPHS = re.compile(r"\n{2,}")
_ENUMERATIONS = {"Enum", "StrEnum", "IntEnum"}


class DocstringLists(griffe.Extension):
    """Makes the lists."""

    def on_object(self, *, obj: griffe.Object, **_given: object) -> None:
        """Change the object's docstring, which all pages show."""
        if obj.docstring is None:
            return
        names = {each.name for each in obj.parameters} if isinstance(obj, griffe.Function) else {*obj.members}
        paragraphs = [_listed(each, names) for each in _PARAGRAPHS.split(obj.docstring.value)]
        if isinstance(obj, griffe.Class) and _ENUMERATIONS & {str(base) for base in obj.bases}:
            values = (each for each in obj.attributes.values() if each.docstring is None)
            paragraphs.append("\n".join(f"- `{each.name}`, which is `{each.value}`" for each in values))
        obj.docstring.value = "\n\n".join(paragraphs)


def _listed(paragraph: str, names: set[str]) -> str:
    """The paragraph as a list where it explains some of these names."""
    first = _EXPLAINED.match(paragraph)
    if first is None or not names & set(re.findall(r"\w+", first[1])):
        return paragraph
    lines = []
    for line in _ONE_MORE.sub(lambda gap: "\n" if gap[1] in names else gap[0], paragraph).splitlines():
        if found := _EXPLAINED.match(line):
            explained = re.sub(r"\b(?!and\b)\w+", r"`\g<0>`", found[1])
            lines.append(f"- {explained}: {line[found.end() :]}")
        else:
            lines.append(f"    {line.strip()}")
    return "\n".join(lines)
