"""Pages about servers do what they say: their own commands make the servers, and end them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.followed_pages import PAGES, SERVERS, follow
from tests.postgres import binaries, pgbouncer
from tests.postgres.afterwards import folder_removed
from tests.postgres.server import UnavailableError

pytestmark = [pytest.mark.long, pytest.mark.release]

SERVER_PAGES = {page.stem: found for page in PAGES if (found := SERVERS.search(page.read_text()))}
"""By page, where its part about servers begins."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that the servers' user may write to, and PostgreSQL's programs in `bin` of it.

    Servers refuse to run as root; whoever is root runs these programs as somebody else.
    """
    user = binaries.unprivileged_user()
    base = Path(tempfile.mkdtemp(prefix="swarmstore-page-"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(folder_removed(base))
        stack.callback(end_servers, base)
        for place in (base, base / "bin"):
            place.mkdir(exist_ok=True)
            os.chown(place, user.get("user", -1), user.get("group", -1))
        found = binaries.reachable(binaries.find(), base, {**user, "cwd": base})
        programs = list(found.iterdir())
        with contextlib.suppress(UnavailableError):
            programs.append(pgbouncer.find())
        as_user = f"setpriv --reuid={user['user']} --regid={user['group']} --clear-groups " if user else ""
        for program in programs:
            shim = base / "bin" / program.name
            shim.write_text(f'#!/bin/sh\nexec {as_user}{program} "$@"\n')
            shim.chmod(0o755)
        yield base


def end_servers(base: Path) -> None:
    """End those that a page that failed has left."""
    for file in (*base.glob("*/postmaster.pid"), *base.glob("*.pid")):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(file.read_text().split()[0]), signal.SIGQUIT)


@pytest.mark.parametrize("page", SERVER_PAGES)
def test_each_step_prints_what_the_page_shows(
    page: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On ports that are free here."""
    begins = SERVER_PAGES[page]
    text = begins.string[begins.end() :]
    if "pgbouncer -d" in text and not (folder / "bin" / "pgbouncer").exists():
        pytest.skip("there is no pgbouncer; apt-get install pgbouncer")
    for port in begins["ports"].split():
        text = re.sub(rf"\b{port}\b", str(binaries.free_port()), text)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    follow(text, folder)
