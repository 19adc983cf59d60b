"""Communes, EPCI, départements and régions of the year: look-ups by code, by name, by distance.

Pure values over one embedded table (`data/`): no database here, so that pure rooms may use them.
The territory of a fabrique, which is kept in the database, is a model of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from fabrique.core.data.locating import haversine_km, middle
from fabrique.core.data.names import MatchKind, folded_place, telling_words
from fabrique.core.data.search import CommuneSearch, Found
from fabrique.core.data.table import (
    EMBEDDED,
    AliasKind,
    Commune,
    Departement,
    Epci,
    EpciNature,
    Located,
    Region,
    Table,
    read_table,
)

__all__ = [
    "Commune",
    "Departement",
    "Epci",
    "EpciNature",
    "Found",
    "Gazetteer",
    "Located",
    "MatchKind",
    "PlaceNames",
    "Region",
    "distance_km",
    "folded_place",
    "gazetteer",
    "load_gazetteer",
    "telling_words",
]

# Below this, two names of EPCI share no more than a common word (« pays », « vallée »).
_EPCI_LIKENESS = 85.0
# Two homonyms of one size are told apart when one is twice as far as the other.
_MUCH_MORE = 4.0
_NEIGHBOURHOOD_KM = 100.0
# Nobody knows how many live in the part of a commune that had the name before.
_VILLAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNames:
    """Codes by name: communes and départements as `folded_place` writes them (INSEE codes), EPCI
    by their telling words (SIREN).

    `populations` are those of the most peopled commune of a name.
    """

    communes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    epcis: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    departements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    populations: Mapping[str, int] = field(default_factory=dict)


class Gazetteer:
    """Look-ups over one table; what answers names is built at the first question."""

    def __init__(self, table: Table) -> None:
        self.year = table.year
        self.sources = table.sources
        self.communes = table.communes
        self._aliases = table.aliases
        self._by_code = {commune.insee_code: commune for commune in table.communes}
        self._today = {alias.code: alias.commune for alias in table.aliases}
        self._epcis = {epci.siren: epci for epci in table.epcis}
        self._departements = {each.code: each for each in table.departements}
        self._regions = {region.code: region for region in table.regions}

    def commune(self, insee_code: str) -> Commune | None:
        """The commune of this INSEE code, or the one of today for an old or inner code."""
        code = insee_code.upper()
        return self._by_code.get(code) or self._by_code.get(self._today.get(code, ""))

    def homonym(self, insee_codes: Iterable[str], *, near: str) -> Commune | None:
        """The commune that somebody of `near` means by a name that several communes bear.

        It is the one that draws people there most, by far: by its inhabitants over the squared
        distance (Reilly 1931). None when two draw about as much, or when none is in the
        neighbourhood or the région.
        """
        found = {each.insee_code: each for code in insee_codes if (each := self.commune(code))}
        here = self.commune(near)
        if len(found) < 2 or here is None:
            return next(iter(found.values())) if len(found) == 1 else None
        if here.insee_code in found:
            return here
        names = {folded_place(commune.name) for commune in found.values()}
        pulls = sorted(
            (self._people(commune, names) / max(distance_km(here, commune), 1.0) ** 2, code)
            for code, commune in found.items()
        )
        (second, _), (most, code) = pulls[-2:]
        if most < _MUCH_MORE * second:
            return None
        first = found[code]
        around = distance_km(here, first) <= _NEIGHBOURHOOD_KM or first.region == here.region
        return first if around else None

    def _people(self, commune: Commune, names: set[str]) -> int:
        """How many people a commune draws by: those of a village where one part has the name."""
        part = self._parts.get(commune.insee_code, frozenset()) & names
        return min(commune.population, _VILLAGE) if part else commune.population + 1

    @cached_property
    def _parts(self) -> Mapping[str, frozenset[str]]:
        """The folded names, other than its own, of the parts of a commune."""
        parts: defaultdict[str, set[str]] = defaultdict(set)
        for alias in self._aliases:
            if alias.name:
                parts[alias.commune].add(folded_place(alias.name))
        return {
            code: frozenset(names - {folded_place(self._by_code[code].name)})
            for code, names in parts.items()
        }

    def territories_meant(
        self, codes: Iterable[str], *, near: str
    ) -> tuple[Epci | Departement, ...]:
        """The EPCI (SIREN) and départements that somebody of `near` names, in the order given.

        Of EPCI that share their name, the one of the same région; none when that does not settle.
        """
        here = self.commune(near)
        around = {commune.epci for commune in self.communes_of(region=here.region)} if here else ()
        found: list[Epci | Departement] = []
        for code in codes:
            epci, departement = self.epci(code), self.departement(code)
            if departement is not None:
                found.append(departement)
            elif epci is not None:
                alike = self._names.epcis[" ".join(telling_words(epci.name))]
                nearby = [siren for siren in alike if siren in around]
                if len(alike) == 1 or nearby == [code]:
                    found.append(epci)
        return tuple(found)

    def positions(self, insee_codes: Iterable[str | None]) -> NDArray[np.float64]:
        """Where communes are, (n, 2) degrees north and east; NaN for one that is not known."""
        found = [self.commune(code) if code else None for code in insee_codes]
        unknown = (np.nan, np.nan)
        rows = [(each.latitude, each.longitude) if each else unknown for each in found]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 2)

    def epci(self, siren: str) -> Epci | None:
        """The EPCI of this SIREN."""
        return self._epcis.get(siren)

    def departement(self, code: str) -> Departement | None:
        """The département of this code: « 02 », « 2A », « 974 »."""
        return self._departements.get(code.upper())

    def region(self, code: str) -> Region | None:
        """The région of this INSEE code."""
        return self._regions.get(code)

    def communes_of(
        self, *, epci: str | None = None, departement: str | None = None, region: str | None = None
    ) -> tuple[Commune, ...]:
        """Communes of one EPCI, département or région, in order of INSEE code; () if unknown.

        Raises ValueError unless exactly one of the three is given.
        """
        given = [code for code in (epci, departement, region) if code is not None]
        if len(given) != 1:
            raise ValueError("communes of one EPCI, or one département, or one région")
        groups = self._by_epci if epci else self._by_departement if departement else self._by_region
        return groups.get(given[0].upper(), ())

    @cached_property
    def _by_epci(self) -> Mapping[str, tuple[Commune, ...]]:
        return self._grouped(lambda commune: commune.epci or "")

    @cached_property
    def _by_departement(self) -> Mapping[str, tuple[Commune, ...]]:
        return self._grouped(lambda commune: commune.departement)

    @cached_property
    def _by_region(self) -> Mapping[str, tuple[Commune, ...]]:
        return self._grouped(lambda commune: commune.region)

    def _grouped(self, code_of: Callable[[Commune], str]) -> Mapping[str, tuple[Commune, ...]]:
        groups: defaultdict[str, list[Commune]] = defaultdict(list)
        for commune in self.communes:
            groups[code_of(commune)].append(commune)
        return {code: tuple(members) for code, members in groups.items() if code}

    def find(
        self, query: str, *, near: str | None = None, departement: str | None = None, limit: int = 8
    ) -> tuple[Found, ...]:
        """Communes that answer a name, a postal code, an INSEE code, or a name with a code.

        Typing errors, missing accents, « St », a missing article and old names are understood.
        Exact answers come first and are all given, homonyms and communes of one postal code
        alike; approximate ones complete them up to `limit`. Equals are ordered by population, or
        by distance from `near`: the code of a commune, an EPCI or a département (ValueError if it
        is none). `departement` keeps the communes of that département only.
        """
        area = departement.upper() if departement else None
        return self._search.find(
            query,
            holds=lambda commune: area in (None, commune.departement),
            precedence=self._precedence(near),
            limit=limit,
        )

    @cached_property
    def _search(self) -> CommuneSearch:
        return CommuneSearch(self.communes, self._aliases, self._departements.values())

    def _precedence(self, near: str | None) -> Callable[[Commune], float]:
        if near is None:
            return lambda commune: -commune.population
        commune = self.commune(near)
        around = (
            (commune,)
            if commune
            else self.communes_of(epci=near) or self.communes_of(departement=near)
        )
        if not around:
            raise ValueError(f"{near} is the code of no commune, EPCI or département")
        point = middle(((each.latitude, each.longitude), each.population) for each in around)
        return lambda commune: haversine_km(point, (commune.latitude, commune.longitude))

    def names(self) -> PlaceNames:
        """The names that may be read in a sentence, of communes the most peopled first.

        Delegated and associated communes lead to the commune of today; arrondissements are not
        names in a sentence and are left out.
        """
        return self._names

    @cached_property
    def _names(self) -> PlaceNames:
        communes: defaultdict[str, dict[str, None]] = defaultdict(dict)
        populations: dict[str, int] = {}
        for commune in sorted(self.communes, key=lambda commune: -commune.population):
            name = folded_place(commune.name)
            communes[name][commune.insee_code] = None
            populations.setdefault(name, commune.population)
        for alias in self._aliases:
            if alias.name and alias.kind is not AliasKind.ARRONDISSEMENT:
                communes[folded_place(alias.name)][alias.commune] = None
        epcis: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for epci, words in self._epci_words:
            epcis[" ".join(words)][epci.siren] = None
        for name, sirens in self._towns_of_epcis.items():
            if len(sirens) == 1:
                epcis.setdefault(name, dict.fromkeys(sirens))
        return PlaceNames(
            communes={name: tuple(codes) for name, codes in communes.items()},
            epcis={name: tuple(codes) for name, codes in epcis.items()},
            departements={folded_place(d.name): (d.code,) for d in self._departements.values()},
            populations=populations,
        )

    @cached_property
    def _towns_of_epcis(self) -> Mapping[str, list[str]]:
        """EPCI by the name of their most peopled commune: « l’agglo de Vannes »."""
        towns: defaultdict[str, list[str]] = defaultdict(list)
        for siren, members in self._by_epci.items():
            town = max(members, key=lambda commune: commune.population)
            towns[" ".join(telling_words(town.name))].append(siren)
        return towns

    def find_epci(self, name: str) -> tuple[Epci, ...]:
        """EPCI of this name, or nearly, the nearest first; () if none resembles it.

        Words for the kind (« communauté de communes », « CC ») may be there or not.
        """
        asked = telling_words(name)
        if not asked:
            return ()
        scored = []
        for epci, words in self._epci_words:
            likeness = fuzz.token_sort_ratio(" ".join(asked), " ".join(words))
            if set(asked) <= set(words):
                # Every word asked for is there: nearer than any typing error can be.
                likeness += 100.0
            if likeness >= _EPCI_LIKENESS:
                scored.append((-likeness, epci.siren, epci))
        return tuple(epci for _, _, epci in sorted(scored, key=lambda each: each[:2]))

    @cached_property
    def _epci_words(self) -> tuple[tuple[Epci, list[str]], ...]:
        return tuple((epci, telling_words(epci.name)) for epci in self._epcis.values())


def distance_km(one: Commune, other: Commune) -> float:
    """Kilometres between two communes as the crow flies.

    Right within some kilometres where one of them is only `Located.ESTIMATED`: see data/README.md.
    """
    return haversine_km((one.latitude, one.longitude), (other.latitude, other.longitude))


def load_gazetteer(path: Path | None = None) -> Gazetteer:
    """The gazetteer of a refreshed table on disk, or of the embedded one.

    Raises ValueError if the file is not a table of communes.
    """
    return Gazetteer(read_table(path or EMBEDDED))


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the embedded table, read once per process."""
    return load_gazetteer()
