"""The gazetteer: communes of the year by code, by name as people write it, by distance."""

import csv
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrique.core.data.locating import haversine_km
from fabrique.core.data.names import without_article
from fabrique.core.places import (
    Commune,
    Departement,
    Epci,
    EpciNature,
    Located,
    MatchKind,
    Region,
    distance_km,
    folded_place,
    gazetteer,
)

REFERENCE = Path(__file__).parents[3] / "shared/data/reference"
COMMUNES = gazetteer().communes
HIRSON, LAON, LILLE, PARIS = "02381", "02408", "59350", "75056"


def first(query: str, *, near: str | None = None, departement: str | None = None) -> str | None:
    found = gazetteer().find(query, near=near, departement=departement)
    return found[0].commune.insee_code if found else None


def named(insee_code: str) -> Commune:
    commune = gazetteer().commune(insee_code)
    assert commune is not None
    return commune


# ── what the table holds ───────────────────────────────────────────────────────────────────────


def test_the_table_holds_france_of_2026() -> None:
    places = gazetteer()
    assert places.year == 2026
    assert "Licence Ouverte 2.0" in places.sources
    assert "CC BY 4.0" in places.sources
    assert len(places.communes) == 34_963
    assert len({commune.insee_code for commune in places.communes}) == 34_963
    assert named(PARIS).population > 2_000_000
    assert 68_000_000 < sum(commune.population for commune in places.communes) < 70_000_000


def test_every_commune_stands_in_a_known_departement_region_and_epci() -> None:
    places = gazetteer()
    for commune in places.communes:
        departement = places.departement(commune.departement)
        assert departement is not None
        assert departement.region == commune.region
        assert places.region(commune.region) is not None
        assert commune.epci is None or places.epci(commune.epci) is not None
        assert commune.postal_codes
        assert -90 < commune.latitude < 90
        assert -180 < commune.longitude < 180


def test_a_commune_says_all_it_is() -> None:
    assert named(HIRSON) == Commune(
        insee_code="02381",
        name="Hirson",
        postal_codes=("02500",),
        epci="240200600",
        departement="02",
        region="32",
        population=8469,
        latitude=49.9226,
        longitude=4.0826,
        located=Located.EXACT,
    )


@pytest.mark.skipif(not REFERENCE.exists(), reason="no reference beside the repository")
def test_the_table_agrees_with_the_reference() -> None:
    with (REFERENCE / "communes.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["code_insee"]: row for row in csv.DictReader(lines)}
    ours = {commune.insee_code: commune for commune in COMMUNES}
    assert rows.keys() <= ours.keys()
    assert [code for code, row in rows.items() if ours[code].name != row["nom"]] == []
    assert [
        code for code, row in rows.items() if (ours[code].epci or "") != row["siren_epci"]
    ] == []
    other = {code for code, row in rows.items() if str(ours[code].population) != row["population"]}
    assert other == {"13055", "69123", "75056"}
    errors: dict[Located, list[float]] = {located: [] for located in Located}
    for code, row in rows.items():
        if row["lat"]:
            here = (ours[code].latitude, ours[code].longitude)
            error = haversine_km(here, (float(row["lat"]), float(row["lon"])))
            errors[ours[code].located].append(error)
    assert median(errors[Located.EXACT]) < 1
    assert median(errors[Located.ESTIMATED]) < 6.5


# ── look-ups by name ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "insee_code"),
    [
        ("Hirson", HIRSON),
        ("hirson", HIRSON),
        ("HIRSON ", HIRSON),
        ("Hirson 02500", HIRSON),
        ("02500 Hirson", HIRSON),
        ("Hirson (02)", HIRSON),
        ("Hirson 02", HIRSON),
        ("Hirson (Aisne)", HIRSON),
        ("Hirson, Aisne", HIRSON),
        ("Fourmies Nord", "59249"),
        ("Fourmies", "59249"),
        ("La Capelle", "02141"),
        ("lacapelle", "02141"),
        ("Capelle (Aisne)", "02141"),
        ("L'Haÿ-les-Roses", "94038"),
        ("L’HAY LES ROSES", "94038"),
        ("lhay les roses", "94038"),
        ("Haÿ-les-Roses", "94038"),
        ("St Quentin", "02691"),
        ("St. Quentin", "02691"),
        ("Ste-Menehould", "51507"),
        ("ste genevieve des bois (91)", "91549"),
        ("Etreaupont", "02295"),
        ("oeuilly 02", "02565"),
        ("Villeneuve d ascq", "59009"),
        ("Le Nouvion en Thierache", "02558"),
        ("Nouvion-en-Thiérache", "02558"),
        ("Château-Chinon (Ville)", "58062"),
        ("Laon cedex", LAON),
        ("02001 Laon cedex", LAON),
        ("20180 Ajaccio cedex", "2A004"),
        ("Bonifacio (2A)", "2A041"),
        ("Bastia 2B", "2B033"),
        ("Bonifacio, Corse-du-Sud", "2A041"),
        ("Saint-Denis (974)", "97411"),
        ("Saint-Denis 97400", "97411"),
        ("Saint-Denis La Réunion", "97411"),
        ("Paris 12", PARIS),
        ("Paris 12ème arrondissement", PARIS),
        ("Lyon 3e", "69123"),
        ("Fargniers", "02738"),
        ("Vire", "14762"),
    ],
)
def test_a_name_however_written_finds_its_commune_exactly(query: str, insee_code: str) -> None:
    found = gazetteer().find(query)[0]
    assert (found.commune.insee_code, found.is_exact) == (insee_code, True)


