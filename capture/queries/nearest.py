"""The vectors of needs kept in memory, département by département, so that each need told there is
compared while somebody types."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture.models import Need, NeedReading, NeedVector
from capture.nlp.search import NearestRows

# A need read during a long transaction appears after others that were read later.
_LATE = dt.timedelta(minutes=10)

_Latest = tuple[dt.datetime | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The needs compared with each other: those of one fabrique and département."""

    fabrique_id: int
    vectoriser_id: str
    departement: str


@dataclass(slots=True, kw_only=True)
class _Kept:
    """The rows of a shelf, and the latest reading there was when they were looked up."""

    rows: NearestRows
    latest: _Latest = (None, None)
    lock: Lock = field(default_factory=Lock)


class NeedSearch:
    """What this process knows of the vectors; brought up to date at each question."""

    def __init__(self) -> None:
        self._kept: dict[Shelf, _Kept] = {}
        self._lock = Lock()

    def nearest(
        self, session: Session, shelf: Shelf, vector: NDArray[np.float32], *, count: int
    ) -> Mapping[int, NDArray[np.float32]]:
        """Return the needs of the shelf nearest to a vector, id → unit row, the nearest first.

        Whether they may be shown is for the caller to ask.
        """
        with self._lock:
            kept = self._kept.setdefault(shelf, _Kept(rows=NearestRows(width=len(vector))))
        with kept.lock:
            _bring_up_to_date(session, shelf, kept)
            ids, rows = kept.rows.nearest(vector, count=count)
        return dict(zip(ids.tolist(), rows, strict=True))


def _bring_up_to_date(session: Session, shelf: Shelf, kept: _Kept) -> None:
    latest = session.execute(
        select(func.max(NeedReading.read_at), func.max(NeedReading.need_id))
    ).one()
    if tuple(latest) == kept.latest:
        return
    # The code of a commune begins with that of its département.
    first, last = shelf.departement.ljust(5, "0"), shelf.departement.ljust(5, "9")
    asked = (
        select(Need.id, NeedVector.vector)
        .join(NeedVector, NeedVector.need_id == Need.id)
        .join(NeedReading, NeedReading.need_id == Need.id)
        .where(
            Need.fabrique_id == shelf.fabrique_id,
            Need.commune.between(first, last),
            NeedVector.vectoriser == shelf.vectoriser_id,
        )
        .order_by(Need.id)
    )
    if kept.latest[0] is not None:
        asked = asked.where(NeedReading.read_at >= kept.latest[0] - _LATE)
    found = session.execute(asked).all()
    if found:
        vectors = np.frombuffer(b"".join(row.vector for row in found), dtype=np.float32)
        kept.rows.put([row.id for row in found], vectors.reshape(len(found), -1))
    kept.latest = (latest[0], latest[1])
