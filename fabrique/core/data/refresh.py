"""A table of communes out of the answers of the API Géo (pure: the call is `core.http`'s).

Addresses, at https://geo.api.gouv.fr: `/communes?fields=` `COMMUNE_FIELDS`, `/epcis?fields=`
`EPCI_FIELDS`, `/departements`, `/regions`. Licence Ouverte 2.0.
"""

from pydantic import BaseModel, TypeAdapter

from fabrique.core.data.locating import Point, Unplaced, placed
from fabrique.core.data.table import (
    Alias,
    AliasKind,
    Departement,
    Epci,
    EpciNature,
    Located,
    Region,
    Table,
)

COMMUNE_FIELDS = (
    "nom,code,codesPostaux,centre,codeEpci,codeDepartement,codeRegion,population,anciensCodes"
)
EPCI_FIELDS = "nom,code,type"
SOURCES = (
    "API Géo, geo.api.gouv.fr : code officiel géographique, intercommunalités, populations, codes "
    "postaux et centres des communes (INSEE, DGCL, La Poste, IGN), Licence Ouverte 2.0."
)


class _Centre(BaseModel):
    # GeoJSON (RFC 7946): longitude first.
    coordinates: tuple[float, float]


class _Commune(BaseModel):
    # The API's words, hence the N815.
    code: str
    nom: str
    codesPostaux: list[str] = []  # noqa: N815
    centre: _Centre | None = None
    codeEpci: str | None = None  # noqa: N815
    codeDepartement: str  # noqa: N815
    codeRegion: str  # noqa: N815
    population: int | None = None
    anciensCodes: list[str] = []  # noqa: N815


class _Epci(BaseModel):
    code: str
    nom: str
    type: EpciNature


class _Departement(BaseModel):
    code: str
    nom: str
    codeRegion: str  # noqa: N815


class _Region(BaseModel):
    code: str
    nom: str


def refreshed_table(
    communes_json: bytes,
    epcis_json: bytes,
    departements_json: bytes,
    regions_json: bytes,
    *,
    year: int,
    previous: Table,
) -> Table:
    """The table these four answers describe, for the `year` of the Code officiel géographique.

    The API gives no delegated communes nor arrondissements here: those of `previous` are kept as
    far as their commune still stands; so are the exact coordinates it knew of a commune whose
    centre is missing. Raises ValueError (pydantic's) if an answer is not what the API promises.
    """
    answers = [
        each
        for each in TypeAdapter(list[_Commune]).validate_json(communes_json)
        # Lands where nobody lives (Terres australes, Clipperton) have no population figure.
        if each.population is not None
    ]
    communes = placed([_unplaced(each) for each in answers], _points(answers, previous))
    return Table(
        year=year,
        sources=SOURCES,
        communes=communes,
        aliases=_aliases(answers, previous),
        epcis=_epcis(epcis_json),
        departements=_departements(
            departements_json, {commune.departement for commune in communes}, previous
        ),
        regions=_regions(regions_json, {commune.region for commune in communes}, previous),
    )


def _epcis(answer: bytes) -> tuple[Epci, ...]:
    epcis = TypeAdapter(list[_Epci]).validate_json(answer)
    return tuple(
        Epci(siren=each.code, name=each.nom, nature=each.type)
        for each in sorted(epcis, key=lambda each: each.code)
    )


# The API leaves the overseas collectivities out unless asked: those already known stay.


def _departements(answer: bytes, inhabited: set[str], previous: Table) -> tuple[Departement, ...]:
    known = {each.code: each for each in previous.departements} | {
        each.code: Departement(code=each.code, name=each.nom, region=each.codeRegion)
        for each in TypeAdapter(list[_Departement]).validate_json(answer)
    }
    return tuple(known[code] for code in sorted(inhabited & known.keys()))


def _regions(answer: bytes, inhabited: set[str], previous: Table) -> tuple[Region, ...]:
    known = {each.code: each for each in previous.regions} | {
        each.code: Region(code=each.code, name=each.nom)
        for each in TypeAdapter(list[_Region]).validate_json(answer)
    }
    return tuple(known[code] for code in sorted(inhabited & known.keys()))


def _unplaced(answer: _Commune) -> Unplaced:
    return Unplaced(
        insee_code=answer.code,
        name=answer.nom,
        postal_codes=tuple(answer.codesPostaux),
        epci=answer.codeEpci,
        departement=answer.codeDepartement,
        region=answer.codeRegion,
        population=answer.population or 0,
    )


def _points(answers: list[_Commune], previous: Table) -> dict[str, Point]:
    known = {
        commune.insee_code: (commune.latitude, commune.longitude)
        for commune in previous.communes
        if commune.located is Located.EXACT
    }
    for answer in answers:
        if answer.centre:
            longitude, latitude = answer.centre.coordinates
            known[answer.code] = (latitude, longitude)
    return known


def _aliases(answers: list[_Commune], previous: Table) -> tuple[Alias, ...]:
    current = {answer.code for answer in answers}
    today = {old: answer.code for answer in answers for old in answer.anciensCodes}
    kept = []
    for alias in previous.aliases:
        commune = alias.commune if alias.commune in current else today.get(alias.commune)
        if commune:
            kept.append(alias._replace(commune=commune))
    known = {alias.code for alias in kept}
    new = [
        Alias(old, "", commune, AliasKind.FORMER)
        for old, commune in today.items()
        if old not in known
    ]
    return tuple(sorted(kept + new))