@pytest.mark.parametrize(
    ("query", "insee_code"),
    [
        ("hirsson", HIRSON),
        ("Hrison", HIRSON),
        ("fourmis", "59249"),
        ("forumies", "59249"),
        ("la capele", "02141"),
        ("Chatau Thiery", "02168"),
        ("st quentn", "02691"),
        ("saint etiene", "42218"),
        ("dunkerke", "59183"),
        ("villeneuve dasq", "59009"),
        ("hay les rose", "94038"),
        ("le nouvion en tierache", "02558"),
        ("nouvion thierache", "02558"),
        ("Le Nouvion", "02558"),
        ("valencienne", "59606"),
        ("Hirson (59)", HIRSON),
        ("Laon 59000", LAON),
        ("Hirsn 02500", HIRSON),
        ("Anor 02", "59012"),
        ("xyzzy 02500", HIRSON),
    ],
)
def test_a_name_with_errors_finds_its_commune_approximately(query: str, insee_code: str) -> None:
    found = gazetteer().find(query)[0]
    assert (found.commune.insee_code, found.is_exact) == (insee_code, False)
    assert 0 < found.likeness <= 1


@pytest.mark.parametrize(
    "query", ["saint machin", "Ste Machin", "xyzzy", "99999", "02", "", "  ", "???", "\x00"]
)
def test_a_name_of_nowhere_finds_nothing(query: str) -> None:
    assert gazetteer().find(query) == ()


def test_homonyms_are_all_given_the_most_peopled_first() -> None:
    found = [each.commune for each in gazetteer().find("Saint-Michel", limit=3) if each.is_exact]
    assert {commune.departement for commune in found} == {
        "02", "09", "16", "31", "32", "34", "45", "64", "82",
    }  # fmt: skip
    assert found == sorted(found, key=lambda commune: -commune.population)


@pytest.mark.parametrize("near", [HIRSON, "200071769", "02"])
def test_the_nearest_homonym_comes_first_when_a_place_is_near(near: str) -> None:
    assert first("Saint-Michel", near=near) == "02684"
    assert first("Le Nouvion", near=near) == "02558"


def test_homonyms_are_ordered_by_distance_from_the_place() -> None:
    found = [each.commune for each in gazetteer().find("Villers", near="88321")]
    exact = [commune for commune in found if commune.name == "Villers"]
    assert [commune.departement for commune in exact] == ["88", "42"]
    assert first("Villers") == "42333"


def test_an_unknown_place_is_near_nothing() -> None:
    with pytest.raises(ValueError, match="99999"):
        gazetteer().find("Hirson", near="99999")


def test_a_departement_keeps_its_own_communes() -> None:
    assert first("Saint-Michel", departement="02") == "02684"
    assert first("bastia", departement="2b") == "2B033"
    assert first("Hirson", departement="59") is None


def test_a_former_name_answers_only_where_no_name_of_today_does() -> None:
    found = gazetteer().find("La Capelle", departement="48")
    assert [(each.commune.name, each.name, each.kind) for each in found] == [
        ("La Canourgue", "La Capelle", MatchKind.OTHER_NAME)
    ]
    exact = [each for each in gazetteer().find("La Capelle") if each.is_exact]
    assert [each.commune.insee_code for each in exact] == ["02141"]


