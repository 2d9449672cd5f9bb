"""Every requirement has a lower bound, and this installation is not below one."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.packaging.lowest_versions import lowest

pytestmark = pytest.mark.long


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]


@pytest.mark.parametrize("constraint", list(lowest()))
def test_what_is_installed_is_not_below_its_bound(constraint: str) -> None:
    name, _, bound = constraint.partition("==")
    try:
        installed = version(name)
    except PackageNotFoundError:
        pytest.fail(f"{name} is not installed; pip install -e '.[test]'")
    assert numbers(installed) >= numbers(bound)
