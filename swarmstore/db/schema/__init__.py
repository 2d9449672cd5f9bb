"""The tables, each module with some of them: an agent loads those that it uses, `all_tables` has all.

Three families have the same shape: `sessions` (what was saved), `baselines` (what totals hold from
elsewhere) and `rollups` (the rollups). Each has a header and six kinds of facts.
"""

import sqlalchemy  # noqa: F401 - whole, before a part of it: of which another thread may have half
