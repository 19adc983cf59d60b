"""From a portfolio to points with their weight: which dossiers are ready for which committee, how
much each matters, and why. Weights order points; nobody reads them, people read the facts."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from fabrique.core.text import sentence_list
from steering.planning.outline import Outline, Topic
from steering.planning.points import Fact, LeftOut, Point, Proposed, Value

# An opportunity that looks for a holder in vain this long goes to the committee by itself.
ORPHAN_DAYS = 90

# What a decision unlocks, by topic: a study on the table, candidates who wait and what is about to
# be lost come first, then what was promised, then what begins (method, § 1.2 and 7.3). The rest of
# the weight is of the same order, so that many voices can overtake a readier dossier.
_READINESS = {
    "study_returned": 60,
    "handover": 60,
    "project": 55,
    "orphan": 60,
    "groupings": 50,
    "idea": 40,
    "idea_sheet": 40,
    "follow_ups": 50,
    "introductions": 35,
    "study_progress": 25,
    "watch": 20,
}
_NEW_SECTOR, _NEW_AREA, _LATE = 15, 8, 12
_WAIT_CAP_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """An open opportunity as a plan sees it. ``area`` is a département code or empty."""

    key: str
    title: str
    stage: str
    since: dt.date
    sector: str
    area: str = ""
    testimonies: int = 0
    communes: int = 0
    verdict: str | None = None
    study_returned_on: dt.date | None = None
    candidates: tuple[str, ...] = ()
    contacted: int = 0
    refusals: int = 0
    late_follow_ups: int = 0
    # Who signed the opportunity presents it, unless somebody else is named.
    rapporteur: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCase:
    """A running project as a plan sees it."""

    key: str
    title: str
    sector: str
    is_in_difficulty: bool = False
    late_milestones: int = 0
    days_late: int = 0
    holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpCounts:
    """The actions decided so far: done or dropped, late, late by more than thirty days."""

    total: int = 0
    done: int = 0
    late: int = 0
    very_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """All that a committee could speak of on its territory, at one moment."""

    year: int
    dossiers: tuple[Dossier, ...] = ()
    projects: tuple[ProjectCase, ...] = ()
    previous_reference: str = ""
    previous_day: str = ""
    follow_ups: FollowUpCounts = field(default_factory=FollowUpCounts)
    new_needs: int = 0
    groupings_to_review: int = 0
    introductions_waiting: int = 0
    decided_sectors: frozenset[str] = frozenset()
    decided_areas: frozenset[str] = frozenset()
    next_cotech: dt.date | None = None
    next_copil: dt.date | None = None


# Which topic a dossier belongs to, and why it is not ripe (None when it is).
_Place = tuple[str, Fact | None]


def copil_points(portfolio: Portfolio, outline: Outline, *, today: dt.date) -> Proposed:
    """What the steering committee may decide; every dossier is a point or left out for a reason."""
    places = [_copil_place(dossier, portfolio, today) for dossier in portfolio.dossiers]
    return _proposed(portfolio, outline, places, today)


def cotech_points(portfolio: Portfolio, outline: Outline, *, today: dt.date) -> Proposed:
    """What the technical committee prepares; every dossier is a point or left out for a reason."""
    places = [_cotech_place(dossier, portfolio) for dossier in portfolio.dossiers]
    return _proposed(portfolio, outline, places, today)


def _proposed(
    portfolio: Portfolio, outline: Outline, places: list[_Place], today: dt.date
) -> Proposed:
    points = list(_collective(portfolio, outline))
    left_out: list[LeftOut] = []
    for dossier, (code, reason) in zip(portfolio.dossiers, places, strict=True):
        facts = tuple(_dossier_facts(dossier, code, portfolio, today))
        weight = _READINESS.get(code, 0) + _dossier_weight(dossier, portfolio, today)
        point = _dossier_point(dossier, outline.topics[code], outline, weight, facts)
        if reason is None:
            points.append(point)
        else:
            left_out.append(LeftOut(point=replace(point, title=dossier.title), reason=reason))
    for project in portfolio.projects:
        point, on_track = _project_point(project, outline.topics["project"])
        if on_track is None:
            points.append(point)
        else:
            left_out.append(LeftOut(point=point, reason=on_track))
    return Proposed(points=tuple(points), left_out=tuple(left_out))


def _copil_place(dossier: Dossier, portfolio: Portfolio, today: dt.date) -> _Place:
    days = (today - dossier.since).days
    reason: Fact | None = None
    match dossier.stage:
        case "need_proven" | "idea":
            if dossier.verdict is None:
                reason = Fact("awaits_opinion", _day(portfolio.next_cotech))
            elif dossier.verdict == "deepen":
                reason = Fact("settled_by_cotech")
            return "idea", reason
        case "study":
            if dossier.study_returned_on is None:
                reason = Fact("study_running", {"days": days})
            return "study_returned", reason
        case "call" | "handover":
            if dossier.candidates:
                return "handover", None
            if days < ORPHAN_DAYS:
                reason = Fact("holder_sought", {"days": days})
            return "orphan", reason
        case _:
            return "project", Fact("is_a_project")


def _cotech_place(dossier: Dossier, portfolio: Portfolio) -> _Place:
    """The technical committee prepares what the other one decides."""
    waits = Fact("waits_for_copil", _day(portfolio.next_copil))
    match dossier.stage:
        case "need_proven" | "idea":
            ripe = dossier.verdict is None or dossier.verdict == "deepen"
            return "idea_sheet", None if ripe else waits
        case "study":
            return "study_progress", waits if dossier.study_returned_on else None
        case "call" | "handover":
            return "introductions", waits if dossier.candidates else Fact("with_introductions")
        case _:
            return "project", Fact("is_a_project")


def _day(day: dt.date | None) -> dict[str, Value]:
    return {} if day is None else {"day": day.isoformat()}


def _dossier_point(
    dossier: Dossier, topic: Topic, outline: Outline, weight: int, facts: tuple[Fact, ...]
) -> Point:
    words = {"title": dossier.title, "candidates": sentence_list(dossier.candidates)}
    return Point(
        key=dossier.key,
        topic=topic.code,
        kind=topic.kind,
        section=topic.rank,
        title=topic.title.format_map(words),
        minutes=topic.minutes,
        weight=weight,
        rapporteur=dossier.rapporteur,
        proposal=_proposal(dossier, topic, outline).format_map(words),
        facts=facts,
        candidates=dossier.candidates,
    )


def _proposal(dossier: Dossier, topic: Topic, outline: Outline) -> str:
    verdicts = outline.verdicts
    if topic.code == "handover":
        return verdicts["hand_over" if len(dossier.candidates) == 1 else "choose_holder"]
    names_holder = dossier.verdict == "hand_over" and not dossier.candidates
    if topic.kind != "decision" or dossier.verdict is None or names_holder:
        return topic.proposal
    return verdicts.get(dossier.verdict, topic.proposal)


def _waiting_since(dossier: Dossier) -> dt.date:
    return dossier.study_returned_on or dossier.since


def _dossier_weight(dossier: Dossier, portfolio: Portfolio, today: dt.date) -> int:
    # Voices count by their logarithm: the tenth testimony says more than the hundredth, and a
    # town must not silence the villages. Places count beside people.
    voices = 6 * math.log2(1 + dossier.testimonies) + 4 * math.log2(1 + dossier.communes)
    waited = min(max((today - _waiting_since(dossier)).days, 0), _WAIT_CAP_DAYS) // 6
    new_sector = dossier.sector not in portfolio.decided_sectors
    new_area = bool(dossier.area) and dossier.area not in portfolio.decided_areas
    return (
        round(voices)
        + waited
        + (_NEW_SECTOR if new_sector else 0)
        + (_NEW_AREA if new_area else 0)
        + (_LATE if dossier.late_follow_ups else 0)
    )


def _dossier_facts(
    dossier: Dossier, code: str, portfolio: Portfolio, today: dt.date
) -> Iterator[Fact]:
    """The most telling facts first: a page shows three."""
    days = (today - _waiting_since(dossier)).days
    if code == "orphan":
        yield Fact("orphan", {"days": days})
        contacted, refusals = dossier.contacted, dossier.refusals
        yield Fact("holders_contacted", {"contacted": contacted, "refusals": refusals})
    if code == "handover":
        yield Fact("candidates", {"count": len(dossier.candidates)})
    if dossier.testimonies:
        voices = {"testimonies": dossier.testimonies, "communes": dossier.communes}
        yield Fact("voices", voices)
    if code == "study_returned" and dossier.study_returned_on is not None:
        yield Fact("study_returned", {"days": days})
    elif code != "orphan":
        yield Fact("in_stage", {"stage": dossier.stage, "days": days})
    if dossier.late_follow_ups:
        yield Fact("late_follow_ups", {"count": dossier.late_follow_ups})
    if dossier.sector not in portfolio.decided_sectors:
        yield Fact("sector_undecided", {"sector": dossier.sector, "year": portfolio.year})
    elif dossier.area and dossier.area not in portfolio.decided_areas:
        yield Fact("area_undecided", {"area": dossier.area, "year": portfolio.year})


def _project_point(project: ProjectCase, topic: Topic) -> tuple[Point, Fact | None]:
    alert = project.is_in_difficulty or project.late_milestones > 0
    trouble = 20 if project.is_in_difficulty else 0
    point = Point(
        key=project.key,
        topic=topic.code,
        kind=topic.kind,
        section=topic.rank,
        title=topic.title.format_map({"title": project.title}) if alert else project.title,
        minutes=topic.minutes,
        weight=_READINESS["project"]
        + trouble
        + min(max(project.days_late, 0), _WAIT_CAP_DAYS) // 6,
        rapporteur=project.holder or topic.rapporteur,
        facts=tuple(_project_facts(project)),
        candidates=(project.holder,) if project.holder else (),
    )
    return point, None if alert else Fact("project_on_track")


def _project_facts(project: ProjectCase) -> Iterator[Fact]:
    if project.is_in_difficulty:
        yield Fact("in_difficulty")
    if project.late_milestones:
        late = {"count": project.late_milestones, "days": project.days_late}
        yield Fact("late_milestones", late)


def _collective(portfolio: Portfolio, outline: Outline) -> Iterable[Point]:
    """The points that are about no single dossier: obligations, and those that have matter."""
    counts = portfolio.follow_ups
    words: Mapping[str, Value] = {
        "day": portfolio.previous_day,
        "reference": portfolio.previous_reference,
        "next_year": portfolio.year + 1,
        "open": counts.total - counts.done,
        "late": counts.late,
    }
    matter = {
        "follow_ups": (
            counts.total > counts.done,
            8 * counts.late,
            Fact("late_actions", {"late": counts.late, "very_late": counts.very_late}),
        ),
        "watch": _matter(portfolio.new_needs, "new_needs"),
        "new_needs": _matter(portfolio.new_needs, "new_needs"),
        "groupings": _matter(portfolio.groupings_to_review, "groupings_to_review"),
        "introductions": _matter(portfolio.introductions_waiting, "introductions_waiting"),
    }
    for topic in outline.topics.values():
        has_matter, more, fact = matter.get(topic.code, (topic.is_mandatory, 0, None))
        if topic.code == "previous_record":
            has_matter = bool(portfolio.previous_reference)
        if topic.code == "copil_preparation":
            has_matter = portfolio.next_copil is not None
        if has_matter or (topic.is_mandatory and topic.code in matter):
            yield Point(
                key=topic.code,
                topic=topic.code,
                kind=topic.kind,
                section=topic.rank,
                title=topic.title.format_map(words),
                minutes=topic.minutes,
                weight=_READINESS.get(topic.code, 0) + more,
                is_mandatory=topic.is_mandatory,
                rapporteur=topic.rapporteur,
                proposal=topic.proposal.format_map(words),
                facts=(fact,) if fact else (),
            )


def _matter(count: int, code: str) -> tuple[bool, int, Fact]:
    return count > 0, round(4 * math.log2(1 + count)), Fact(code, {"count": count})
