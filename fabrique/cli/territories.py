"""Refresh the table of communes from the State's API, exactly, where there is a network."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from fabrique.cli.context import AsJson, Stopwatch, answer, friendly_errors
from fabrique.core.clock import SystemClock, local_date
from fabrique.core.data.refresh import refreshed_table
from fabrique.core.data.table import EMBEDDED, read_table, write_table
from fabrique.core.errors import Unavailable
from fabrique.core.http import OutgoingClient

API_GEO = "https://geo.api.gouv.fr"
_FIELDS = "nom,code,codesPostaux,centre,codeEpci,codeDepartement,codeRegion,population,anciensCodes"


def sync(
    output: Annotated[
        Path, typer.Option(help="Fichier à écrire ; donnez-le ensuite à FABRIQUE_COMMUNES_PATH.")
    ] = Path("communes.json.gz"),
    api: Annotated[str, typer.Option(help="Adresse de l’API Géo.")] = API_GEO,
    as_json: AsJson = False,
) -> None:
    """Refaire la table des communes depuis l’API Géo, avec les coordonnées exactes."""
    with friendly_errors():
        watch = Stopwatch()
        with OutgoingClient() as client:
            answers = (
                client.content(f"{api}/communes", {"fields": _FIELDS}),
                client.content(f"{api}/epcis", {"fields": "nom,code,type"}),
                client.content(f"{api}/departements", {"fields": "nom,code,codeRegion"}),
                client.content(f"{api}/regions", {"fields": "nom,code"}),
            )
        year = local_date(SystemClock().now()).year
        try:
            table = refreshed_table(*answers, year=year, previous=read_table(EMBEDDED))
        except ValidationError as error:
            raise Unavailable("service.unreadable", service=api) from error
        write_table(table, output)
        answer(
            {"communes": len(table.communes), "file": str(output), "seconds": watch.seconds},
            as_json=as_json,
            lines=[f"{len(table.communes)} communes écrites dans {output}."],
        )