def test_a_postal_code_gives_all_its_communes() -> None:
    found = gazetteer().find("02500", limit=2)
    assert found[0].commune == named(HIRSON)
    assert {each.commune for each in found if each.kind is MatchKind.POSTAL_CODE} == {
        commune for commune in COMMUNES if "02500" in commune.postal_codes
    }


def test_a_code_that_is_postal_here_and_insee_there_gives_both() -> None:
    # 02500 is Hirson's postal code and the INSEE code of Montbrehain.
    last = gazetteer().find("02500")[-1]
    assert (last.commune.name, last.kind) == ("Montbrehain", MatchKind.INSEE_CODE)


@pytest.mark.parametrize("query", ["97400", "97410", "97480", "20200", "75012"])
def test_a_postal_code_of_overseas_corsica_or_paris_is_known(query: str) -> None:
    found = gazetteer().find(query)[0]
    assert found.kind is MatchKind.POSTAL_CODE
    assert query in found.commune.postal_codes


@pytest.mark.parametrize("query", ["02381", "2A004", "2b033", "97411"])
def test_an_insee_code_gives_its_commune(query: str) -> None:
    found = {each.commune.insee_code: each.kind for each in gazetteer().find(query)}
    assert found[query.upper()] is MatchKind.INSEE_CODE


def test_limit_holds_for_approximate_answers() -> None:
    assert len(gazetteer().find("saint m", limit=5)) == 5


# The first question builds the index: half a second that is no example's fault.
@settings(deadline=None)
@given(st.sampled_from(COMMUNES))
def test_the_name_of_any_commune_finds_it(commune: Commune) -> None:
    assert commune in {each.commune for each in gazetteer().find(commune.name) if each.is_exact}


@settings(deadline=None)
@given(st.sampled_from(COMMUNES), st.data())
def test_a_long_name_short_of_one_letter_still_finds_it(
    commune: Commune, data: st.DataObject
) -> None:
    place = data.draw(st.integers(min_value=0, max_value=len(commune.name) - 1))
    typed = commune.name[:place] + commune.name[place + 1 :]
    # « Les Mées » is a short name: its article tells nothing.
    telling = without_article(folded_place(commune.name))
    telling = telling.replace("saint ", "").replace("sainte ", "")
    if len(telling) >= 8:
        found = gazetteer().find(typed, departement=commune.departement, limit=100)
        assert commune in {each.commune for each in found}


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_may_be_asked(text: str) -> None:
    for found in gazetteer().find(text, limit=8):
        assert 0 <= found.likeness <= 1


# ── look-ups by code, by area, by distance ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("2a004", "2A004"),
        ("75112", PARIS),
        ("02300", "02738"),
        ("01091", "01033"),
    ],
)
def test_an_old_or_inner_code_leads_to_the_commune_of_today(code: str, today: str) -> None:
    assert gazetteer().commune(code) == named(today)


def test_unknown_codes_give_none() -> None:
    places = gazetteer()
    assert places.commune("99999") is None
    assert places.epci("000000000") is None
    assert places.departement("99") is None
    assert places.region("99") is None
    assert places.communes_of(epci="000000000") == ()


def test_areas_are_known_by_code() -> None:
    places = gazetteer()
    assert places.departement("2b") == Departement(code="2B", name="Haute-Corse", region="94")
    assert places.region("32") == Region(code="32", name="Hauts-de-France")
    assert places.epci("240200444") == Epci(
        siren="240200444", name="CC de la Thiérache du Centre", nature=EpciNature.CC
    )


def test_communes_of_an_area_are_those_that_name_it() -> None:
    places = gazetteer()
    aisne = places.communes_of(departement="02")
    assert len(aisne) == 797
    assert {commune.departement for commune in aisne} == {"02"}
    assert set(aisne) < set(places.communes_of(region="32"))
    assert named("02141") in places.communes_of(epci="240200444")


