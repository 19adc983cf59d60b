"""Commands of the river: import needs, group them, match opportunities, draft an agenda, export."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import matching.proposals
import steering.agendas
import steering.queries.agenda
from capture.intake import ImportCounts
from capture.intake import import_needs as write_needs
from capture.models import Need, Opportunity
from capture.needs_file import read_needs_file
from capture.nlp.language import Language, load_language
from fabrique.cli.context import (
    AsJson,
    FabriqueSlug,
    OpenBar,
    Stopwatch,
    answer,
    fabrique_id_of,
    friendly_errors,
    open_database,
    said,
    steps,
)
from fabrique.cli.documents import write_agenda
from fabrique.cli.documents import write_needs as write_needs_file
from fabrique.cli.first import first_fabrique, next_meeting
from fabrique.cli.telling import (
    agenda_lines,
    import_lines,
    match_lines,
    refusal_json,
    regroup_lines,
)
from fabrique.core.access import Actor, machine
from fabrique.core.clock import SystemClock
from fabrique.core.db import Database
from fabrique.core.errors import NotFound
from fabrique.core.places import Gazetteer, load_gazetteer
from fabrique.core.settings import Settings
from fabrique.jobs import make_passage, read_all_needs


def import_needs(
    file: Annotated[Path, typer.Argument(help="Fichier CSV, XLSX ou JSON Lines.")],
    source: Annotated[
        str | None, typer.Option(help="Nom de la source ; par défaut, celui du fichier.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Lire et vérifier sans rien écrire.")
    ] = False,
    fabrique: FabriqueSlug = None,
    as_json: AsJson = False,
) -> None:
    """Importer des besoins ; le même fichier deux fois n’ajoute rien."""
    with friendly_errors(), steps(quiet=as_json) as open_bar:
        watch, settings = Stopwatch(), Settings()
        places = load_gazetteer(settings.communes_path)
        read = read_needs_file(
            file,
            source=source or file.stem,
            places=places,
            progress=open_bar("Lignes lues", None),
        )
        if dry_run:
            counts = ImportCounts(accepted=len(read.entries), already_known=0)
        else:
            with open_database(settings) as database:
                fabrique_id = _fabrique_or_first(database, fabrique, places)
                with database.unit_of_work() as session:
                    counts = write_needs(
                        session,
                        machine(fabrique_id),
                        read.entries,
                        now=SystemClock().now(),
                        progress=open_bar("Écriture", len(read.entries)),
                    )
        answer(
            {
                "received": len(read.entries) + len(read.refusals),
                "accepted": counts.accepted,
                "already_known": counts.already_known,
                "refused": [refusal_json(refusal) for refusal in read.refusals],
                "dry_run": dry_run,
                "seconds": watch.seconds,
            },
            as_json=as_json,
            lines=import_lines(read, counts.accepted, counts.already_known, dry_run=dry_run),
        )


def regroup(fabrique: FabriqueSlug = None, as_json: AsJson = False) -> None:
    """Lire les nouveaux besoins et refaire les regroupements ; rien de signé ne change."""
    with friendly_errors(), steps(quiet=as_json) as open_bar:
        watch, settings = Stopwatch(), Settings()
        with open_database(settings) as database:
            actor = machine(fabrique_id_of(database, fabrique))
            places = load_gazetteer(settings.communes_path)
            language = load_language(places.names(), settings.vectoriser_path)
            read = _read_all(database, actor, language, open_bar)
            read_seconds = watch.seconds
            advance = open_bar("Regroupement", None)
            done = make_passage(
                database, actor, language=language, places=places, clock=SystemClock()
            )
            advance(1)
            values = done.as_json() | {
                "read": read,
                "read_seconds": read_seconds,
                "seconds": watch.seconds,
            }
            answer(
                values,
                as_json=as_json,
                lines=regroup_lines(done, watch.seconds),
            )


def match(
    opportunity: Annotated[
        str | None, typer.Option(help="Référence d’une opportunité ; toutes par défaut.")
    ] = None,
    fabrique: FabriqueSlug = None,
    as_json: AsJson = False,
) -> None:
    """Chercher qui peut porter et aider les opportunités ouvertes."""
    with friendly_errors():
        watch, settings = Stopwatch(), Settings()
        with open_database(settings) as database:
            actor = machine(fabrique_id_of(database, fabrique))
            places = load_gazetteer(settings.communes_path)
            language = load_language(places.names(), settings.vectoriser_path)
            with database.unit_of_work() as session:
                wanted = _opportunity_ids(session, actor.fabrique_id, opportunity)
                counts = matching.proposals.propose_matches(
                    session,
                    actor,
                    wanted,
                    gazetteer=places,
                    vectoriser=language.vectoriser,
                    now=SystemClock().now(),
                )
            answer(
                asdict(counts) | {"seconds": watch.seconds},
                as_json=as_json,
                lines=match_lines(counts),
            )


def agenda(
    meeting: Annotated[
        str | None, typer.Option(help="Référence de la séance ; par défaut, la prochaine.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Dossier où écrire les documents.")] = Path(),
    fabrique: FabriqueSlug = None,
    as_json: AsJson = False,
) -> None:
    """Préparer l’ordre du jour d’une séance et l’écrire en Word et en PDF."""
    with friendly_errors():
        watch, settings = Stopwatch(), Settings()
        with open_database(settings) as database:
            actor = machine(fabrique_id_of(database, fabrique))
            now = SystemClock().now()
            with database.unit_of_work() as session:
                reference = meeting or next_meeting(session, actor, now=now)
                steering.agendas.prepare_agenda(session, actor, reference, now=now)
            with database.reading() as session:
                page = steering.queries.agenda.agenda_page(session, actor, reference, now=now)
                files = write_agenda(page, output)
            answer(
                {
                    "meeting": reference,
                    "items": len(page.points),
                    "left_out": len(page.left_out),
                    "minutes": sum(point.minutes for point in page.points),
                    "available_minutes": page.head.minutes,
                    "files": [str(file) for file in files],
                    "seconds": watch.seconds,
                },
                as_json=as_json,
                lines=agenda_lines(page, files),
            )


def export(
    output: Annotated[Path, typer.Option(help="Dossier où écrire les fichiers.")] = Path(),
    fabrique: FabriqueSlug = None,
    as_json: AsJson = False,
) -> None:
    """Écrire tous les besoins dans un classeur (needs.xlsx)."""
    with friendly_errors():
        watch, settings = Stopwatch(), Settings()
        with open_database(settings) as database:
            actor = machine(fabrique_id_of(database, fabrique))
            with database.reading() as session:
                file = write_needs_file(
                    session, actor, load_gazetteer(settings.communes_path), output
                )
            answer(
                {"files": [str(file)], "seconds": watch.seconds},
                as_json=as_json,
                lines=[f"Écrit : {file}"],
            )


def _read_all(database: Database, actor: Actor, language: Language, open_bar: OpenBar) -> int:
    """Read every need not read yet, a short transaction at a time; how many were."""
    with database.reading() as session:
        told = session.scalar(select(func.count()).where(Need.fabrique_id == actor.fabrique_id))
    advance = open_bar("Lecture des besoins", told or 0)
    read = read_all_needs(database, actor, language=language, clock=SystemClock(), progress=advance)
    advance((told or 0) - read)
    return read


def _fabrique_or_first(database: Database, slug: str | None, places: Gazetteer) -> int:
    """The fabrique of the option; on an empty database, a first one is opened."""
    try:
        return fabrique_id_of(database, slug)
    except NotFound:
        if slug is not None:
            raise
    with database.unit_of_work() as session:
        fabrique = first_fabrique(session, places, now=SystemClock().now())
    said.print(f"Une fabrique est ouverte dans cette base : « {fabrique.name} ».")
    return fabrique.id


def _opportunity_ids(session: Session, fabrique_id: int, reference: str | None) -> list[int] | None:
    if reference is None:
        return None
    found = session.scalar(
        select(Opportunity.id).where(
            Opportunity.fabrique_id == fabrique_id, Opportunity.reference == reference
        )
    )
    if found is None:
        raise NotFound("opportunity.unknown")
    return [found]
