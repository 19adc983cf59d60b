"""Acts on an agenda: drafted from the portfolio, changed by people, frozen as a numbered version.
A frozen version never changes; reopening makes a new working copy of it."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel.dates import format_datetime
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fabrique.core.access import Action, Actor
from fabrique.core.clock import PARIS, local_date
from fabrique.core.errors import Conflict, Invalid, NotFound
from fabrique.core.journal import record
from fabrique.core.outbox import write_message
from steering.models import (
    Agenda,
    AgendaItem,
    CommitteeKind,
    ItemKind,
    ItemOrigin,
    Meeting,
    MeetingState,
)
from steering.planning.outline import Outline, outlines
from steering.planning.points import Fact, LeftOut, Point
from steering.planning.ranking import copil_points, cotech_points
from steering.planning.timing import draft, in_order
from steering.queries.drafts import (
    agenda_of,
    copy_of,
    facts_json,
    item_of,
    key_of,
    last_frozen,
    left_out_json,
    left_out_of,
    new_item,
    point_of,
    working_agenda,
)
from steering.queries.meetings import meeting_named
from steering.queries.portfolio import portfolio_of

PUT_ASIDE = Fact("put_aside")
_LONGEST_POINT = 240


class Direction(enum.StrEnum):
    """Where a point is moved: one place earlier or one place later."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """What a person writes of a point."""

    kind: ItemKind
    title: str
    minutes: int
    rapporteur: str = ""
    synthesis: str = ""
    proposal: str = ""


def prepare_agenda(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> Agenda:
    """Draft the working agenda of a meeting from the portfolio of its territory.

    Prepared again, it is readjusted around the choices already made. Raises ``Conflict`` if a
    version is frozen and not reopened, or if the meeting is over.
    """
    meeting = _meeting(session, actor, reference)
    agenda = agenda_of(session, meeting, 0)
    if agenda is None:
        if last_frozen(session, meeting) is not None:
            raise Conflict("agenda.frozen")
        agenda = Agenda(meeting_id=meeting.id, version=0, drafted_at=now, left_out={}, items=[])
        session.add(agenda)
        session.flush()
    _redraft(session, meeting, agenda, now=now)
    record(session, actor, "agenda.prepared", reference, now=now, facts=_counts(agenda))
    return agenda


def readjust_agenda(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> Agenda:
    """Draft again around what is pinned, resized, added or put aside, keeping the order given."""
    meeting = _meeting(session, actor, reference)
    agenda = working_agenda(session, meeting)
    _redraft(session, meeting, agenda, now=now)
    record(session, actor, "agenda.readjusted", reference, now=now, facts=_counts(agenda))
    return agenda


def add_item(
    session: Session, actor: Actor, reference: str, entry: ItemEntry, *, now: dt.datetime
) -> AgendaItem:
    """Add a point of one's own, before the obligation that closes the meeting if there is one."""
    agenda = working_agenda(session, _meeting(session, actor, reference))
    _require_entry(entry)
    item = AgendaItem(
        agenda_id=agenda.id, position=0, origin=ItemOrigin.ADDED, topic="added", facts={}
    )
    _write_entry(item, entry)
    closing = bool(agenda.items) and agenda.items[-1].origin is ItemOrigin.MANDATORY
    items = list(agenda.items)
    items.insert(len(items) - closing, item)
    session.add(item)
    _number(session, agenda, items)
    record(session, actor, "agenda.item_added", reference, now=now)
    return item


def edit_item(
    session: Session,
    actor: Actor,
    reference: str,
    item_id: int,
    entry: ItemEntry,
    *,
    now: dt.datetime,
) -> AgendaItem:
    """Write a point again in one's own words; it is then kept as if it were pinned."""
    item = _item(session, actor, reference, item_id)
    _require_entry(entry)
    _write_entry(item, entry)
    item.is_pinned = True
    record(session, actor, "agenda.item_edited", reference, now=now)
    return item


def move_item(
    session: Session,
    actor: Actor,
    reference: str,
    item_id: int,
    direction: Direction,
    *,
    now: dt.datetime,
) -> None:
    """Move a point one place; at an end of the agenda nothing changes."""
    agenda = working_agenda(session, _meeting(session, actor, reference))
    item = item_of(agenda, item_id)
    items = list(agenda.items)
    here = items.index(item)
    there = here - 1 if direction is Direction.UP else here + 1
    if 0 <= there < len(items):
        items[here], items[there] = items[there], items[here]
        _number(session, agenda, items)
        record(session, actor, "agenda.item_moved", reference, now=now)


