"""The file of communes: written, read, refused when broken, placed, refreshed."""

import gzip
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from fabrique.core.data.build_communes import main
from fabrique.core.data.locating import Unplaced, middle, placed
from fabrique.core.data.refresh import refreshed_table
from fabrique.core.data.seats import Place, seat_points
from fabrique.core.data.table import (
    EMBEDDED,
    Alias,
    AliasKind,
    Epci,
    EpciNature,
    Located,
    Table,
    read_table,
    write_table,
)
from fabrique.core.places import load_gazetteer

HIRSON = {
    "nom": "Hirson",
    "code": "02381",
    "codesPostaux": ["02500"],
    "centre": {"type": "Point", "coordinates": [4.1, 49.93]},
    "codeEpci": "240200469",
    "codeDepartement": "02",
    "codeRegion": "32",
    "population": 8400,
}
ANSWERS = {
    "communes": [
        HIRSON,
        HIRSON | {"nom": "Tergnier-Fargniers", "code": "02738", "anciensCodes": ["02300", "02999"]},
        HIRSON | {"nom": "Anor", "code": "02000", "centre": None, "population": 100},
        {"nom": "Terre-Adélie", "code": "98414", "codeDepartement": "984", "codeRegion": "984"},
    ],
    "epcis": [{"nom": "CC des Trois Rivières", "code": "240200469", "type": "CC"}],
    "departements": [
        {"nom": "Aisne", "code": "02", "codeRegion": "32"},
        {"nom": "Terres australes", "code": "984", "codeRegion": "984"},
    ],
    "regions": [{"nom": "Hauts-de-France", "code": "32"}],
}


EMBEDDED_TABLE = read_table(EMBEDDED)


def refreshed(**changed: list[dict[str, object]]) -> Table:
    answers = {name: json.dumps(rows).encode() for name, rows in (ANSWERS | changed).items()}
    return refreshed_table(
        answers["communes"],
        answers["epcis"],
        answers["departements"],
        answers["regions"],
        year=2027,
        previous=EMBEDDED_TABLE,
    )


def test_a_table_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    table = refreshed()
    write_table(table, tmp_path / "communes.json.gz")
    assert read_table(tmp_path / "communes.json.gz") == table
    assert [path.name for path in tmp_path.iterdir()] == ["communes.json.gz"]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    write_table(refreshed(), tmp_path / "one")
    write_table(refreshed(), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not compressed",
        EMBEDDED.read_bytes()[:5000],
        gzip.compress(b"[]"),
        gzip.compress(b'{"format": 1}'),
        gzip.compress(b'{"format": 99}'),
        gzip.compress(b"\xff"),
    ],
    # Compressed bytes hold the hour: as names they would differ between two processes.
    ids=["empty", "text", "cut", "list", "bare", "later", "garbled"],
)
def test_a_broken_file_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "communes.json.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"communes\.json\.gz is not a readable table"):
        load_gazetteer(path)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="absent is not a readable table"):
        load_gazetteer(tmp_path / "absent")


# ── refreshed from the API Géo ─────────────────────────────────────────────────────────────────


def test_a_refreshed_table_answers_as_the_embedded_one(tmp_path: Path) -> None:
    write_table(refreshed(), tmp_path / "communes.json.gz")
    places = load_gazetteer(tmp_path / "communes.json.gz")
    assert places.year == 2027
    hirson = places.commune("02381")
    assert hirson is not None
    assert (hirson.population, hirson.latitude, hirson.longitude) == (8400, 49.93, 4.1)
    assert hirson.located is Located.EXACT
    assert places.find("hirsson")[0].commune == hirson
    assert places.epci("240200469") == Epci(
        siren="240200469", name="CC des Trois Rivières", nature=EpciNature.CC
    )


def test_lands_without_inhabitants_are_left_out() -> None:
    table = refreshed()
    assert [commune.insee_code for commune in table.communes] == ["02000", "02381", "02738"]
    assert [departement.code for departement in table.departements] == ["02"]
    assert [region.code for region in table.regions] == ["32"]


def test_overseas_collectivities_left_out_of_the_answers_stay_known() -> None:
    papeete = HIRSON | {"code": "98735", "codeDepartement": "987", "codeRegion": "987"}
    table = refreshed(communes=[HIRSON, papeete])
    assert [departement.name for departement in table.departements] == [
        "Aisne",
        "Polynésie française",
    ]
    assert [region.name for region in table.regions] == ["Hauts-de-France", "Polynésie française"]


