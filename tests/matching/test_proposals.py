"""Passages of the machine and what people decide of them, on a real database."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from capture.models import NeedConfirmation, NeedState, Opportunity
from fabrique.core.access import Actor, machine
from fabrique.core.errors import Conflict, Forbidden, NotFound
from fabrique.core.journal import history_of
from fabrique.core.people import Person, Role
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from matching.models import (
    HolderKind,
    IntroductionState,
    Match,
    MatchSieve,
    MatchState,
    PutAsideReason,
    Stage,
    ZoneScale,
)
from matching.proposals import MatchCounts, bring_back, propose_matches, put_aside
from tests.builders import (
    FOURMIES,
    HIRSON,
    NOW,
    a_cluster,
    a_fabrique,
    a_holder,
    a_match,
    a_need,
    a_reading,
    a_support_actor,
    a_support_offer,
    an_actor,
    an_initiative,
    an_introduction,
    an_opportunity,
)

Coordinator = tuple[Person, Actor]


class OneWordVectoriser:
    """Texts that speak of a garage on one axis, the others on another."""

    id = "one-word"
    dimension = 2

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array(
            [(1, 0) if "garage" in text.lower() else (0, 1) for text in texts], dtype=np.float32
        )


def passage(
    session: Session,
    fabrique: Fabrique,
    places: Gazetteer,
    now: dt.datetime,
    *ids: int,
    **options: float,
) -> MatchCounts:
    return propose_matches(
        session,
        machine(fabrique.id),
        ids or None,
        gazetteer=places,
        vectoriser=OneWordVectoriser(),
        now=now,
        **options,
    )


def matches_of(session: Session, opportunity: Opportunity) -> dict[str, Match]:
    rows = session.scalars(select(Match).where(Match.opportunity_id == opportunity.id))
    return {
        f"holder:{row.holder_id}"
        if row.holder_id
        else f"actor:{row.actor_id}"
        if row.actor_id
        else f"initiative:{row.initiative_id}": row
        for row in rows
    }


def facts_of(match: Match) -> dict[str, dict[str, object]]:
    return {line["code"]: line["values"] for line in match.facts["lines"]}


def test_passage_proposes_holders_actors_and_initiatives(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    opportunity = an_opportunity(session, fabrique)
    holder = a_holder(session, fabrique)
    actor = a_support_actor(session, fabrique)
    initiative = an_initiative(
        session,
        fabrique,
        conditions={
            "lines": [{"kind": "population_min", "sentence": "Un bassin.", "value": 15_000}]
        },
    )
    counts = passage(session, fabrique, places, now)
    assert counts == MatchCounts(
        opportunities=1, without_holder=0, proposed=3, added=3, withdrawn=0, decided=0
    )
    found = matches_of(session, opportunity)
    assert set(found) == {
        f"holder:{holder.id}",
        f"actor:{actor.id}",
        f"initiative:{initiative.id}",
    }
    assert {match.state for match in found.values()} == {MatchState.PROPOSED}
    assert facts_of(found[f"holder:{holder.id}"])["place_near"] == {
        "near": 1,
        "total": 1,
        "kilometres": 20,
    }
    here = places.commune(HIRSON)
    assert here is not None
    assert facts_of(found[f"initiative:{initiative.id}"])["territory_too_small"] == {
        "wanted": 15_000,
        "here": here.population,
    }


def test_second_passage_over_the_same_directory_changes_nothing(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    opportunity = an_opportunity(session, fabrique)
    a_holder(session, fabrique)
    passage(session, fabrique, places, now)
    counts = passage(session, fabrique, places, now)
    assert (counts.proposed, counts.added, counts.withdrawn) == (1, 0, 0)
    actions = [line.action for line in history_of(session, fabrique.id, opportunity.reference)]
    assert actions == ["opportunity.matched"]


def test_party_that_no_longer_fits_is_withdrawn(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    opportunity = an_opportunity(session, fabrique)
    holder = a_holder(session, fabrique)
    passage(session, fabrique, places, now)
    holder.load = holder.capacity
    counts = passage(session, fabrique, places, now)
    assert (counts.withdrawn, counts.without_holder) == (1, 1)
    assert matches_of(session, opportunity) == {}
    sieve = session.get_one(MatchSieve, opportunity.id)
    assert (sieve.known, sieve.refused) == (1, {f"holder:{holder.id}": "capacity"})
    assert sieve.left["stage"] == 1
    assert sieve.left["capacity"] == 0


def test_what_people_decided_is_left_as_it_is(
    session: Session,
    fabrique: Fabrique,
    places: Gazetteer,
    coordinator: Coordinator,
    now: dt.datetime,
) -> None:
    person, actor = coordinator
    opportunity = an_opportunity(session, fabrique)
    aside, introduced, free = (a_holder(session, fabrique) for _ in range(3))
    passage(session, fabrique, places, now)
    found = matches_of(session, opportunity)
    put_aside(session, actor, found[f"holder:{aside.id}"].id, PutAsideReason.OTHER_TRADE, now=now)
    match = found[f"holder:{introduced.id}"]
    match.state = MatchState.INTRODUCED
    an_introduction(session, match, person)
    counts = passage(session, fabrique, places, now)
    assert (counts.proposed, counts.decided, counts.withdrawn) == (1, 2, 0)
    again = matches_of(session, opportunity)
    assert {key: match.state for key, match in again.items()} == {
        f"holder:{aside.id}": MatchState.PUT_ASIDE,
        f"holder:{introduced.id}": MatchState.INTRODUCED,
        f"holder:{free.id}": MatchState.PROPOSED,
    }
    assert again[f"holder:{free.id}"].rank == 1
    assert session.get_one(MatchSieve, opportunity.id).refused == {f"holder:{aside.id}": "conflict"}


def test_proposal_brought_back_stays_even_when_the_machine_would_not_propose_it(
    session: Session,
    fabrique: Fabrique,
    places: Gazetteer,
    coordinator: Coordinator,
    now: dt.datetime,
) -> None:
    _, actor = coordinator
    opportunity = an_opportunity(session, fabrique)
    holder = a_holder(session, fabrique)
    match = a_match(session, opportunity, holder=holder)
    put_aside(session, actor, match.id, PutAsideReason.FULL, now=now, why="Pas avant mars.")
    assert (match.put_aside_reason, match.put_aside_by_id) == (PutAsideReason.FULL, actor.person_id)
    bring_back(session, actor, match.id, now=now)
    holder.load = holder.capacity
    counts = passage(session, fabrique, places, now)
    assert (counts.proposed, counts.withdrawn) == (1, 0)
    assert match.state is MatchState.PROPOSED
    assert match.put_aside_reason is None
    lines = history_of(session, fabrique.id, opportunity.reference)
    assert [(line.action, line.why) for line in lines] == [
        ("match.brought_back", ""),
        ("match.put_aside", "Pas avant mars."),
    ]


def test_acts_on_a_match_in_another_state_are_refused(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, now: dt.datetime
) -> None:
    _, actor = coordinator
    match = a_match(session, an_opportunity(session, fabrique), holder=a_holder(session, fabrique))
    with pytest.raises(Conflict) as refused:
        bring_back(session, actor, match.id, now=now)
    assert refused.value.code == "match.not_put_aside"
    put_aside(session, actor, match.id, PutAsideReason.OTHER, now=now)
    with pytest.raises(Conflict) as refused:
        put_aside(session, actor, match.id, PutAsideReason.OTHER, now=now)
    assert refused.value.code == "match.not_proposed"


def test_match_of_another_fabrique_does_not_exist(
    session: Session, coordinator: Coordinator, now: dt.datetime
) -> None:
    other = a_fabrique(session)
    match = a_match(session, an_opportunity(session, other), holder=a_holder(session, other))
    with pytest.raises(NotFound):
        put_aside(session, coordinator[1], match.id, PutAsideReason.OTHER, now=now)


def test_passage_reads_only_its_fabrique_and_open_opportunities(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    other = a_fabrique(session)
    an_opportunity(session, other)
    a_holder(session, other)
    an_opportunity(session, fabrique, is_closed=True)
    counts = passage(session, fabrique, places, now)
    assert (counts.opportunities, counts.proposed) == (0, 0)


def test_passage_over_one_opportunity_leaves_the_others(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    one, two = an_opportunity(session, fabrique), an_opportunity(session, fabrique)
    a_holder(session, fabrique)
    counts = passage(session, fabrique, places, now, one.id)
    assert (counts.opportunities, len(matches_of(session, one))) == (1, 1)
    assert matches_of(session, two) == {}


def test_zone_of_an_old_commune_code_still_reaches_the_commune_of_today(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    former = next(code for code in ("02001", "02002", "02003") if places.commune(code))
    today = places.commune(former)
    assert today is not None
    need = a_need(session, fabrique, commune=today.insee_code)
    cluster = a_cluster(session, fabrique, needs=(need,))
    opportunity = an_opportunity(session, fabrique, cluster=cluster)
    a_holder(session, fabrique, zone_scale=ZoneScale.COMMUNE, zone_codes=[former, "99999"])
    passage(session, fabrique, places, now)
    assert len(matches_of(session, opportunity)) == 1


def test_zone_whose_codes_are_all_gone_is_proposed_and_to_be_checked(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    opportunity = an_opportunity(session, fabrique)
    holder = a_holder(session, fabrique, zone_scale=ZoneScale.EPCI, zone_codes=["999999999"])
    passage(session, fabrique, places, now)
    match = matches_of(session, opportunity)[f"holder:{holder.id}"]
    assert "zone_unknown" in facts_of(match)


def test_reach_lets_in_a_neighbour(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    opportunity = an_opportunity(session, fabrique)
    a_holder(session, fabrique, commune=FOURMIES, zone_codes=["59"])
    assert passage(session, fabrique, places, now).proposed == 0
    assert passage(session, fabrique, places, now, reach_km=40.0).proposed == 1
    assert session.get_one(MatchSieve, opportunity.id).reach_km == 40.0


def test_place_sector_and_words_come_from_the_needs(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    here = a_need(session, fabrique)
    a_reading(session, here, secondary=["commerce"])
    hidden = a_need(session, fabrique, commune="06088", state=NeedState.HIDDEN)
    cluster = a_cluster(session, fabrique, needs=(here, hidden), keywords={"garage": 5, "car": 9})
    opportunity = an_opportunity(session, fabrique, cluster=cluster)
    neighbour = a_holder(
        session, fabrique, sectors=["commerce"], description="Un garage et une boutique."
    )
    a_holder(session, fabrique, sectors=["commerce"], zone_codes=["06"])
    passage(session, fabrique, places, now)
    found = matches_of(session, opportunity)
    assert set(found) == {f"holder:{neighbour.id}"}
    facts = facts_of(found[f"holder:{neighbour.id}"])
    assert facts["sector_neighbour"] == {"sector": "mobilite", "met": "commerce"}
    assert facts["words_shared"] == {"words": ["garage"]}


def test_confirmations_and_typical_words_count_too(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    need = a_need(session, fabrique, text="Il nous faut un garage.")
    session.add_all(
        NeedConfirmation(need_id=need.id, commune=commune, created_at=now)
        for commune in (FOURMIES, None)
    )
    cluster = a_cluster(session, fabrique, needs=(need,), typical_need_ids=[need.id])
    opportunity = an_opportunity(session, fabrique, cluster=cluster, title="Mobilité", summary="")
    far, close = (
        a_holder(session, fabrique, zone_codes=["59"], description=words, wants="")
        for words in ("Une auto-école.", "Un garage.")
    )
    passage(session, fabrique, places, now)
    found = matches_of(session, opportunity)
    assert found[f"holder:{close.id}"].score > found[f"holder:{far.id}"].score
    assert facts_of(found[f"holder:{close.id}"])["zone_part"] == {"covered": 1, "total": 2}


@pytest.mark.parametrize(
    ("scale", "codes"),
    [
        (ZoneScale.EPCI, ["EPCI"]),
        (ZoneScale.REGION, ["32"]),
        (ZoneScale.COUNTRY, []),
    ],
)
def test_zone_of_each_scale_reaches_the_commune(
    session: Session, fabrique: Fabrique, places: Gazetteer, scale: ZoneScale, codes: list[str]
) -> None:
    hirson = places.commune(HIRSON)
    assert hirson is not None
    written = [str(hirson.epci) if code == "EPCI" else code for code in codes]
    opportunity = an_opportunity(session, fabrique)
    a_holder(session, fabrique, zone_scale=scale, zone_codes=written)
    passage(session, fabrique, places, NOW)
    assert len(matches_of(session, opportunity)) == 1


def test_initiative_put_aside_is_not_proposed_again(
    session: Session,
    fabrique: Fabrique,
    places: Gazetteer,
    coordinator: Coordinator,
    now: dt.datetime,
) -> None:
    opportunity = an_opportunity(session, fabrique)
    match = a_match(session, opportunity, initiative=an_initiative(session, fabrique))
    put_aside(session, coordinator[1], match.id, PutAsideReason.OTHER, now=now)
    assert passage(session, fabrique, places, now).proposed == 0


def test_actor_whose_offers_exclude_the_legal_form_of_the_holder_is_left_out(
    session: Session,
    fabrique: Fabrique,
    places: Gazetteer,
    coordinator: Coordinator,
    now: dt.datetime,
) -> None:
    opportunity = an_opportunity(session, fabrique)
    holder = a_holder(session, fabrique, kind=HolderKind.ASSOCIATION)
    for_scops = a_support_actor(session, fabrique, offers=0)
    a_support_offer(session, for_scops, legal_forms=["scop"])
    assert passage(session, fabrique, places, now).proposed == 2
    match = matches_of(session, opportunity)[f"holder:{holder.id}"]
    match.state = MatchState.INTRODUCED
    an_introduction(session, match, coordinator[0], state=IntroductionState.INTERESTED)
    passage(session, fabrique, places, now)
    assert session.get_one(MatchSieve, opportunity.id).refused == {
        f"actor:{for_scops.id}": "legal_form"
    }


def test_expired_initiative_is_not_shown(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    an_opportunity(session, fabrique)
    an_initiative(session, fabrique, expires_on=now.date() - dt.timedelta(days=1))
    assert passage(session, fabrique, places, now).proposed == 0


def test_number_of_statements_does_not_grow_with_the_portfolio(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    reads: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            reads.append(statement)

    numbers = []
    event.listen(session.get_bind(), "before_cursor_execute", note)
    for _ in range(2):
        for _ in range(3):
            an_opportunity(session, fabrique)
            a_holder(session, fabrique, stages=[Stage.FEASIBILITY.value])
            a_support_actor(session, fabrique)
        session.expunge_all()
        reads.clear()
        passage(session, fabrique, places, now)
        numbers.append(len(reads))
    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert numbers[0] == numbers[1]


def test_member_of_a_committee_may_not_match(
    session: Session, fabrique: Fabrique, places: Gazetteer, now: dt.datetime
) -> None:
    _, member = an_actor(session, fabrique, Role.COMMITTEE_MEMBER)
    with pytest.raises(Forbidden):
        propose_matches(session, member, gazetteer=places, vectoriser=None, now=now)