@pytest.mark.parametrize("areas", [{}, {"epci": "240200444", "departement": "02"}])
def test_communes_of_no_single_area_is_refused(areas: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one EPCI, or one département"):
        gazetteer().communes_of(**areas)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("CC de la Thiérache du Centre", "CC de la Thiérache du Centre"),
        ("communauté de communes Thierache du centre", "CC de la Thiérache du Centre"),
        ("Thiérache Sambre et Oize", "CC Thiérache Sambre et Oise"),
        ("métropole européenne de Lille", "Métropole Européenne de Lille"),
        ("Métropole du Grand Paris", "Métropole du Grand Paris"),
        ("agglo du Saint Quentinois", "CA du Saint-Quentinois"),
    ],
)
def test_an_epci_is_found_by_name(name: str, found: str) -> None:
    assert gazetteer().find_epci(name)[0].name == found


@pytest.mark.parametrize("name", ["", "communauté de communes", "xyzzy"])
def test_a_name_of_no_epci_finds_none(name: str) -> None:
    assert gazetteer().find_epci(name) == ()


def test_names_lead_to_codes_the_most_peopled_first() -> None:
    names = gazetteer().names().communes
    assert names["hirson"] == (HIRSON,)
    assert names["saint denis"][:2] == ("97411", "93066")
    assert names["fargniers"] == ("02738",)
    assert "paris 12" not in names
    assert all(name == folded_place(name) for name in names)


def test_lille_is_some_130_km_from_laon() -> None:
    assert distance_km(named(LILLE), named(LAON)) == pytest.approx(130, abs=15)
    assert distance_km(named(LILLE), named(LILLE)) == 0


def points() -> st.SearchStrategy[tuple[float, float]]:
    return st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(points(), points())
def test_distance_is_symmetrical_and_on_the_globe(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    assert haversine_km(one, other) == pytest.approx(haversine_km(other, one), abs=1e-6)
    assert 0 <= haversine_km(one, other) < 20_016


@pytest.mark.parametrize(
    ("near", "meant"), [("93001", "93066"), ("97415", "97411"), ("80021", None), ("", None)]
)
def test_homonym_meant_is_the_one_of_the_same_region(near: str, meant: str | None) -> None:
    commune = gazetteer().homonym(["93066", "97411"], near=near)
    assert (commune.insee_code if commune else None) == meant


@pytest.mark.parametrize(
    ("name", "near", "meant"),
    [
        # Gressey (78) is 5 km from the one of Eure-et-Loir, 67 km from the big one of its région.
        ("goussainville", "78285", "28185"),
        # Loupiac (46) is over the border of its région.
        ("loupiac", "24432", "46178"),
        # Only a part of Chemillé-en-Anjou (49), 21,000 inhabitants, is called Melay.
        ("melay", "70550", "52318"),
        # Somebody who lives in one of them means it, however big another is.
        ("saint denis", "11339", "11339"),
        # Carcassonne is 22 km from the small one; the two big ones are in everybody's mind.
        ("saint denis", "11069", None),
    ],
)
def test_homonym_meant_is_the_near_one_by_far(name: str, near: str, meant: str | None) -> None:
    commune = gazetteer().homonym(gazetteer().names().communes[name], near=near)
    assert (commune.insee_code if commune else None) == meant


def test_name_that_one_commune_bears_needs_no_neighbourhood() -> None:
    commune = gazetteer().homonym(["80021"], near="")
    assert commune is not None
    assert commune.name == "Amiens"


def test_positions_of_communes_are_degrees_and_an_unknown_one_is_nowhere() -> None:
    amiens = gazetteer().commune("80021")
    assert amiens is not None
    rows = gazetteer().positions(["80021", None, "99999"])
    assert rows[0].tolist() == [amiens.latitude, amiens.longitude]
    assert np.isnan(rows[1:]).all()
    assert gazetteer().positions([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("near", "meant"), [("21231", ["CC des Quatre Rivières"]), ("80021", []), ("", [])]
)
def test_epci_meant_among_homonyms_is_the_one_of_the_region(near: str, meant: list[str]) -> None:
    alike = gazetteer().names().epcis["quatre rivieres"]
    assert len(alike) == 2
    assert [each.name for each in gazetteer().territories_meant(alike, near=near)] == meant


def test_territories_that_are_alone_of_their_name_are_meant_from_anywhere() -> None:
    [lure] = gazetteer().names().epcis["pays lure"]
    meant = gazetteer().territories_meant([lure, "56", "00"], near="")
    assert [each.name for each in meant] == ["CC du Pays de Lure", "Morbihan"]
