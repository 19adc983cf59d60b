"""The whole river in one go, on the written data: what ``demo --once`` measures."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import select

import steering.agendas
from capture import grouping
from capture.nlp.language import Language
from fabrique.core.access import machine
from fabrique.core.db import Database, JsonValue
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from fabrique.demo.committees import load_year
from fabrique.demo.directory import load_directory
from fabrique.demo.introductions import load_introductions
from fabrique.demo.needs import load_needs
from fabrique.demo.opportunities import load_opportunities
from fabrique.demo.people import coordinator, load_people
from matching.proposals import propose_matches

NEXT_COPIL = "COPIL-2026-02"
NEXT_COTECH = "COTECH-2026-06"
STEPS = ("needs", "groupings", "opportunities", "matches", "agenda")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was loaded and made: the fabrique and, for each step, its counts and seconds."""

    fabrique_id: int
    steps: dict[str, JsonValue]


def tell(
    database: Database,
    places: Gazetteer,
    language: Language,
    *,
    now: dt.datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> Story:
    """Load the demonstration and run the chain on it, one transaction a step."""
    steps: dict[str, JsonValue] = {}
    started = time.perf_counter()

    def done(name: str, counts: dict[str, JsonValue]) -> None:
        nonlocal started
        seconds = round(time.perf_counter() - started, 3)
        steps[name] = counts | {"seconds": seconds}
        started = time.perf_counter()
        progress(1)

    with database.unit_of_work() as session:
        actor = load_people(session, places, now=now)
        directory = load_directory(session, actor, now=now)
        done("needs", {**load_needs(session, actor, now=now), **directory})
    robot = machine(actor.fabrique_id)
    with database.unit_of_work() as session:
        counts = grouping.regroup(session, robot, language=language, places=places, now=now)
        done("groupings", counts.as_json())
    with database.unit_of_work() as session:
        actor = coordinator(session, actor.fabrique_id)
        signed = load_opportunities(session, actor, now=now)
        year = load_year(session, actor, signed)
        done("opportunities", {"signed": len(signed), **year})
    with database.unit_of_work() as session:
        matched = propose_matches(
            session, robot, gazetteer=places, vectoriser=language.vectoriser, now=now
        )
        sent = load_introductions(session, actor, signed, now=now)
        done("matches", {**asdict(matched), "introductions": sent})
    with database.unit_of_work() as session:
        for reference in (NEXT_COTECH, NEXT_COPIL):
            steering.agendas.prepare_agenda(session, actor, reference, now=now)
        done("agenda", {"meeting": NEXT_COPIL})
    return Story(fabrique_id=actor.fabrique_id, steps=steps)


def is_told(database: Database) -> bool:
    """Whether the demonstration is already in this database."""
    with database.reading() as session:
        return session.scalar(select(Fabrique.id).limit(1)) is not None
