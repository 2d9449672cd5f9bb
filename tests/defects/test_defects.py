"""The list of mistakes keeps up with the code; whether each is noticed takes `python -m tests.defects`."""

from __future__ import annotations

import pytest

from tests.defects.known import DEFECTS
from tests.defects.mistake import ROOT, Defect, outdated


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_what_a_mistake_replaces_is_there_once(defect: Defect) -> None:
    assert outdated(defect) is None


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_tests_that_should_notice_are_there(defect: Defect) -> None:
    named = [word for word in defect.tests.split() if word.startswith("tests/")]
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
