"""What only some installations have is loaded when it is needed, and named where it is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmstore import LearningStore
from swarmstore.errors import ExtraMissingError

_LOADED = """
import sys, swarmstore.cli.app
print(sorted({"pyarrow", "jinja2", "vl_convert", "numpy"} & sys.modules.keys()))
"""


def test_nothing_of_it_is_loaded_before_it_is_needed() -> None:
    ended = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("pyarrow", "arrow", lambda store, _path: store.frame("sessions")),
        ("pyarrow", "arrow", lambda store, _path: store.frame_batches("sessions").__enter__()),
        ("pyarrow", "arrow", lambda store, path: store.export_frames(path, "parquet")),
        ("jinja2", "report", lambda store, path: store.report(path)),
        ("vl_convert", "report", lambda store, path: store.report(path)),
    ],
)
def test_the_extra_that_brings_it_is_named(
    module: str,
    extra: str,
    use: Callable[[LearningStore, Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    path = tmp_path / "made"
    with (
        LearningStore.open("sqlite://") as store,
        pytest.raises(ExtraMissingError, match=rf"{module}: pip install 'swarmstore\[{extra}\]'"),
    ):
        use(store, path)
    assert not path.exists()
