"""What gives sessions their places in the order that followers see."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from swarmstore.db.schema.declarative import STRICT, Base, count, data, key


class Publication(Base):
    """One row: whoever publishes sessions locks it."""

    __tablename__ = "publication"
    __table_args__ = ({"comment": "How far sessions are published to followers, one row", **STRICT},)

    id: Mapped[int] = key("Always 1")
    store_id: Mapped[bytes] = data("Random: tells this store from another one, in copies and exports")
    last_position: Mapped[int] = count("The last position that was given out")
    epoch: Mapped[int] = count("Random: cursors of another epoch are refused")
