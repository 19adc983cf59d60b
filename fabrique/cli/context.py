"""What commands share: the database of the settings, the fabrique they work for, progress on
standard error, one JSON object on standard output, errors as French sentences."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from fabrique.core.db import Database, JsonValue, engine_for
from fabrique.core.errors import FabriqueError, NotFound
from fabrique.core.settings import Settings
from fabrique.core.territories import Fabrique
from fabrique.migrations import upgrade
from fabrique.web.labels.sentences import sentence
from fabrique.web.labels.typography import typo

AsJson = Annotated[
    bool, typer.Option("--json", help="Écrire un seul objet JSON sur la sortie standard.")
]
FabriqueSlug = Annotated[
    str | None,
    typer.Option("--fabrique", help="Nom court de la fabrique, si la base en porte plusieurs."),
]

# Opens a progress bar with a label and a total, None while unknown; gives back what advances it.
OpenBar = Callable[[str, int | None], Callable[[int], None]]

said = Console(stderr=True)
answered = Console()


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Turn what a person can be told into one sentence and the exit code 1."""
    try:
        yield
    except FabriqueError as error:
        told = typo(sentence(error.code, error.facts))
        said.print(told, style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            message = (
                problem["msg"].removeprefix("Value error, ")
                if problem["type"] == "value_error"
                else f"la valeur « {problem['input']} » ne convient pas"
            )
            setting = f"FABRIQUE_{name} : " if name else ""
            said.print(typo(f"Réglage refusé. {setting}{message}."), style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    except OperationalError as error:
        said.print(f"[red]La base de données ne répond pas : {error.orig}[/red]")
        raise typer.Exit(1) from error


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of the settings, brought to the current schema, for as long as the block."""
    database = Database(engine_for(settings.database_url, threads=settings.threads))
    try:
        upgrade(database.engine)
        yield database
    finally:
        database.close()


def fabrique_id_of(database: Database, slug: str | None) -> int:
    """The fabrique to work for: the one named, or the first; raises ``NotFound``."""
    with database.reading() as session:
        wanted = select(Fabrique.id).order_by(Fabrique.id).limit(1)
        if slug is not None:
            wanted = wanted.where(Fabrique.slug == slug)
        found = session.scalar(wanted)
    if found is None:
        raise NotFound("fabrique.none" if slug is None else "fabrique.unknown", slug=slug)
    return found


@contextmanager
def steps(*, quiet: bool) -> Iterator[OpenBar]:
    """Progress bars: open one with a label and a total, get the function that advances it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=said, disable=quiet) as progress:

        def open_bar(label: str, total: int | None) -> Callable[[int], None]:
            task = progress.add_task(label, total=total)
            return lambda done: progress.advance(task, done)

        yield open_bar


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Elapsed time, to the millisecond."""
        return round(time.perf_counter() - self._start, 3)


def answer(values: Mapping[str, JsonValue], *, as_json: bool, lines: list[str]) -> None:
    """Print the JSON object, or the sentences."""
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    for line in lines:
        answered.print(line, highlight=False, soft_wrap=True, markup=False)
