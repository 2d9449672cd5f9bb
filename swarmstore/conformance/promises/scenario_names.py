"""Any text is the name of a scenario, and scenarios are listed by the bytes of their names."""

from __future__ import annotations

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import ALIKE, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import InvalidValueError
from swarmstore.model.keys import ScenarioKey

NAMES = [
    "../../x",
    "/abs",
    "a/b",
    "a/sessions",
    "",
    ".",
    "..",
    "日本語 シナリオ",
    "a%2Fb",
    "%00",
    "con\n",
    " b",
    "a:b",
]


class ScenarioNames(Promise):
    """Names that mean something elsewhere."""

    @pytest.mark.parametrize("scenario", NAMES)
    def test_any_text_is_a_scenario(self, backend: LearningBackend, scenario: str) -> None:
        """Names that would leave a folder, or mean something to a file system, are names like others."""
        backend.save(ScenarioKey("other"), simple(2))
        backend.save(ScenarioKey(scenario), simple())
        backend.save(session("1", scenario), simple(3))
        assert backend.load(session("1", scenario)) == simple(3)
        assert backend.list_sessions(scenario) == ["1"]
        assert backend.scenarios() == sorted(["other", scenario])
        assert backend.load(ScenarioKey("other")) == simple(2)

    def test_names_that_look_alike_are_different(self, backend: LearningBackend) -> None:
        """Case, spaces at the end and how an accent is written make another scenario."""
        for number, name in enumerate(ALIKE, start=1):
            backend.save(ScenarioKey(name), simple(number))
            backend.save(session("1", name), simple(number))
        for number, name in enumerate(ALIKE, start=1):
            assert backend.load(ScenarioKey(name)) == simple(number)
            assert backend.load(session("1", name)) == simple(number)
        assert backend.scenarios() == sorted(ALIKE)

    def test_scenarios_are_listed_in_byte_order(self, backend: LearningBackend) -> None:
        """Neither the case of letters nor a language has a say in the order of scenarios."""
        names = ["", "10", "9", "B", "a", "b", "ä", "日", "\uff5e", "\U0001f600"]
        for name in reversed(names):
            backend.save(ScenarioKey(name), simple())
        assert backend.scenarios() == names

    def test_a_scenario_name_may_be_long(self, backend: LearningBackend) -> None:
        """A name of thousands of characters is held, or refused before anything is saved."""
        try:
            backend.save(ScenarioKey("語" * 3000), simple())
            backend.save(ScenarioKey("語" * 2999 + "x"), simple(2))
        except InvalidValueError:
            assert Capability.LONG_SCENARIO_NAMES not in self.capabilities
            assert backend.scenarios() == []
        else:
            assert backend.load(ScenarioKey("語" * 3000)) == simple()
