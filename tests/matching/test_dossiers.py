"""What an opportunity is matched by: the words that its typical needs are left with."""

import datetime as dt

import numpy as np
from sqlalchemy.orm import Session

from capture.cutting import cut_out
from capture.nlp.passages import passages
from capture.nlp.vectorise import load_vectoriser
from fabrique.core.access import Actor
from fabrique.core.people import Person
from fabrique.core.places import gazetteer
from fabrique.core.territories import Fabrique
from matching.queries.dossiers import dossiers_of
from tests.builders import a_cluster, a_need, an_opportunity

FIRST = "Plus aucun médecin généraliste dans le canton."
SECOND = "Il manque des places en crèche."


def test_words_cut_out_of_a_message_do_not_match_for_it(
    session: Session, fabrique: Fabrique, coordinator: tuple[Person, Actor], now: dt.datetime
) -> None:
    whole, first = (a_need(session, fabrique, text=text) for text in (f"{FIRST} {SECOND}", FIRST))
    opportunities = [
        an_opportunity(
            session,
            fabrique,
            cluster=a_cluster(session, fabrique, needs=(need,), typical_need_ids=[need.id]),
        )
        for need in (whole, first)
    ]

    def match_alike() -> bool:
        for opportunity in opportunities:
            session.refresh(opportunity, ["cluster"])
        one, other = dossiers_of(session, opportunities, gazetteer(), load_vectoriser())
        return np.array_equal(one.text, other.text)

    assert not match_alike()
    cut_out(session, coordinator[1], whole.reference, passages(whole.text)[1:], now=now)
    assert match_alike()
