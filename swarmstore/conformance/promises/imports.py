"""A file is imported once, and what is in the ledger is in the store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from swarmstore.conformance.able_backends import ImportableBackend
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import model, simple
from swarmstore.conformance.shorthand import G, S, save, session, visits
from swarmstore.contracts.imports import Became, ImportTarget, Outcome, SessionFile, SourceFile
from swarmstore.model.forgetting import forgetting
from swarmstore.model.keys import TotalKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot

totals = pytest.mark.parametrize("key", [S, G], ids=str)


def source(path: str, content: str = "", origin: str = "o", *, counted: bool = True) -> SourceFile:
    """A file of a store, whose bytes are told by `content`."""
    return SourceFile(origin, path, (path + content).encode().ljust(32, b".")[:32], counted)


def file(text: str, snapshot: LearningSnapshot, origin: str = "o", *, counted: bool = True) -> SessionFile:
    """The file of a session."""
    content = str(snapshot.action_stats["A"].visits)
    return SessionFile(source(f"s/{text}", content, origin, counted=counted), "s", SessionId(text), snapshot)


def take(target: ImportTarget, *files: SessionFile) -> list[Became]:
    """Import session files of one origin at once."""
    return target.import_sessions(target.preparation()(files))


def covering(sessions: int) -> LearningSnapshot:
    """A total of so many sessions, each seen once."""
    snapshot = simple(sessions)
    snapshot.metadata.session_count = sessions
    return snapshot


@needs(Capability.IMPORTS, Capability.TOTALS, Capability.EXACTLY_ONCE)
class Imports(Promise):
    """What an import target does with files."""

    def test_a_new_store_has_no_origins(self, backend: ImportableBackend) -> None:
        """A store is empty until something is saved, and has a ledger for each store that was imported."""
        target = backend.import_target()
        assert target.is_empty()
        assert target.origins() == []
        assert target.entries("o") == {}
        take(target, file("1", simple(), "o"))
        take(target, file("2", simple(), "B"))
        assert not target.is_empty()
        assert target.origins() == ["B", "o"]
        entry = target.entries("o")["s/1"]
        assert (entry.origin, entry.path, entry.counted) == ("o", "s/1", True)
        assert entry.digest == source("s/1", "1").digest
        assert entry.content == target.content_digest(simple())

    def test_a_store_is_the_same_in_every_target(self, backend: ImportableBackend) -> None:
        """A backend has one identity, however often it is asked."""
        assert backend.import_target().identity() == backend.import_target().identity() != ""

    def test_imported_sessions_are_sessions(self, backend: ImportableBackend) -> None:
        """Sessions of files are saved under their ids, and count where the import says so."""
        target = backend.import_target()
        files = [file(f"{number}", simple(number)) for number in (1, 2)]
        assert take(target, *files) == [(Outcome.ADDED, "1"), (Outcome.ADDED, "2")]
        take(target, file("3", simple(50), "uncounted", counted=False))
        assert backend.list_sessions("s") == ["1", "2", "3"]
        assert backend.load(session("2")) == simple(2)
        assert visits(backend) == visits(backend, G) == 3

    def test_importing_again_changes_nothing(self, backend: ImportableBackend) -> None:
        """A file that the ledger has is unchanged, also when its session was deleted since."""
        target = backend.import_target()
        take(target, file("1", simple(1)), file("2", simple(2)))
        backend.delete(session("1"))
        before = backend.load(S), backend.load(G)
        again = take(target, file("1", simple(1)), file("2", simple(2)))
        assert [outcome for outcome, _ in again] == [Outcome.UNCHANGED] * 2
        assert backend.list_sessions("s") == ["2"]
        assert (backend.load(S), backend.load(G)) == before

    def test_a_changed_file_replaces_its_session(self, backend: ImportableBackend) -> None:
        """The session has the new content, and totals stay as they are."""
        target = backend.import_target()
        take(target, file("1", simple(1)), file("2", simple(2)))
        assert take(target, file("1", simple(10))) == [(Outcome.REPLACED, "1")]
        assert backend.load(session("1")) == simple(10)
        assert visits(backend) == 3

    def test_a_taken_id_gets_microseconds(self, backend: ImportableBackend) -> None:
        """Other content under the id of a session is a session beside it, of the same second."""
        save(backend, "1700000000", simple(1))
        ((outcome, renamed),) = take(backend.import_target(), file("1700000000", simple(10)))
        assert outcome is Outcome.RENAMED
        assert renamed.timestamp == 1_700_000_000
        assert backend.load(session("1700000000")) == simple(1)
        assert backend.load(session(renamed)) == simple(10)
        assert visits(backend) == 11

    def test_what_is_there_already_is_not_counted_again(self, backend: ImportableBackend) -> None:
        """A session that was saved with this content under this id is unchanged."""
        save(backend, "1", simple(1))
        assert take(backend.import_target(), file("1", simple(1))) == [(Outcome.UNCHANGED, "1")]
        assert visits(backend) == 1

    def test_what_becomes_nothing_is_remembered(self, backend: ImportableBackend) -> None:
        """Files that become neither session nor total are in the ledger all the same."""
        target = backend.import_target()
        target.remember([source("notes")])
        assert target.entries("o").keys() == {"notes"}
        assert backend.scenarios() == []

    @totals
    def test_an_imported_total_is_carried_once(self, backend: ImportableBackend, key: TotalKey) -> None:
        """A total counts beside sessions, and a later one of its origin takes its place."""
        target = backend.import_target()
        save(backend, "1", simple(100))
        assert target.import_total(source("stats", "1"), key, covering(3)) is Outcome.ADDED
        assert visits(backend, key) == 103
        assert target.import_total(source("stats", "2"), key, covering(5)) is Outcome.REPLACED
        assert visits(backend, key) == 105

    @totals
    def test_a_smaller_total_is_kept_out(self, backend: ImportableBackend, key: TotalKey) -> None:
        """A total of fewer sessions, or of as many with less in it, leaves the one before."""
        target = backend.import_target()
        target.import_total(source("stats", "1"), key, covering(5))
        less = replace(covering(4), metadata=covering(5).metadata)
        for number, smaller in enumerate([covering(4), less]):
            outcome = target.import_total(source("stats", f"smaller {number}"), key, smaller)
            assert outcome is Outcome.KEPT
        assert visits(backend, key) == 5

    def test_an_older_model_is_kept_out(self, backend: ImportableBackend) -> None:
        """An offline model takes the place of one that was updated before it, and of no other."""
        target = backend.import_target()
        newer = replace(model(), updated_at=model().updated_at + 1, analyzed_sessions=99)
        assert target.import_model(source("model", "1"), "s", model()) is Outcome.ADDED
        assert target.import_model(source("model", "2"), "s", newer) is Outcome.REPLACED
        assert target.import_model(source("model", "3"), "s", model()) is Outcome.UNCHANGED
        assert backend.load_offline_model("s") == newer

    def test_a_run_is_saved_once(self, backend: ImportableBackend) -> None:
        """A run that the ledger has is unchanged, and one of which it has a part takes the place of it."""
        target = backend.import_target()
        assert target.import_run(file("1", simple(1)), [], lambda _: False) == (Outcome.ADDED, "1")
        assert target.import_run(file("1", simple(1)), [], lambda _: True) == (Outcome.UNCHANGED, "1")
        told: list[LearningSnapshot] = []

        def replaces(before: LearningSnapshot) -> bool:
            told.append(before)
            return True

        assert target.import_run(file("2", simple(5)), ["s/1"], replaces) == (Outcome.REPLACED, "1")
        assert told == [simple(1)] * len(told) != []
        assert backend.list_sessions("s") == ["1"]
        assert visits(backend) == visits(backend, G) == 5

    @needs(Capability.FORGETTING)
    def test_a_forgotten_import_leaves_nothing(self, backend: ImportableBackend) -> None:
        """Its sessions and what totals have from its files go, and the ledger does not know it any more."""
        target = backend.import_target()
        save(backend, "1", simple(100))
        take(target, file("2", simple(1)), file("3", simple(2)))
        target.import_total(source("stats"), S, covering(5))
        report = backend.forget(forgetting(SessionSlice(), origin="o"))
        assert report.sessions == (session("2"), session("3"))
        assert visits(backend) == visits(backend, G) == 100
        assert backend.list_sessions("s") == ["1"]
        assert target.origins() == []
