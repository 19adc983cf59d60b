"""Opportunities as matching sees them: where their needs were told, on what, in which words, and
what people already answered. A fixed number of statements whatever their number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, joinedload

from capture.models import (
    Cluster,
    ClusterMember,
    Need,
    NeedConfirmation,
    NeedReading,
    NeedState,
    Opportunity,
    OpportunityStage,
)
from capture.nlp.sectors import Sector
from capture.nlp.vectorise import Vectoriser
from capture.queries.parts import Span, spans_taken, words_left
from fabrique.core.places import Commune, Gazetteer
from matching.models import Introduction, IntroductionState, Match, MatchState, ProjectHolder
from matching.scoring.features import Dossier, Vector, secondary_sectors, vectors_of
from matching.scoring.vocabulary import Stage

# The rail of an opportunity has six steps, that of a project seven: what each step of the first
# needs now, and what it will need after (method §1.2 and §6).
STAGES: dict[OpportunityStage, tuple[frozenset[Stage], frozenset[Stage]]] = {
    OpportunityStage.NEED_PROVEN: (frozenset({Stage.IDEA}), frozenset({Stage.OPPORTUNITY})),
    OpportunityStage.IDEA: (
        frozenset({Stage.IDEA, Stage.OPPORTUNITY}),
        frozenset({Stage.FEASIBILITY}),
    ),
    OpportunityStage.STUDY: (
        frozenset({Stage.OPPORTUNITY, Stage.FEASIBILITY}),
        frozenset({Stage.CREATION}),
    ),
    OpportunityStage.CALL: (frozenset({Stage.FEASIBILITY}), frozenset({Stage.CREATION})),
    OpportunityStage.HANDOVER: (
        frozenset({Stage.FEASIBILITY, Stage.CREATION}),
        frozenset({Stage.START_UP}),
    ),
    OpportunityStage.PROJECT: (
        frozenset({Stage.CREATION, Stage.START_UP}),
        frozenset({Stage.CONSOLIDATION}),
    ),
}

WAITING = frozenset({IntroductionState.SENT, IntroductionState.SEEN})
SAID_YES = frozenset({IntroductionState.INTERESTED, IntroductionState.ENGAGED})
SAID_NO = frozenset({IntroductionState.REFUSED, IntroductionState.SILENT})
_MOST_WORDS = 12
_UNREAD = frozenset({NeedState.HIDDEN, NeedState.WITHDRAWN})


@dataclass(slots=True, kw_only=True)
class _Testimony:
    """What the needs of one grouping say: where, on which subjects, in which words."""

    codes: set[str] = field(default_factory=set)
    readings: list[list[str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Answers:
    """What people already said of the parties of one opportunity."""

    barred: set[str] = field(default_factory=set)
    introduced: set[str] = field(default_factory=set)
    legal_form: str | None = None


def key_of(match: Match) -> str:
    """The key of the party of a match, as the pure room writes it."""
    if match.holder_id is not None:
        return f"holder:{match.holder_id}"
    if match.actor_id is not None:
        return f"actor:{match.actor_id}"
    return f"initiative:{match.initiative_id}"


def opportunities_to_match(
    session: Session, fabrique_id: int, ids: Iterable[int] | None
) -> list[Opportunity]:
    """The open opportunities of a fabrique (those of ``ids`` when given), with their grouping."""
    wanted: ColumnElement[bool] = true() if ids is None else Opportunity.id.in_(list(ids))
    return list(
        session.scalars(
            select(Opportunity)
            .where(Opportunity.fabrique_id == fabrique_id, Opportunity.is_closed.is_(False), wanted)
            .options(joinedload(Opportunity.cluster))
            .order_by(Opportunity.id)
        )
    )


def dossiers_of(
    session: Session,
    opportunities: Sequence[Opportunity],
    gazetteer: Gazetteer,
    vectoriser: Vectoriser | None,
) -> tuple[Dossier, ...]:
    """The opportunities given (their grouping loaded), in the same order."""
    clusters = {opportunity.cluster_id: opportunity.cluster for opportunity in opportunities}
    typical = [need_id for cluster in clusters.values() for need_id in cluster.typical_need_ids]
    taken = spans_taken(session, opportunities[0].fabrique_id) if opportunities else {}
    said = _testimonies(session, list(clusters), typical=typical, taken=taken)
    answers = _answers(session, [opportunity.id for opportunity in opportunities])
    texts = [_text_of(opportunity, said[opportunity.cluster_id]) for opportunity in opportunities]
    vectors = vectors_of(texts, vectoriser)
    return tuple(
        _dossier(
            opportunity, said[opportunity.cluster_id], answers[opportunity.id], gazetteer, text
        )
        for opportunity, text in zip(opportunities, vectors, strict=True)
    )


def _dossier(
    opportunity: Opportunity,
    said: _Testimony,
    answers: _Answers,
    gazetteer: Gazetteer,
    text: Vector | None,
) -> Dossier:
    now, after = STAGES[opportunity.stage]
    return Dossier(
        key=str(opportunity.id),
        sector=opportunity.sector.value,
        secondary=secondary_sectors(opportunity.sector.value, said.readings),
        places=_communes(said.codes, gazetteer),
        stages=now,
        next_stages=after,
        legal_form=answers.legal_form,
        words=_key_words(opportunity.cluster),
        barred=frozenset(answers.barred),
        introduced=frozenset(answers.introduced),
        text=text,
    )


def _testimonies(
    session: Session,
    cluster_ids: Sequence[int],
    *,
    typical: Sequence[int],
    taken: Mapping[int, Sequence[Span]],
) -> defaultdict[int, _Testimony]:
    said: defaultdict[int, _Testimony] = defaultdict(_Testimony)
    rows = session.execute(
        select(
            ClusterMember.cluster_id,
            Need.commune,
            Need.chosen_sector,
            NeedReading.sector,
            NeedReading.secondary,
        )
        .join(Need, Need.id == ClusterMember.need_id)
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .where(ClusterMember.cluster_id.in_(cluster_ids), Need.state.not_in(_UNREAD))
    )
    for cluster_id, commune, chosen, read, secondary in rows:
        testimony = said[cluster_id]
        if commune:
            testimony.codes.add(commune)
        named = {chosen or read, *(secondary or [])} - {None, Sector.HORS_CHAMP}
        testimony.readings.append(sorted(str(sector) for sector in named))
    elsewhere = session.execute(
        select(ClusterMember.cluster_id, NeedConfirmation.commune)
        .join(NeedConfirmation, NeedConfirmation.need_id == ClusterMember.need_id)
        .where(ClusterMember.cluster_id.in_(cluster_ids))
    )
    for cluster_id, commune in elsewhere:
        if commune:
            said[cluster_id].codes.add(commune)
    words = session.execute(
        select(ClusterMember.cluster_id, Need.id, Need.text)
        .join(Need, Need.id == ClusterMember.need_id)
        .where(Need.id.in_(typical), Need.state.not_in(_UNREAD))
        .order_by(Need.id)
    )
    for cluster_id, need_id, text in words:
        said[cluster_id].texts.append(words_left(text, taken.get(need_id, ())))
    return said


def _answers(session: Session, opportunity_ids: Sequence[int]) -> defaultdict[int, _Answers]:
    answers: defaultdict[int, _Answers] = defaultdict(_Answers)
    rows = session.execute(
        select(Match, Introduction.state, ProjectHolder.kind)
        .outerjoin(Introduction, Introduction.match_id == Match.id)
        .outerjoin(ProjectHolder, ProjectHolder.id == Match.holder_id)
        .where(Match.opportunity_id.in_(opportunity_ids), Match.state != MatchState.PROPOSED)
        .order_by(Match.id)
    )
    for match, state, holder_kind in rows:
        of_opportunity = answers[match.opportunity_id]
        if match.state is MatchState.PUT_ASIDE or state in SAID_NO:
            of_opportunity.barred.add(key_of(match))
        else:
            of_opportunity.introduced.add(key_of(match))
        if holder_kind is not None and state in SAID_YES:
            of_opportunity.legal_form = holder_kind.value
    return answers


def _communes(codes: Iterable[str], gazetteer: Gazetteer) -> tuple[Commune, ...]:
    found = {each.insee_code: each for code in codes if (each := gazetteer.commune(code))}
    return tuple(found[code] for code in sorted(found))


def _key_words(cluster: Cluster) -> tuple[str, ...]:
    def weight(word: str) -> float:
        value = cluster.keywords[word]
        return float(value) if isinstance(value, int | float) else 0.0

    return tuple(sorted(cluster.keywords, key=lambda word: (-weight(word), word))[:_MOST_WORDS])


def _text_of(opportunity: Opportunity, said: _Testimony) -> str:
    return " ".join(
        [
            f"{opportunity.title}. {opportunity.summary}",
            *_key_words(opportunity.cluster),
            *said.texts,
        ]
    )
