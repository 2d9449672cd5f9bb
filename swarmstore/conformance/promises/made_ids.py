"""A session has an id: the caller's, or one that is made and that no other session has."""

from __future__ import annotations

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import ALIKE, S, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.session_ids import SessionId

IDS = ["0000000001", "0000000002.000005"]


class MadeIds(Promise):
    """Ids that are given, made and found again."""

    @needs(Capability.EXACTLY_ONCE)
    def test_ids_are_made_and_never_repeat(self, backend: LearningBackend) -> None:
        """Fifty saves of equal content in a burst are fifty sessions, in the order of saving."""
        made = [backend.save_session("s", simple()) for _ in range(50)]
        assert len(set(made)) == 50
        assert backend.list_sessions("s") == sorted(made) == made
        assert all(session_id.timestamp for session_id in made)

    @needs(Capability.EXACTLY_ONCE)
    def test_an_id_that_the_caller_gives_is_kept(self, backend: LearningBackend) -> None:
        """Any short text is an id."""
        for text in ("1700000000", "abc", "ａ b/c", "."):
            assert backend.save_session("s", varied(), SessionId(text)) == text
            assert backend.load(session(text)) == varied()

    @needs(Capability.EXACTLY_ONCE)
    def test_ids_that_look_alike_are_different(self, backend: LearningBackend) -> None:
        """Case, spaces at the end and how an accent is written make another session."""
        for number, text in enumerate(ALIKE):
            assert backend.save_session("s", simple(number), SessionId(text)) == text
        for number, text in enumerate(ALIKE):
            assert backend.load(session(text)) == simple(number)
        assert backend.list_sessions("s") == sorted(ALIKE)

    def test_what_is_loaded_as_a_session_knows_its_id(self, backend: LearningBackend) -> None:
        """Loaded and queried sessions tell the ids that they are saved under."""
        for text in IDS:
            backend.save(session(text), simple())
        found = [backend.load(session(text)) for text in IDS]
        for sessions in (
            found,
            backend.query_range("s", 0, 9),
            backend.query_since("s", 0),
            backend.query_latest("s", 9),
        ):
            ids = [each.session_id for each in sessions if each is not None]
            assert sorted(map(str, ids)) == IDS
            assert {type(each) for each in ids} == {SessionId}

    def test_an_id_is_no_part_of_the_content(self, backend: LearningBackend) -> None:
        """A loaded session may be saved elsewhere, and has its new id from then on."""
        backend.save(session(IDS[0]), simple())
        loaded = backend.load(session(IDS[0]))
        assert loaded == simple()
        backend.save(session(IDS[1], "t"), loaded)
        again = backend.load(session(IDS[1], "t"))
        assert again is not None
        assert again.session_id == IDS[1]

    def test_what_is_no_session_has_no_id(self, backend: LearningBackend) -> None:
        """A total tells no id, though it was a session once."""
        backend.save(session(IDS[0]), simple())
        loaded = backend.load(session(IDS[0]))
        assert loaded is not None
        backend.save(S, loaded)
        found = backend.load(S)
        assert found is not None
        assert found.session_id is None