def test_old_codes_and_names_follow_their_commune() -> None:
    aliases = refreshed().aliases
    assert Alias("02300", "Fargniers", "02738", AliasKind.ASSOCIATED) in aliases
    assert Alias("02999", "", "02738", AliasKind.FORMER) in aliases
    assert {alias.commune for alias in aliases} == {"02738"}


def test_an_alias_follows_a_commune_that_was_merged_since() -> None:
    merged = HIRSON | {"nom": "Oise-Nouvelle", "code": "02001", "anciensCodes": ["02738"]}
    aliases = refreshed(communes=[merged]).aliases
    assert Alias("02300", "Fargniers", "02001", AliasKind.ASSOCIATED) in aliases


def test_a_commune_without_centre_is_estimated_from_its_neighbours() -> None:
    anor = refreshed().communes[0]
    assert (anor.latitude, anor.longitude, anor.located) == (49.93, 4.1, Located.ESTIMATED)


def test_a_commune_without_centre_keeps_the_exact_place_already_known() -> None:
    table = refreshed(communes=[HIRSON | {"centre": None}])
    known = next(each for each in EMBEDDED_TABLE.communes if each.insee_code == "02381")
    assert (table.communes[0].latitude, table.communes[0].longitude) == (
        known.latitude,
        known.longitude,
    )


def test_an_answer_that_is_not_what_the_api_promises_is_refused() -> None:
    with pytest.raises(ValidationError):
        refreshed(communes=[{"message": "trop de requêtes"}])


# ── coordinates ────────────────────────────────────────────────────────────────────────────────


def commune(insee_code: str, **facts: object) -> Unplaced:
    usual = {
        "name": insee_code,
        "postal_codes": ("02500",),
        "epci": "1",
        "departement": "02",
        "region": "32",
        "population": 100,
    }
    return Unplaced(insee_code=insee_code, **(usual | facts))  # type: ignore[arg-type]


def test_an_unlocated_commune_is_placed_by_those_that_share_most_with_it() -> None:
    communes = [
        commune("A", population=300),
        commune("B"),
        commune("C", epci="2", postal_codes=("02600",)),
        commune("same postal code and EPCI"),
        commune("same EPCI", postal_codes=("02700",)),
        commune("same postal code", epci=None, postal_codes=("02600",)),
        commune("same région", epci=None, postal_codes=(), departement="59"),
    ]
    points = {"A": (50.0, 4.0), "B": (48.0, 4.0), "C": (40.0, 0.0)}
    found = {each.insee_code: each for each in placed(communes, points)}
    assert found["A"].located is Located.EXACT
    assert {
        name: (each.latitude, each.longitude)
        for name, each in found.items()
        if each.located is Located.ESTIMATED
    } == {
        "same postal code and EPCI": (49.5, 4.0),
        "same EPCI": (49.5, 4.0),
        "same postal code": (40.0, 0.0),
        "same région": (47.6, 3.2),
    }


def test_nothing_located_around_is_refused() -> None:
    with pytest.raises(ValueError, match="no located commune around A"):
        placed([commune("A")], {})


def test_the_middle_of_empty_communes_counts_each_once() -> None:
    assert middle([((50.0, 4.0), 0), ((48.0, 2.0), 0)]) == (49.0, 3.0)


def place(name: str, point: tuple[float, float], population: int = 600) -> Place:
    return Place(name=name, other_names=frozenset(), zone="32", population=population, point=point)


def test_seats_are_told_by_name_population_and_neighbours() -> None:
    near, far = (49.9, 4.0), (49.0, 2.0)
    communes = [
        *(commune(name, name=name, population=600) for name in ("Anor", "Buire", "Wimy")),
        commune("D", name="Saint-Michel", population=600),
        commune("E", name="Éragny-sur-Oise", population=600),
        commune("F", name="Nouvelle-Ville", population=1000),
        commune("G", name="Effry", population=20),
        commune("H", name="Absente", population=600),
    ]
    places = [
        *(place(name, near) for name in ("Anor", "Buire", "Wimy")),
        place("Saint-Michel", far),
        place("Saint-Michel", near),
        place("Éragny", near),
        place("Vieille-Ville", near),
        place("Effry", near, population=900),
    ]
    found = seat_points(communes, {"F": "Vieille-Ville"}, places)
    assert {insee_code: found.get(insee_code) for insee_code in "DEFGH"} == {
        "D": near,
        "E": near,
        "F": near,
        "G": None,
        "H": None,
    }