def resize_item(
    session: Session, actor: Actor, reference: str, item_id: int, minutes: int, *, now: dt.datetime
) -> None:
    """Give a point another length; it is then kept as if it were pinned."""
    item = _item(session, actor, reference, item_id)
    _require_minutes(minutes)
    if item.minutes != minutes:
        item.minutes, item.is_pinned = minutes, True
        record(session, actor, "agenda.item_resized", reference, now=now)


def pin_item(
    session: Session, actor: Actor, reference: str, item_id: int, *, now: dt.datetime
) -> None:
    """Keep a point whatever the minutes."""
    _item(session, actor, reference, item_id).is_pinned = True
    record(session, actor, "agenda.item_pinned", reference, now=now)


def unpin_item(
    session: Session, actor: Actor, reference: str, item_id: int, *, now: dt.datetime
) -> None:
    """Let the machine decide again whether the point stays."""
    _item(session, actor, reference, item_id).is_pinned = False
    record(session, actor, "agenda.item_unpinned", reference, now=now)


def bring_in(
    session: Session, actor: Actor, reference: str, key: str, *, now: dt.datetime
) -> AgendaItem:
    """Bring in a point that was left out, pinned, where its section belongs."""
    meeting = _meeting(session, actor, reference)
    agenda, outline = working_agenda(session, meeting), _outline(meeting)
    left_out = left_out_of(agenda)
    point = next((left.point for left in left_out if left.point.key == key), None)
    if point is None:
        raise NotFound("agenda.item_unknown")
    item = new_item(agenda, point)
    item.is_pinned = True
    session.add(item)
    session.flush()
    items = {key_of(one): one for one in (*agenda.items, item)}
    present = [key_of(one) for one in agenda.items]
    points = [point_of(one, outline) for one in items.values()]
    ordered = in_order(points, present=present)
    _number(session, agenda, [items[one.key] for one in ordered])
    agenda.left_out = left_out_json(left for left in left_out if left.point.key != key)
    record(session, actor, "agenda.item_brought_in", reference, now=now)
    return item


def remove_item(
    session: Session, actor: Actor, reference: str, item_id: int, *, now: dt.datetime
) -> None:
    """Put a point aside: it joins what is left out and no readjustment brings it back."""
    meeting = _meeting(session, actor, reference)
    agenda = working_agenda(session, meeting)
    item = item_of(agenda, item_id)
    if item.origin is not ItemOrigin.ADDED:
        point = point_of(item, _outline(meeting))
        agenda.left_out = left_out_json(
            (LeftOut(point=point, reason=PUT_ASIDE), *left_out_of(agenda))
        )
    items = [one for one in agenda.items if one is not item]
    session.delete(item)
    _number(session, agenda, items)
    record(session, actor, "agenda.item_removed", reference, now=now)


