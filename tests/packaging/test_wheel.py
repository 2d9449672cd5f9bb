"""The wheel has all that an installation needs, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `swarmstore` program of a clean environment with nothing but the wheel in it."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    _run(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel))
    return folder / "bin" / "swarmstore"


def _run(*command: str, cwd: Path | None = None) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_reports_page_travels_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"swarmstore/analytics/report/page.html.jinja", "swarmstore/analytics/report/style.css"} <= names


def test_migrations_types_and_schemas_travel_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    scripts = {
        f"swarmstore/{path.relative_to(ROOT).as_posix()}"
        for suffix in ("py", "sql")
        for path in (ROOT / "migrations").rglob(f"*.{suffix}")
    }
    assert {"swarmstore/migrations/env.py", "swarmstore/migrations/versions/0100_first_release.py"} <= scripts
    assert scripts <= names
    assert "swarmstore/py.typed" in names
    schemas = {f"swarmstore/schemas/{path.name}" for path in (ROOT / "docs/reference/schemas").iterdir()}
    assert "swarmstore/schemas/error.json" in schemas <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"swarmstore"}


@pytest.mark.long
def test_an_installation_upgrades_and_uses_an_empty_database(
    installed: Path, empty_database_url: str, tmp_path: Path
) -> None:
    url = ("--url", empty_database_url)
    assert "upgraded from nothing" in _run(str(installed), "upgrade", *url, cwd=tmp_path)
    _run(str(installed), "import", str(ROOT / "examples" / "store"), *url, cwd=tmp_path)
    assert "troubleshooting" in _run(str(installed), "scenarios", *url, cwd=tmp_path)
    assert "no problems found" in _run(str(installed), "doctor", *url, cwd=tmp_path)


@pytest.mark.long
@pytest.mark.release
def test_an_installation_tests_a_backend(installed: Path, wheel: Path, tmp_path: Path) -> None:
    python = str(installed.with_name("python"))
    said = subprocess.run(
        [python, "-c", "from swarmstore.conformance import BackendConformance"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "this needs pytest: pip install 'swarmstore[conformance]'" in said.stderr
    _run(python, "-m", "pip", "install", "--quiet", f"{wheel}[conformance]")
    shutil.copytree(ROOT / "examples" / "backend", tmp_path, dirs_exist_ok=True)
    assert " passed, 5 skipped in " in _run(python, "-m", "pytest", "-q", cwd=tmp_path)