def test_a_lone_name_far_from_all_its_neighbours_is_another_place() -> None:
    communes = [
        commune(name, name=name, population=600) for name in ("Anor", "Buire", "Wimy", "Orival")
    ]
    places = [place(name, (49.9, 4.0)) for name in ("Anor", "Buire", "Wimy")]
    found = seat_points(communes, {}, [*places, place("Orival", (49.0, 2.0))])
    assert sorted(found) == ["Anor", "Buire", "Wimy"]


def test_the_largest_place_of_an_island_without_match_is_its_seat() -> None:
    island = commune("97701", name="Saint-Barthélemy", departement="977", region="977")
    gustavia = Place(
        name="Gustavia", other_names=frozenset(), zone="977", population=5988, point=(17.9, -62.85)
    )
    assert seat_points([island], {}, [gustavia]) == {"97701": (17.9, -62.85)}


AISNE = {"departement": "02", "region": "32", "zone": "metro"}
SEAT = {"code": "02001", "nom": "Oise-Nouvelle", "type": "commune-actuelle"} | AISNE
PACKAGES = {
    "data/communes.json": [
        SEAT | {"population": 900, "codesPostaux": ["02500"], "anciensCodes": ["02002"]},
        SEAT | {"code": "02003", "nom": "Effry", "population": 300},
        {"code": "02001", "nom": "Vieille-Ville", "type": "commune-deleguee"}
        | {"chefLieu": "02001"}
        | AISNE,
        {"code": "98414", "nom": "Terre-Adélie", "type": "commune-actuelle", "zone": "com"}
        | {"departement": "984", "region": "984"},
    ],
    "data/epci.json": [{"code": "1", "nom": "CC", "type": "CC", "membres": [{"code": "02001"}]}],
    "data/departements.json": [
        {"code": "02", "nom": "Aisne", "region": "32"},
        {"code": "984", "nom": "Terres australes", "region": "984"},
    ],
    "data/regions.json": [{"code": "32", "nom": "Hauts-de-France"}],
    "cities500.json": {
        "1": {"name": "Vieille-Ville", "alternatenames": [], "countrycode": "FR"}
        | {"admin1code": "32", "population": 800, "latitude": 49.9, "longitude": 4.0},
        "2": {"name": "Vieille-Ville", "alternatenames": [], "countrycode": "BE"}
        | {"admin1code": "32", "population": 900, "latitude": 50.9, "longitude": 4.0},
    },
}


def test_the_table_is_built_from_the_files_of_the_two_packages(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").mkdir()
    for name, content in PACKAGES.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "centres.csv").write_text(
        "code_insee,nom,population,lat,lon\n02001,Oise-Nouvelle,901,49.9,4.0\n02003,Effry,300,49,4\n"
        "02004,Wimy,1,,\n"
    )
    output = tmp_path / "table"
    cities, centres = str(tmp_path / "cities500.json"), str(tmp_path / "centres.csv")
    caplog.set_level("INFO")
    main([str(tmp_path), cities, "--output", str(output), "--check", centres])
    table = read_table(output)
    assert [
        (each.insee_code, each.epci, each.latitude, each.located) for each in table.communes
    ] == [("02001", "1", 49.9, Located.EXACT), ("02003", None, 49.9, Located.ESTIMATED)]
    assert table.aliases == (
        Alias("02001", "Vieille-Ville", "02001", AliasKind.DELEGATED),
        Alias("02002", "", "02001", AliasKind.FORMER),
    )
    assert [departement.code for departement in table.departements] == ["02"]
    assert caplog.messages[:4] == [
        "2 communes (1 exactly located), 2 aliases, 1 EPCI, 1 départements, 1 régions",
        "codes: 2 in both, 0 only ours, 1 only theirs",
        "names that differ: 0",
        "populations that differ: 1 [('Oise-Nouvelle', 900, '901')]",
    ]
    assert [line.split(", p90")[0] for line in caplog.messages[4:]] == [
        "exact: 1 communes, kilometres to the centre: median 0.0",
        "estimated: 1 communes, kilometres to the centre: median 100.1",
    ]
