"""Commands that keep the service alive: serve, work, upgrade the database, check the set-up."""

import threading
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from capture.nlp.language import load_language
from fabrique.app import create_app
from fabrique.cli.checks import checks
from fabrique.cli.context import (
    AsJson,
    Stopwatch,
    answer,
    friendly_errors,
    open_database,
    said,
)
from fabrique.core.clock import Clock, SystemClock
from fabrique.core.db import Database
from fabrique.core.logs import set_up_logs
from fabrique.core.places import load_gazetteer
from fabrique.core.settings import Settings
from fabrique.jobs import Worker
from fabrique.jobs import work as run_jobs


def upgrade_database(as_json: AsJson = False) -> None:
    """Mettre la base de données au schéma de cette version."""
    with friendly_errors():
        watch = Stopwatch()
        settings = Settings()
        with open_database(settings):
            answer(
                {"upgraded": True, "seconds": watch.seconds},
                as_json=as_json,
                lines=["La base est à jour."],
            )


def serve(
    host: Annotated[str, typer.Option(help="Adresse d’écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port d’écoute.")] = 8000,
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Faire aussi le travail planifié.")
    ] = False,
) -> None:
    """Servir les pages."""
    with friendly_errors():
        settings = Settings()
        with open_database(settings) as database:
            run_server(settings, database, host=host, port=port, with_worker=with_worker)


def run_server(
    settings: Settings, database: Database, *, host: str, port: int, with_worker: bool
) -> None:
    """Serve until stopped; the worker, if asked for, lives in a thread of the same process."""
    set_up_logs(production=settings.production)
    app = create_app(settings, database=database)
    if with_worker:
        work_beside(app, settings, database, SystemClock())
    run_app(app, host=host, port=port)


def work_beside(app: FastAPI, settings: Settings, database: Database, clock: Clock) -> None:
    """Do the planned work in a thread beside an application, with its instruments."""
    worker = Worker(
        settings=settings,
        database=database,
        clock=clock,
        places=app.state.places,
        language=app.state.language,
    )
    threading.Thread(target=run_jobs, args=(worker,), daemon=True, name="worker").start()


def run_app(app: FastAPI, *, host: str, port: int) -> None:
    """Serve an application until stopped."""
    said.print(f"La fabrique est ouverte : http://{host}:{port} (Ctrl+C pour arrêter)")
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False)


def work() -> None:
    """Faire le travail planifié : lire, regrouper, rapprocher, envoyer."""
    with friendly_errors():
        settings = Settings()
        set_up_logs(production=settings.production)
        places = load_gazetteer(settings.communes_path)
        language = load_language(places.names(), settings.vectoriser_path)
        with open_database(settings) as database:
            worker = Worker(
                settings=settings,
                database=database,
                clock=SystemClock(),
                places=places,
                language=language,
            )
            said.print("Le travail planifié est lancé (Ctrl+C pour arrêter).")
            run_jobs(worker)


def doctor(as_json: AsJson = False) -> None:
    """Vérifier que tout est en place, et dire quoi faire sinon."""
    with friendly_errors():
        watch = Stopwatch()
        found = checks(Settings())
        answer(
            {
                "checks": [
                    {"name": check.name, "ok": check.is_ok, "says": check.sentence}
                    for check in found
                ],
                "seconds": watch.seconds,
            },
            as_json=as_json,
            lines=[
                f"{'✓' if check.is_ok else '✗'} {check.name} : {check.sentence}" for check in found
            ],
        )
        if not all(check.is_ok for check in found):
            raise typer.Exit(1)
