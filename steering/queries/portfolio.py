"""What a committee could speak of on its territory: rows turned into the values of ``planning``."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from babel.dates import format_date
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Need,
    NeedState,
    Opportunity,
    OpportunityStage,
    SheetHeading,
    SheetSection,
    Verdict,
)
from capture.queries.voices import NO_VOICE, Voices, voices_of
from fabrique.core.clock import local_date
from fabrique.core.territories import TerritoryCommune
from matching.models import Introduction, IntroductionState, Match, ProjectHolder
from steering.models import (
    Committee,
    CommitteeKind,
    Decision,
    FollowUp,
    FollowUpState,
    Meeting,
    MeetingState,
    Project,
    ProjectState,
)
from steering.planning.ranking import Dossier, FollowUpCounts, Portfolio, ProjectCase

# A silence longer than this is spoken of by the technical committee (method, § 7.3).
SILENT_DAYS = 15
VERY_LATE_DAYS = 30
_SPEAKING = Need.state.notin_([NeedState.HIDDEN, NeedState.WITHDRAWN])
_AGREED = {IntroductionState.INTERESTED, IntroductionState.ENGAGED}


@dataclass(slots=True)
class _Contacts:
    contacted: int = 0
    refusals: int = 0
    candidates: list[str] = field(default_factory=list)


def portfolio_of(session: Session, meeting: Meeting, *, now: dt.datetime) -> Portfolio:
    """Everything the committee of this meeting could speak of; committee and programme loaded."""
    today = local_date(now)
    communes = set(session.scalars(_communes_of(meeting.committee.territory_id)))
    opportunities = session.scalars(
        select(Opportunity)
        .where(Opportunity.fabrique_id == meeting.fabrique_id)
        .options(joinedload(Opportunity.opened_by))
    ).all()
    voices = voices_of(session, {one.cluster_id for one in opportunities})
    here = [
        one for one in opportunities if _touches(voices.get(one.cluster_id, NO_VOICE), communes)
    ]
    projects = _projects(session, meeting.fabrique_id)
    decided_ids = _decided(session, meeting)
    decided = [one for one in here if one.id in decided_ids]
    previous = previous_meeting(session, meeting)
    dates = _next_meetings(session, meeting, now)
    with_project = {project.opportunity_id for project in projects}
    open_here = [one for one in here if not one.is_closed and one.id not in with_project]
    return Portfolio(
        year=meeting.programme.year,
        dossiers=_dossiers(session, meeting.fabrique_id, open_here, voices, today),
        projects=tuple(
            _project_case(project, today)
            for project in projects
            if project.state in {ProjectState.RUNNING, ProjectState.IN_DIFFICULTY}
            and _touches(voices.get(project.opportunity.cluster_id, NO_VOICE), communes)
        ),
        previous_reference=previous.reference if previous else "",
        previous_day=_day_in_words(previous.starts_at) if previous else "",
        follow_ups=_follow_up_counts(session, meeting, today),
        new_needs=_new_needs(session, meeting, previous),
        groupings_to_review=_groupings_to_review(session, meeting.committee),
        introductions_waiting=_introductions_waiting(session, meeting.fabrique_id, now),
        decided_sectors=frozenset(one.sector.value for one in decided),
        decided_areas=frozenset(_area(voices.get(one.cluster_id, NO_VOICE)) for one in decided),
        next_cotech=dates.get(CommitteeKind.COTECH),
        next_copil=dates.get(CommitteeKind.COPIL),
    )


def _decided(session: Session, meeting: Meeting) -> set[int | None]:
    """The opportunities about which something was decided this year on the territory."""
    return set(
        session.scalars(
            select(Decision.opportunity_id)
            .join(Decision.meeting)
            .where(Meeting.programme_id == meeting.programme_id)
        )
    )


def _dossiers(
    session: Session,
    fabrique_id: int,
    opportunities: Iterable[Opportunity],
    voices: Mapping[int, Voices],
    today: dt.date,
) -> tuple[Dossier, ...]:
    late = _late_follow_ups(session, fabrique_id, today)
    studies = _returned_studies(session, fabrique_id)
    contacts = _contacts(session, fabrique_id)
    return tuple(
        _dossier(one, voices.get(one.cluster_id, NO_VOICE), studies, contacts[one.id], late[one.id])
        for one in opportunities
    )


def previous_meeting(session: Session, meeting: Meeting) -> Meeting | None:
    """The last closed meeting of the same committee before this one."""
    return session.scalar(
        select(Meeting)
        .where(
            Meeting.committee_id == meeting.committee_id,
            Meeting.state == MeetingState.CLOSED,
            Meeting.starts_at < meeting.starts_at,
        )
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )


def _communes_of(territory_id: int) -> Select[str]:
    return select(TerritoryCommune.insee_code).where(TerritoryCommune.territory_id == territory_id)


def _touches(voices: Voices, territory: set[str]) -> bool:
    """Whether somebody speaks from the territory; without any place, nothing says no."""
    return not voices.places or any(commune in territory for commune, _ in voices.places)


def _area(voices: Voices) -> str:
    """The département that speaks most, from INSEE codes (three figures overseas), or nothing."""
    by_area: Counter[str] = Counter()
    for commune, testimonies in voices.places:
        by_area[commune[:3] if commune.startswith("97") else commune[:2]] += testimonies
    return min(by_area, key=lambda area: (-by_area[area], area), default="")


def _returned_studies(session: Session, fabrique_id: int) -> dict[int, dt.date]:
    """The day the conclusion of a study was written, by opportunity."""
    rows = session.execute(
        select(SheetSection.opportunity_id, SheetSection.written_at)
        .join(SheetSection.opportunity)
        .where(
            Opportunity.fabrique_id == fabrique_id,
            SheetSection.heading == SheetHeading.CONCLUSION,
            SheetSection.text != "",
        )
    )
    return {opportunity_id: local_date(written_at) for opportunity_id, written_at in rows}


def _contacts(session: Session, fabrique_id: int) -> Mapping[int, _Contacts]:
    rows = session.execute(
        select(Match.opportunity_id, Introduction.state, ProjectHolder.name)
        .join(Introduction.match)
        .join(Match.holder)
        .where(Match.fabrique_id == fabrique_id)
        .order_by(Match.rank, Match.id)
    )
    contacts: defaultdict[int, _Contacts] = defaultdict(_Contacts)
    for opportunity_id, state, name in rows:
        found = contacts[opportunity_id]
        found.contacted += 1
        found.refusals += state is IntroductionState.REFUSED
        if state in _AGREED:
            found.candidates.append(name)
    return contacts


def _late_follow_ups(session: Session, fabrique_id: int, today: dt.date) -> Counter[int | None]:
    rows = session.scalars(
        select(Decision.opportunity_id)
        .join(FollowUp, FollowUp.decision_id == Decision.id)
        .where(
            FollowUp.fabrique_id == fabrique_id,
            FollowUp.state == FollowUpState.TO_DO,
            FollowUp.due_on < today,
        )
    )
    return Counter(rows)


def _projects(session: Session, fabrique_id: int) -> Iterable[Project]:
    return session.scalars(
        select(Project)
        .where(Project.fabrique_id == fabrique_id)
        .options(
            joinedload(Project.opportunity),
            joinedload(Project.holder),
            selectinload(Project.milestones),
        )
    ).all()


def _dossier(
    opportunity: Opportunity,
    voices: Voices,
    studies: Mapping[int, dt.date],
    contacts: _Contacts,
    late: int,
) -> Dossier:
    since = opportunity.stage_since
    verdict, verdict_at = opportunity.proposed_verdict, opportunity.verdict_at
    # A verdict given before the present stage belongs to the past.
    if verdict_at is not None and local_date(verdict_at) < since:
        verdict = None
    returned = _study_returned(opportunity, studies, verdict)
    return Dossier(
        key=f"opportunity-{opportunity.id}",
        title=opportunity.title,
        stage=opportunity.stage.value,
        since=since,
        sector=opportunity.sector.value,
        area=_area(voices),
        testimonies=voices.testimonies,
        communes=voices.communes,
        verdict=verdict.value if verdict else None,
        study_returned_on=max(returned, since) if returned else None,
        candidates=tuple(contacts.candidates),
        contacted=contacts.contacted,
        refusals=contacts.refusals,
        late_follow_ups=late,
        rapporteur=_short_name(opportunity.opened_by.name),
    )


def _short_name(name: str) -> str:
    """« C. Delattre » for « Claire Delattre »; a single word stays as it is."""
    first, _, rest = name.strip().partition(" ")
    return f"{first[:1]}. {rest}" if rest else first


def _study_returned(
    opportunity: Opportunity, studies: Mapping[int, dt.date], verdict: Verdict | None
) -> dt.date | None:
    """A study is returned when its conclusion is written, or a verdict proposed on it."""
    if opportunity.stage is not OpportunityStage.STUDY:
        return None
    written = studies.get(opportunity.id)
    if written is None and verdict is not None and opportunity.verdict_at is not None:
        return local_date(opportunity.verdict_at)
    return written


def _project_case(project: Project, today: dt.date) -> ProjectCase:
    late = [
        (today - milestone.due_on).days
        for milestone in project.milestones
        if milestone.reached_on is None and milestone.due_on < today
    ]
    return ProjectCase(
        key=f"project-{project.id}",
        title=project.title,
        sector=project.opportunity.sector.value,
        is_in_difficulty=project.state is ProjectState.IN_DIFFICULTY,
        late_milestones=len(late),
        days_late=max(late, default=0),
        holder=project.holder.name if project.holder else "",
    )


def _follow_up_counts(session: Session, meeting: Meeting, today: dt.date) -> FollowUpCounts:
    """The actions of the year on the territory, and older ones still open."""
    rows = session.execute(
        select(FollowUp.state, FollowUp.due_on)
        .join(FollowUp.decision)
        .join(Decision.meeting)
        .join(Meeting.committee)
        .where(
            Committee.territory_id == meeting.committee.territory_id,
            (Meeting.programme_id == meeting.programme_id)
            | (FollowUp.state == FollowUpState.TO_DO),
        )
    ).all()
    delays = [(today - due_on).days for state, due_on in rows if state is FollowUpState.TO_DO]
    return FollowUpCounts(
        total=len(rows),
        done=len(rows) - len(delays),
        late=sum(1 for days in delays if days > 0),
        very_late=sum(1 for days in delays if days > VERY_LATE_DAYS),
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Need.id)).where(*conditions)) or 0


def _new_needs(session: Session, meeting: Meeting, previous: Meeting | None) -> int:
    since = previous.starts_at if previous else _midnight(meeting.programme.opened_on)
    return _count(
        session,
        Need.fabrique_id == meeting.fabrique_id,
        Need.commune.in_(_communes_of(meeting.committee.territory_id)),
        Need.created_at > since,
        _SPEAKING,
    )


def _groupings_to_review(session: Session, committee: Committee) -> int:
    spoken_here = (
        select(ClusterMember.cluster_id)
        .join(ClusterMember.need)
        .where(Need.commune.in_(_communes_of(committee.territory_id)))
    )
    return (
        session.scalar(
            select(func.count(Cluster.id)).where(
                Cluster.fabrique_id == committee.fabrique_id,
                Cluster.state == ClusterState.PROPOSED,
                Cluster.id.in_(spoken_here),
            )
        )
        or 0
    )


def _introductions_waiting(session: Session, fabrique_id: int, now: dt.datetime) -> int:
    return (
        session.scalar(
            select(func.count(Introduction.id))
            .join(Introduction.match)
            .where(
                Match.fabrique_id == fabrique_id,
                Introduction.state.in_([IntroductionState.SENT, IntroductionState.SEEN]),
                Introduction.sent_at < now - dt.timedelta(days=SILENT_DAYS),
            )
        )
        or 0
    )


def _next_meetings(
    session: Session, meeting: Meeting, now: dt.datetime
) -> dict[CommitteeKind, dt.date]:
    rows = session.execute(
        select(Committee.kind, func.min(Meeting.starts_at))
        .join(Meeting.committee)
        .where(
            Committee.territory_id == meeting.committee.territory_id,
            Meeting.state == MeetingState.PLANNED,
            Meeting.starts_at > now,
            Meeting.id != meeting.id,
        )
        .group_by(Committee.kind)
    )
    return {kind: local_date(starts_at) for kind, starts_at in rows}


def _day_in_words(moment: dt.datetime) -> str:
    day = local_date(moment)
    return ("1er " if day.day == 1 else f"{day.day} ") + format_date(day, "MMMM", locale="fr")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
