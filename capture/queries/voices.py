"""Who speaks in a grouping, and from where: people and places are counted, not rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from capture.models import ClusterMember, Need, NeedState
from capture.queries.published import CONFIRMATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The testimonies of a grouping: how many (needs and their confirmations), where, since when.

    ``places`` are (INSEE code, testimonies), the most talkative first.
    """

    testimonies: int = 0
    places: tuple[tuple[str, int], ...] = ()
    first: dt.date | None = None

    @property
    def communes(self) -> int:
        """How many communes speak."""
        return len(self.places)


NO_VOICE = Voices()


def voices_of(session: Session, cluster_ids: Collection[int]) -> Mapping[int, Voices]:
    """The voices of each grouping, in one statement; a grouping without needs is left out."""
    counted: defaultdict[int, list[tuple[str | None, int, dt.date]]] = defaultdict(list)
    if not cluster_ids:
        return counted_voices(counted)
    for cluster_id, commune, needs, confirmations, first in session.execute(
        select(
            ClusterMember.cluster_id,
            Need.commune,
            func.count(),
            func.sum(CONFIRMATIONS),
            func.min(Need.observed_on),
        )
        .join(Need, Need.id == ClusterMember.need_id)
        .where(ClusterMember.cluster_id.in_(sorted(cluster_ids)), Need.state != NeedState.WITHDRAWN)
        .group_by(ClusterMember.cluster_id, Need.commune)
    ):
        counted[cluster_id].append((commune, needs + int(confirmations), first))
    return counted_voices(counted)


def counted_voices(
    counted: Mapping[int, list[tuple[str | None, int, dt.date]]],
) -> Mapping[int, Voices]:
    """The voices of each grouping from its (commune, testimonies, first day)."""
    return {
        cluster_id: Voices(
            testimonies=sum(testimonies for _, testimonies, _ in lines),
            places=tuple(
                sorted(
                    ((commune, testimonies) for commune, testimonies, _ in lines if commune),
                    key=lambda place: (-place[1], place[0]),
                )
            ),
            first=min(first for _, _, first in lines),
        )
        for cluster_id, lines in counted.items()
    }


def month_columns(
    day: InstrumentedAttribute[dt.date],
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The year and the month of a day, to group by."""
    return extract("year", day), extract("month", day)


def twelve_months(counted: Iterable[tuple[int, int, int]], *, today: dt.date) -> tuple[int, ...]:
    """Counts given as (year, month, count), laid over the twelve months up to today's."""
    last = today.year * 12 + today.month
    curve = [0] * 12
    for year, month, number in counted:
        rank = 11 - (last - (int(year) * 12 + int(month)))
        if 0 <= rank < 12:
            curve[rank] += number
    return tuple(curve)
