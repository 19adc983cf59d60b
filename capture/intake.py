"""How needs come in: told one by one, confirmed by another voice, withdrawn by their author,
imported by thousands. Words are cleaned of invisible characters, then never changed."""

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload

from capture.models import (
    ClusterMember,
    Extent,
    HowKnown,
    Need,
    NeedConfirmation,
    NeedContact,
    NeedKind,
    NeedPart,
    NeedState,
    NeedToldApart,
    NewsFrequency,
    Participation,
)
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict, NotFound
from fabrique.core.journal import record
from fabrique.core.outbox import write_message
from fabrique.core.people import Quality
from fabrique.core.references import next_references
from fabrique.core.signin import Seal

REFERENCE_PREFIX = "B"
# Rows written by one statement: large enough to be fast, small enough to show progress.
_SLICE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEntry:
    """A need as it enters the service, whatever the door: form, API or file."""

    text: str
    title: str = ""
    commune: str | None = None
    kind: NeedKind = NeedKind.NEED
    quality: Quality = Quality.RESIDENT
    observed_on: dt.date | None = None
    source: str = "form"
    source_id: str = ""
    email: str | None = None
    news: NewsFrequency = NewsFrequency.WEEKLY
    audiences: tuple[str, ...] = ()
    extent: Extent = Extent.UNKNOWN
    how_known: HowKnown | None = None
    urgency: str = ""
    causes: str = ""
    existing_answers: str = ""
    solution: str = ""
    seen_elsewhere: str = ""
    interested_actors: str = ""
    participation: Participation | None = None
    sector: Sector | None = None
    keeps_personal_data: bool = False
    not_same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedNeed:
    """What the author gets: the reference and the secret of the follow-up link."""

    reference: str
    follow_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    """What an import did with the entries it was given."""

    accepted: int
    already_known: int


def log_need(
    session: Session,
    actor: Actor,
    entry: NeedEntry,
    *,
    seal: Seal,
    base_url: str,
    now: dt.datetime,
) -> LoggedNeed:
    """Keep a need told through a page; with an e-mail, the follow-up link is also sent.

    ``base_url`` is the public address of the service, where the link leads.
    """
    actor.require(Action.NEED_LOG)
    year = now.year
    reference = next_references(
        session, actor.fabrique_id, REFERENCE_PREFIX, year, count=1, digits=4
    )[0]
    need = Need(**_columns(actor, entry, reference, now=now))
    session.add(need)
    session.flush()
    token = secrets.token_urlsafe(18)
    session.add(
        NeedContact(
            need_id=need.id,
            email=entry.email,
            news=entry.news,
            follow_token_hash=seal.hash("follow", token),
        )
    )
    _remember_others(session, need, entry.not_same)
    record(session, actor, "need.logged", reference, now=now)
    if entry.email:
        write_message(
            session,
            actor.fabrique_id,
            key=f"need-logged-{need.id}",
            recipient=entry.email,
            subject=f"Votre besoin {reference} est bien reçu",
            body="Bonjour,\n\nMerci, c’est noté. Gardez ce message : le lien ci-dessous vous dira "
            f"toujours où en est votre besoin.\n\n{base_url}/suivi/{token}\n",
            now=now,
        )
    return LoggedNeed(reference=reference, follow_token=token)


def _remember_others(session: Session, need: Need, references: Collection[str]) -> None:
    """Keep which needs the author says are not the same; unknown references are ignored."""
    others = session.scalars(
        select(Need.id).where(
            Need.fabrique_id == need.fabrique_id,
            Need.reference.in_(references),
            Need.id != need.id,
        )
    )
    session.add_all(NeedToldApart(need_id=need.id, other_id=other) for other in others)


def confirm_need_here(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    commune: str | None,
    text: str = "",
    now: dt.datetime,
) -> NeedConfirmation:
    """Add a voice to a need already told, keeping the words of that voice."""
    actor.require(Action.NEED_LOG)
    need = session.scalar(
        select(Need).where(
            Need.fabrique_id == actor.fabrique_id,
            Need.reference == reference,
            Need.state == NeedState.RECEIVED,
        )
    )
    if need is None:
        raise NotFound("need.unknown")
    confirmation = NeedConfirmation(
        need_id=need.id, person_id=actor.person_id, commune=commune, text=text, created_at=now
    )
    session.add(confirmation)
    record(session, actor, "need.confirmed_here", reference, now=now)
    return confirmation


def followed_need(session: Session, fabrique_id: int, token: str, *, seal: Seal) -> Need:
    """The need of a secret follow-up link, with its reading and its grouping."""
    contact = session.scalar(
        select(NeedContact).where(NeedContact.follow_token_hash == seal.hash("follow", token))
    )
    need = session.scalar(
        select(Need)
        .where(Need.fabrique_id == fabrique_id, Need.id == (contact.need_id if contact else -1))
        .options(joinedload(Need.reading), joinedload(Need.membership))
    )
    if need is None:
        raise NotFound("need.unknown")
    return need


