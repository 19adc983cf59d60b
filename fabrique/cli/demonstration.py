"""The demonstration: load the invented territory, run the chain, write the documents, serve."""

from pathlib import Path
from typing import Annotated

import typer

from capture.nlp.language import load_language
from fabrique.app import create_app
from fabrique.cli.context import (
    AsJson,
    Stopwatch,
    answer,
    friendly_errors,
    open_database,
    said,
    steps,
)
from fabrique.cli.documents import write_agenda, write_needs
from fabrique.cli.service import run_app, work_beside
from fabrique.core.access import Actor, machine
from fabrique.core.db import Database
from fabrique.core.places import Gazetteer, load_gazetteer
from fabrique.core.settings import Settings
from fabrique.demo.chain import NEXT_COPIL, STEPS, tell
from fabrique.demo.clock import STORY_STARTS, StoryClock
from steering.queries.agenda import agenda_page


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Faire la chaîne une fois et s’arrêter.")
    ] = False,
    output: Annotated[
        Path, typer.Option(help="Dossier de la base et des documents, refait à chaque fois.")
    ] = Path("demo"),
    port: Annotated[int, typer.Option(help="Port d’écoute.")] = 8000,
    as_json: AsJson = False,
) -> None:
    """Montrer la fabrique sur un territoire inventé des Hauts-de-France."""
    with friendly_errors():
        watch = Stopwatch()
        output.mkdir(parents=True, exist_ok=True)
        base_url = f"http://127.0.0.1:{port}"
        settings = Settings(demo=True, base_url=base_url, database_url=_fresh_database(output))
        places = load_gazetteer()
        language = load_language(places.names())
        with open_database(settings) as database:
            with steps(quiet=as_json) as open_bar:
                advance = open_bar("La chaîne", len(STEPS))
                story = tell(database, places, language, now=STORY_STARTS, progress=advance)
                files = _documents(database, machine(story.fabrique_id), places, output)
            answer(
                {**story.steps, "files": [str(file) for file in files], "seconds": watch.seconds},
                as_json=as_json,
                lines=[*(f"Écrit : {file}" for file in files), f"En {watch.seconds:.1f} s."],
            )
            if once:
                return
            clock = StoryClock()
            app = create_app(
                settings, database=database, clock=clock, places=places, language=language
            )
            work_beside(app, settings, database, clock)
            said.print("Trois identités en un clic sur la page « Se connecter ».")
            run_app(app, host="127.0.0.1", port=port)


def _documents(database: Database, actor: Actor, places: Gazetteer, folder: Path) -> list[Path]:
    with database.reading() as session:
        page = agenda_page(session, actor, NEXT_COPIL, now=STORY_STARTS)
        return [*write_agenda(page, folder), write_needs(session, actor, places, folder)]


def _fresh_database(folder: Path) -> str:
    for old in folder.glob("demo.db*"):
        old.unlink()
    return f"sqlite:///{folder / 'demo.db'}"
