"""The public home: figures, stories with a refusal among them, what is said around a commune."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from capture.models import ClusterState, NeedState, OpportunityStage, Verdict
from capture.opportunities import advance
from fabrique.core.access import Actor
from fabrique.core.people import Person
from fabrique.core.territories import Fabrique
from tests.builders import (
    FOURMIES,
    GUISE,
    HIRSON,
    a_cluster,
    a_grouping_run,
    a_need,
    a_person,
    a_reading,
    an_opportunity,
)
from tests.capture.conftest import Statements, links_of, words_of

Coordinator = tuple[Person, Actor]


def test_home_of_an_empty_fabrique_says_why_and_invites(passer_by: TestClient) -> None:
    page = passer_by.get("/").text
    assert words_of(page, "//h1") == (
        "Ce qui manque ici peut devenir un service, une activité, un emploi."
    )
    assert words_of(page, "//ol[@class='filiere']/li[1]") == "0 besoin dit"
    assert "Personne n'a encore rien signalé ici. Vous pouvez être la première voix." in words_of(
        page
    )
    assert links_of(page)["Signaler un besoin"] == "/besoins/nouveau"


def test_story_quotes_no_need_that_may_name_somebody(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    passer_by: TestClient,
    now: dt.datetime,
) -> None:
    need = a_need(session, fabrique, title="Mme Durand attend le car")
    a_reading(session, need, personal_count=1)
    cluster = a_cluster(session, fabrique, needs=(need,), typical_need_ids=[need.id])
    opportunity = an_opportunity(session, fabrique, cluster=cluster, title="Un car à la demande")
    advance(session, coordinator[1], opportunity, verdict=Verdict.STUDY, reason="Motif.", now=now)
    page = passer_by.get("/").text
    assert "« Un car à la demande »" in words_of(page, "//article")
    assert "Durand" not in page


def test_home_counts_what_is_in_scope_and_not_withdrawn(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    author = a_person(session, fabrique)
    needs = [a_need(session, fabrique, author_id=author.id) for _ in range(4)]
    a_need(session, fabrique, state=NeedState.WITHDRAWN)
    a_cluster(session, fabrique, needs=tuple(needs[:2]), state=ClusterState.CONFIRMED)
    a_cluster(session, fabrique)
    a_grouping_run(session, fabrique, number=9_000, counts={"out_of_scope": 1})
    an_opportunity(session, fabrique, stage=OpportunityStage.PROJECT)
    page = passer_by.get("/").text
    # The opportunity brings its own grouping and its own need.
    assert [words_of(page, f"//ol[@class='filiere']/li[{rank}]") for rank in (1, 2, 3, 4)] == [
        "4 besoins dits par 1 capteur d'idées",
        "1 regroupement relu par la coordination",
        "1 opportunité étudiée avec les communes",
        "1 projet lancé",
    ]


def test_one_of_the_three_stories_is_a_refusal(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    passer_by: TestClient,
    now: dt.datetime,
) -> None:
    for rank, verdict in enumerate(
        (Verdict.ABANDON, Verdict.STUDY, Verdict.CALL, Verdict.HAND_OVER, Verdict.STUDY)
    ):
        need = a_need(session, fabrique, title=f"Phrase {rank}", text="Le car ne passe plus.")
        a_reading(session, need)
        cluster = a_cluster(session, fabrique, needs=(need,), typical_need_ids=[need.id])
        opportunity = an_opportunity(
            session, fabrique, cluster=cluster, title=f"Idée {rank}", stage=OpportunityStage.IDEA
        )
        advance(
            session, coordinator[1], opportunity, verdict=verdict, reason=f"Motif {rank}.", now=now
        )
    page = passer_by.get("/").text
    stories = [words_of(page, f"(//article)[{rank}]") for rank in (1, 2, 3)]
    assert len(stories) == 3
    assert stories[0].startswith("Mobilité « Phrase 3 » Idée 3. Le comité a confié le projet")
    assert stories[2] == (
        "Mobilité « Phrase 0 » Idée 0. Le comité n'a pas retenu cette idée. Motif : Motif 0. "
        "1 témoignage · décision et motif publiés"
    )


def test_commune_search_shows_the_groupings_that_speak_there_first(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    near = a_cluster(
        session,
        fabrique,
        needs=(a_need(session, fabrique, commune=HIRSON),),
        state=ClusterState.CONFIRMED,
        title="Plus de car le soir",
    )
    a_cluster(
        session,
        fabrique,
        needs=(a_need(session, fabrique, commune="80021"),),
        state=ClusterState.CONFIRMED,
        title="Cinéma fermé",
    )
    page = passer_by.get("/", params={"commune": "02500"}).text
    links = links_of(page, "//section[@id='autour']//li//a")
    assert links == {"Plus de car le soir": f"/besoins?regroupement={near.reference}"}
    assert links_of(page)["Tous les besoins autour de Hirson"] == "/besoins?commune=02381"


def test_commune_nobody_speaks_of_is_named(passer_by: TestClient) -> None:
    page = passer_by.get("/", params={"commune": "Wassigny"}).text
    assert "Personne n'a encore rien signalé à Wassigny." in words_of(page)


def test_unknown_commune_is_said_with_a_way_out(passer_by: TestClient) -> None:
    page = passer_by.get("/", params={"commune": "Saint-Machin"}).text
    assert (
        "Nous ne trouvons pas « Saint-Machin ». Vérifiez l'orthographe ou donnez le code postal."
        in words_of(page)
    )


def test_needs_are_shown_while_no_grouping_is_confirmed(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    need = a_need(session, fabrique, title="Plus de car le soir", commune=FOURMIES)
    a_reading(session, need)
    a_cluster(session, fabrique, needs=(need,), title="Proposé par la machine")
    page = passer_by.get("/").text
    assert links_of(page)["Plus de car le soir"] == f"/besoins/{need.reference}"
    assert "Proposé par la machine" not in words_of(page)


@pytest.mark.parametrize("groups", [1, 3])
def test_home_asks_the_same_number_of_questions(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    passer_by: TestClient,
    statements: Statements,
    now: dt.datetime,
    groups: int,
) -> None:
    for _ in range(groups):
        need = a_need(session, fabrique, commune=GUISE)
        cluster = a_cluster(
            session,
            fabrique,
            needs=(need,),
            state=ClusterState.CONFIRMED,
            confirmed_at=now,
            typical_need_ids=[need.id],
        )
        opportunity = an_opportunity(session, fabrique, cluster=cluster)
        advance(session, coordinator[1], opportunity, verdict=Verdict.CALL, reason="Oui.", now=now)
    with statements() as asked:
        assert passer_by.get("/").status_code == 200
    assert len(asked) == 6


def test_home_is_counted_again_only_when_something_happened(
    session: Session,
    fabrique: Fabrique,
    passer_by: TestClient,
    statements: Statements,
) -> None:
    first = passer_by.get("/").text
    with statements() as asked:
        assert passer_by.get("/").text == first
    assert len(asked) == 1
    told = {"title": "Plus de car", "text": "Plus de car le soir.", "commune": "Hirson"}
    passer_by.post("/besoins/nouveau", data=told)
    assert words_of(passer_by.get("/").text, "//ol[@class='filiere']/li[1]") == "1 besoin dit"