def freeze_agenda(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> Agenda:
    """Make the working agenda a numbered version that never changes, and send it to the members.

    Raises ``Conflict`` if there is nothing to freeze or if it is frozen already.
    """
    meeting = meeting_named(session, actor, reference, Action.AGENDA_FREEZE)
    agenda = working_agenda(session, _alive(meeting))
    if not agenda.items:
        raise Conflict("agenda.empty")
    highest = session.scalar(
        select(func.max(Agenda.version)).where(Agenda.meeting_id == meeting.id)
    )
    agenda.version = (highest or 0) + 1
    agenda.frozen_at, agenda.frozen_by_id = now, actor.person_id
    session.flush()
    record(session, actor, "agenda.frozen", reference, now=now, facts={"version": agenda.version})
    _send(session, meeting, agenda, now=now)
    return agenda


def reopen_agenda(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> Agenda:
    """Open a new working copy of the last frozen version, which stays as it is."""
    meeting = meeting_named(session, actor, reference, Action.AGENDA_FREEZE)
    if agenda_of(session, _alive(meeting), 0) is not None:
        raise Conflict("agenda.already_open")
    frozen = last_frozen(session, meeting)
    if frozen is None:
        raise NotFound("agenda.none")
    agenda = Agenda(
        meeting_id=meeting.id,
        version=0,
        drafted_at=now,
        left_out=frozen.left_out,
        items=[copy_of(item) for item in frozen.items],
    )
    session.add(agenda)
    session.flush()
    record(session, actor, "agenda.reopened", reference, now=now)
    return agenda


def _meeting(session: Session, actor: Actor, reference: str) -> Meeting:
    return _alive(meeting_named(session, actor, reference, Action.AGENDA_PREPARE))


def _alive(meeting: Meeting) -> Meeting:
    if meeting.state not in {MeetingState.PLANNED, MeetingState.OPEN}:
        raise Conflict("meeting.over")
    return meeting


def _item(session: Session, actor: Actor, reference: str, item_id: int) -> AgendaItem:
    return item_of(working_agenda(session, _meeting(session, actor, reference)), item_id)


@cache
def _outlines() -> dict[str, Outline]:
    return outlines(files("steering.planning").joinpath("outlines.toml").read_text("utf-8"))


def _outline(meeting: Meeting) -> Outline:
    return _outlines()[meeting.committee.kind.value]


def _redraft(session: Session, meeting: Meeting, agenda: Agenda, *, now: dt.datetime) -> None:
    outline, today = _outline(meeting), local_date(now)
    portfolio = portfolio_of(session, meeting, now=now)
    offered = copil_points if meeting.committee.kind is CommitteeKind.COPIL else cotech_points
    proposed = offered(portfolio, outline, today=today)
    rows = {key_of(item): item for item in agenda.items}
    aside = {left.point.key: left for left in left_out_of(agenda) if left.reason == PUT_ASIDE}
    # What a person chose wins over what the machine offers under the same key.
    kept = {key: point_of(item, outline) for key, item in rows.items()}
    kept = {key: point for key, point in kept.items() if point.is_kept}
    points = [
        point for point in proposed.points if point.key not in kept and point.key not in aside
    ]
    planned = draft([*kept.values(), *points], minutes=meeting.minutes, present=list(rows))
    ruled_out = [left for left in proposed.left_out if left.point.key not in kept | aside]
    items = [_refreshed(rows.get(point.key), agenda, point) for point in planned.points]
    for item in set(rows.values()) - set(items):
        session.delete(item)
    session.add_all(items)
    _number(session, agenda, items)
    agenda.left_out = left_out_json((*aside.values(), *planned.left_out, *ruled_out))
    agenda.drafted_at = now


def _refreshed(item: AgendaItem | None, agenda: Agenda, point: Point) -> AgendaItem:
    """The row of a point: new, or the present one with today's facts unless a person kept it."""
    if item is None:
        return new_item(agenda, point)
    if not point.is_kept:
        item.title, item.minutes, item.topic = point.title, point.minutes, point.topic
        item.kind, item.proposal = ItemKind(point.kind), point.proposal
        item.facts = facts_json(point)
    return item


def _number(session: Session, agenda: Agenda, items: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    session.flush()
    session.refresh(agenda, ["items"])


def _require_minutes(minutes: int) -> None:
    if not 1 <= minutes <= _LONGEST_POINT:
        raise Invalid("agenda.minutes_out_of_range", field="minutes", longest=_LONGEST_POINT)


def _require_entry(entry: ItemEntry) -> None:
    _require_minutes(entry.minutes)
    if not entry.title.strip():
        raise Invalid("agenda.title_missing", field="title")


def _write_entry(item: AgendaItem, entry: ItemEntry) -> None:
    item.kind, item.title, item.minutes = entry.kind, entry.title.strip()[:300], entry.minutes
    item.rapporteur = entry.rapporteur.strip()[:200]
    item.synthesis, item.proposal = entry.synthesis.strip(), entry.proposal.strip()


def _counts(agenda: Agenda) -> dict[str, int]:
    return {
        "points": len(agenda.items),
        "minutes": sum(item.minutes for item in agenda.items),
        "left_out": len(left_out_of(agenda)),
    }


def _send(session: Session, meeting: Meeting, agenda: Agenda, *, now: dt.datetime) -> None:
    people = {seat.person.id: seat.person for seat in meeting.committee.seats if seat.person}
    when = meeting.starts_at.astimezone(PARIS)
    day = format_datetime(when, "EEEE d MMMM y 'à' H 'h' mm", locale="fr")
    lines = [
        f"{position}. {item.title} ({item.minutes} min)"
        for position, item in enumerate(agenda.items, start=1)
    ]
    for person in people.values():
        write_message(
            session,
            meeting.fabrique_id,
            key=f"agenda-{meeting.id}-{agenda.version}-{person.id}",
            recipient=person.email,
            subject=f"Ordre du jour {meeting.reference}, version {agenda.version}",
            body=f"Bonjour,\n\nVoici l’ordre du jour de la séance du {day}, {meeting.place}.\n\n"
            + "\n".join(lines)
            + "\n\nIl ne changera plus, sauf nouvelle version.\n",
            now=now,
        )