def withdraw(session: Session, actor: Actor, need: Need, *, now: dt.datetime) -> None:
    """Take back a need at its author's request: it leaves its grouping, every list and run.

    So do the needs that were heard in it, being words of hers.
    """
    session.refresh(need, ["state"], with_for_update={"of": Need, "key_share": True})
    if need.state is NeedState.WITHDRAWN:
        raise Conflict("need.already_withdrawn")
    parts = session.scalars(
        select(Need)
        .join(NeedPart, NeedPart.need_id == Need.id)
        .where(NeedPart.message_id == need.id, Need.state != NeedState.WITHDRAWN)
    )
    for each in (need, *parts):
        each.state = NeedState.WITHDRAWN
        session.execute(delete(ClusterMember).where(ClusterMember.need_id == each.id))
        record(session, actor, "need.withdrawn", each.reference, now=now)


def review(
    session: Session, actor: Actor, reference: str, *, publish: bool, now: dt.datetime
) -> tuple[str, ...]:
    """Let a need that may name somebody be read by others, or keep it hidden.

    The message in which it was heard shows the same words, and is hidden with it. Returns the
    references of the needs published or hidden.
    """
    actor.require(Action.NEED_REVIEW)
    need = need_named(session, actor, reference)
    message = session.scalar(
        select(Need)
        .join(NeedPart, NeedPart.message_id == Need.id)
        .where(NeedPart.need_id == need.id, Need.state != NeedState.WITHDRAWN)
    )
    reviewed = [need] if publish or message is None else [need, message]
    for each in reviewed:
        each.state = NeedState.RECEIVED if publish else NeedState.HIDDEN
        action = "need.published" if publish else "need.hidden"
        record(session, actor, action, each.reference, now=now)
    return tuple(each.reference for each in reviewed)


def choose_sector(
    session: Session, actor: Actor, reference: str, sector: Sector, *, now: dt.datetime
) -> None:
    """Correct the sector of a need; a person's choice wins over every later reading."""
    actor.require(Action.NEED_REVIEW)
    need = need_named(session, actor, reference)
    before = need.chosen_sector
    need.chosen_sector, need.sector_chosen_by_id = sector, actor.person_id
    need.sector_chosen_at = now
    record(
        session,
        actor,
        "need.sector_chosen",
        reference,
        now=now,
        facts={"before": before.value if before else None, "after": sector.value},
    )


def import_needs(
    session: Session,
    actor: Actor,
    entries: Sequence[NeedEntry],
    *,
    now: dt.datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> ImportCounts:
    """Keep the entries not yet known by (source, source_id), in order, in one transaction.

    ``progress`` receives the number of entries written since its last call.
    """
    actor.require(Action.NEED_IMPORT)
    new = _not_known(session, actor.fabrique_id, entries)
    by_year: dict[int, int] = {}
    for entry in new:
        year = (entry.observed_on or now.date()).year
        by_year[year] = by_year.get(year, 0) + 1
    references = {
        year: iter(
            next_references(
                session, actor.fabrique_id, REFERENCE_PREFIX, year, count=count, digits=4
            )
        )
        for year, count in sorted(by_year.items())
    }
    for start in range(0, len(new), _SLICE):
        rows = [
            _columns(
                actor, entry, next(references[(entry.observed_on or now.date()).year]), now=now
            )
            for entry in new[start : start + _SLICE]
        ]
        session.execute(insert(Need), rows)
        progress(len(rows))
    if new:
        record(
            session, actor, "needs.imported", new[0].source, now=now, facts={"accepted": len(new)}
        )
    return ImportCounts(accepted=len(new), already_known=len(entries) - len(new))


def _not_known(session: Session, fabrique_id: int, entries: Sequence[NeedEntry]) -> list[NeedEntry]:
    sources = {entry.source for entry in entries}
    known = {
        (source, source_id)
        for source, source_id in session.execute(
            select(Need.source, Need.source_id).where(
                Need.fabrique_id == fabrique_id, Need.source.in_(sources)
            )
        )
    }
    new: list[NeedEntry] = []
    for entry in entries:
        key = (entry.source, entry.source_id)
        if key not in known:
            known.add(key)
            new.append(entry)
    return new


def _columns(
    actor: Actor, entry: NeedEntry, reference: str, *, now: dt.datetime
) -> dict[str, object]:
    return {
        "fabrique_id": actor.fabrique_id,
        "reference": reference,
        "source": entry.source,
        "source_id": entry.source_id or reference,
        "kind": entry.kind,
        "title": entry.title,
        "text": entry.text,
        "commune": entry.commune,
        "state": NeedState.TO_REVIEW if entry.keeps_personal_data else NeedState.RECEIVED,
        "created_at": now,
        "observed_on": entry.observed_on or now.date(),
        "quality": entry.quality,
        "author_id": actor.person_id,
        "organisation_id": None,
        "audiences": list(entry.audiences),
        "extent": entry.extent,
        "how_known": entry.how_known,
        "urgency": entry.urgency,
        "causes": entry.causes,
        "existing_answers": entry.existing_answers,
        "solution": entry.solution,
        "seen_elsewhere": entry.seen_elsewhere,
        "interested_actors": entry.interested_actors,
        "participation": entry.participation,
        "chosen_sector": entry.sector,
        "sector_chosen_by_id": actor.person_id if entry.sector else None,
        "sector_chosen_at": now if entry.sector else None,
    }


def need_named(session: Session, actor: Actor, reference: str) -> Need:
    """The need of that reference in the fabrique; raises ``NotFound``."""
    need = session.scalar(
        select(Need).where(Need.fabrique_id == actor.fabrique_id, Need.reference == reference)
    )
    if need is None:
        raise NotFound("need.unknown")
    return need
