"""docs/reference/views.md lists each view and column as the catalogue has them.

`SWARMSTORE_WRITE_VIEWS=1 pytest tests/db/views/test_page.py` writes the list anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from swarmstore.contracts.analytics import ColumnType
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.analytics.views.description import View
from tests.db.views.pages import DOCS

PAGE = DOCS / "reference" / "views.md"
BEGIN, END = "<!-- views -->\n", "<!-- end of views -->\n"


def described(view: View) -> Iterator[str]:
    yield f"### {view.name}"
    yield f"{view.description}. Rows are told apart by {', '.join(f'`{name}`' for name in view.order)}."
    columns = [f"| `{column.name}` | {column.type} | {column.description} |" for column in view.columns]
    yield "\n".join(["| column | type | meaning |", "| --- | --- | --- |", *columns])


def test_the_page_lists_the_views_as_they_are() -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    listed = "".join(f"{part}\n\n" for view in VIEWS.values() for part in described(view))
    wanted = f"{before}{BEGIN}\n{listed}{END}{after}"
    if os.environ.get("SWARMSTORE_WRITE_VIEWS"):
        PAGE.write_text(wanted)
    assert PAGE.read_text().splitlines() == wanted.splitlines()


def test_the_page_explains_every_type() -> None:
    types = PAGE.read_text().partition("## Types\n")[2].partition("\n## ")[0]
    rows = [row.split("|")[1].strip() for row in types.splitlines() if row.startswith("| ")]
    assert rows[2:] == list(ColumnType)
