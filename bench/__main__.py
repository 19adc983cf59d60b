"""The measures, one command each: `python -m bench COMMAND`. Nothing here decides anything."""

from pathlib import Path
from typing import Annotated

import typer

from bench.answers import tell
from bench.demo import measure_demo
from bench.duplicates import measure_duplicates
from bench.grouping import measure_grouping
from bench.importing import measure_import
from bench.load import measure_load
from bench.refusals import FrenchGroup
from bench.river import measure_river
from bench.scale import measure_scale, sizes_in
from bench.sectors import measure_sectors
from bench.similarity import measure_similarity
from bench.stability import measure_stability

app = typer.Typer(
    cls=FrenchGroup,
    help="Mesurer ce que la fabrique affirme, à côté de références nommées.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Écrire un seul objet JSON.")]
PairsFile = Annotated[
    Path, typer.Option("--pairs", help="Paires de textes (s1, s2, score ou label).")
]
NeedsFile = Annotated[
    Path | None,
    typer.Option("--needs", help="Besoins (JSON Lines) ; par défaut, la démonstration."),
]


@app.command()
def similarity(pairs: PairsFile, as_json: AsJson = False) -> None:
    """Accord des proximités avec celles que disent des personnes."""
    tell(measure_similarity(pairs), as_json=as_json)


@app.command()
def sectors(
    gold: Annotated[Path, typer.Option(help="Besoins dont le secteur a été lu.")],
    as_json: AsJson = False,
) -> None:
    """Accord des secteurs avec ceux d’une lecture, et justesse de la confiance."""
    tell(measure_sectors(gold), as_json=as_json)


@app.command()
def grouping(
    gold: Annotated[
        list[Path],
        typer.Option(help="Besoins groupés par une lecture ; plusieurs fois si besoin."),
    ],
    with_noise: Annotated[
        bool, typer.Option("--with-noise", help="Donner aussi les besoins sans groupe.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Accord des regroupements avec ceux d’une lecture."""
    tell(measure_grouping(gold, with_noise=with_noise), as_json=as_json)


@app.command()
def duplicates(pairs: PairsFile, as_json: AsJson = False) -> None:
    """Justesse des besoins montrés comme déjà signalés."""
    tell(measure_duplicates(pairs), as_json=as_json)


@app.command()
def stability(needs: NeedsFile = None, as_json: AsJson = False) -> None:
    """Mêmes groupes en recommençant, en mélangeant, en ajoutant."""
    tell(measure_stability(needs), as_json=as_json)


@app.command()
def scale(
    n: Annotated[
        str, typer.Option(help="Tailles, séparées par des virgules.")
    ] = "1000,10000,100000",
    needs: NeedsFile = None,
    peer_most: Annotated[
        int, typer.Option(help="Plus grande taille donnée à la référence, qui est lente.")
    ] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Temps et mémoire selon le nombre de besoins."""
    tell(measure_scale(sizes_in(n), needs, peer_most=peer_most), as_json=as_json)


@app.command()
def load(
    needs: NeedsFile = None,
    rows: Annotated[int, typer.Option(help="Besoins dans la base.", min=1)] = 45_000,
    readers: Annotated[int, typer.Option(help="Lecteurs en même temps.", min=1)] = 20,
    requests: Annotated[int, typer.Option(help="Pages lues en tout.", min=1)] = 2_000,
    database: Annotated[
        Path | None, typer.Option(help="Base SQLite déjà remplie, pour ne pas la refaire.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Temps de réponse des pages quand plusieurs lisent à la fois."""
    answer = measure_load(needs, database, rows=rows, readers=readers, requests=requests)
    tell(answer, as_json=as_json)


@app.command("import")
def importing(
    rows: Annotated[int, typer.Option(help="Besoins à importer.", min=1)] = 20_000,
    needs: NeedsFile = None,
    as_json: AsJson = False,
) -> None:
    """Besoins importés par seconde, par la vraie commande."""
    tell(measure_import(needs, rows=rows), as_json=as_json)


@app.command()
def river(
    needs: Annotated[Path, typer.Option(help="Vrais besoins (JSON Lines, « id »).")],
    as_json: AsJson = False,
) -> None:
    """Toute la chaîne sur de vrais besoins : temps, comptes, mémoire, rien de perdu."""
    tell(measure_river(needs), as_json=as_json)


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Temps de la démonstration complète."""
    tell(measure_demo(), as_json=as_json)


if __name__ == "__main__":
    app()
