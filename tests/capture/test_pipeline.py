"""What the machine reads in a text: lemmas, sentences, communes, personal data."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.personal import PersonalKind
from capture.nlp.pipeline import Reader, load_reader
from capture.nlp.words import fold, load_words, sentences
from fabrique.core.places import PlaceNames

COMMUNES = {
    "montdidier": ("80561",),
    "saint quentin": ("02691", "33474"),
    "sens": ("89387",),
    "y": ("80829",),
    "marche": ("88288",),
    "moreuil": ("80570",),
    "l abergement clemenciat": ("01001",),
    "rennes": ("35238",),
    "le mans": ("72181",),
    "le treport": ("76711",),
    "trepot": ("25569",),
    "les sables d olonne": ("85194",),
    "la roche sur yon": ("85191",),
    "la roche bernard": ("56195",),
    "oeuf en ternois": ("62633",),
    "asnieres sur seine": ("92004",),
    "agnieres": ("62012",),
    "pontivy": ("56178",),
    "l union": ("31561",),
}
EPCIS = {
    "rennes": ("243500139",),
    "pays lure": ("247000664",),
    "monts rance rougier": ("200069938",),
    "arc sud bretagne": ("200027027",),
    "arche": ("200073096",),
    "quatre rivieres": ("200000123", "200000456"),
}
DEPARTEMENTS = {
    "morbihan": ("56",),
    "nord": ("59",),
    "mayenne": ("53",),
    "charente": ("16",),
    "la reunion": ("974",),
}
NAMES = PlaceNames(
    communes=COMMUNES,
    epcis=EPCIS,
    departements=DEPARTEMENTS,
    populations={
        "rennes": 230_000,
        "le mans": 146_000,
        "asnieres sur seine": 87_000,
        "pontivy": 15_000,
        "montdidier": 6_000,
        "le treport": 4_500,
        "agnieres": 240,
    },
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """A reader that knows a few places."""
    return load_reader(NAMES)


def places(reader: Reader, text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The communes named, as written in the text, with their codes."""
    return [(text[p.start : p.end], p.insee_codes) for p in reader.read([text])[0].places]


def personal(reader: Reader, text: str) -> list[tuple[PersonalKind, str]]:
    """The passages about a person, as written in the text."""
    return [(span.kind, text[span.start : span.end]) for span in reader.personal(text)]


@pytest.mark.parametrize(
    ("written", "lemma"),
    [
        ("médecins", "médecin"),
        ("medecins", "médecin"),
        ("chevaux", "cheval"),
        ("démarches", "démarche"),
        ("isolées", "isolé"),
        ("lignes", "ligne"),
        ("aujourd’hui", "aujourd'hui"),
        ("rendez-vous", "rendez-vous"),
        ("ehpad", "ehpad"),
    ],
)
def test_lemma_of_a_common_word(reader: Reader, written: str, lemma: str) -> None:
    assert reader.read([written])[0].lemmas == (lemma,)


def test_lemmas_cut_elisions_and_clitics(reader: Reader) -> None:
    lemmas = reader.read(["L’école manque-t-elle d’eau ?"])[0].lemmas
    assert lemmas == ("le", "école", "manque", "elle", "de", "eau")


def test_sentences_keep_abbreviations_whole() -> None:
    text = "M. Durand passe à 8.30 h. Le bus, etc. Plus rien !\nEt le soir ? "
    assert [text[a:b] for a, b in sentences(text)] == [
        "M. Durand passe à 8.30 h.",
        "Le bus, etc. Plus rien !",
        "Et le soir ?",
    ]


@given(st.text())
def test_words_and_sentences_stay_inside_any_text(text: str) -> None:
    words = load_words().words(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in words)
    assert all(a[1] <= b[0] for a, b in pairwise(words))
    spans = sentences(text)
    inside = {i for start, end in spans for i in range(start, end)}
    assert all(i in inside for i, character in enumerate(text) if character.isalnum())
    assert fold(fold(text)) == fold(text)


def test_place_is_found_with_its_homonyms(reader: Reader) -> None:
    text = "Le bus ne va plus de Montdidier à St-Quentin."
    assert places(reader, text) == [
        ("Montdidier", ("80561",)),
        ("St-Quentin", ("02691", "33474")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Marche à pied et bon Sens",
        "Y a plus rien ici",
        "Le bon sens près de chez nous",
        "M. Montdidier ne répond pas",
        "Marché couvert le dimanche",
    ],
)
def test_common_word_is_not_a_place(reader: Reader, text: str) -> None:
    assert places(reader, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rien au Mans le soir", ["Mans"]),
        ("Les rues du Mans", ["Mans"]),
        ("Au Mans, rien", ["Mans"]),
        ("rien au mans", ["mans"]),
        ("Le bus du Tréport", ["Tréport"]),
        ("La plage des Sables-d’Olonne", ["Sables-d’Olonne"]),
        ("Rien à la Roche-sur-Yon", ["la Roche-sur-Yon"]),
        ("La Roche-sur-Yon manque de bus", ["La Roche-sur-Yon"]),
        ("rien à la roche bernard", ["la roche bernard"]),
        ("J’habite Sens", ["Sens"]),
        ("La mairie de l’Union", ["l’Union"]),
        ("Entre Rennes et Sens", ["Rennes", "Sens"]),
        ("Rennes et Moreuil", ["Rennes", "Moreuil"]),
        ("Rennes.", ["Rennes"]),
        ("PLUS DE BUS A RENNES", ["RENNES"]),
        ("plus de bus a moreuil", ["moreuil"]),
        ("à la mairie de moreuil", ["moreuil"]),
        ("Œuf-en-Ternois est loin", ["Œuf-en-Ternois"]),
    ],
)
def test_place_is_found_as_people_write_it(reader: Reader, text: str, found: list[str]) -> None:
    assert [written for written, _ in places(reader, text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Il a moreuil",
        "La rue Saint-Quentin-Rennes",
        "La Marche Blanche passe à dix heures",
        "Les trois Rennes-Nord",
        "Rennes, ma voisine, est seule",
        "rennes de Noël à vendre",
        "Le bon mans",
        "La roche est tombée",
        "On en parle à la Croix Blanche",
        "Rien pour Rennais",
        "Tout dépend de l’accord de Rennes",
        "Un rendez-vous a lhopital",
        "On va à l’Union ensemble",
    ],
)
def test_name_inside_something_else_is_not_a_place(reader: Reader, text: str) -> None:
    assert places(reader, text) == []


def test_common_word_is_a_place_when_announced(reader: Reader) -> None:
    assert places(reader, "Je travaille à Sens") == [("Sens", ("89387",))]


@pytest.mark.parametrize("written", ["Montdidié", "Montididier", "Mondidier"])
def test_place_with_a_wrong_letter_is_found_where_a_place_is_announced(
    reader: Reader, written: str
) -> None:
    assert places(reader, f"Je travaille à {written} le matin") == [(written, ("80561",))]
    assert places(reader, f"{written} ne répond pas") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rien à Asnières-sutr-Seine", "92004"),
        ("Un bus pour Pontivi", "56178"),
        ("La mairie de Pontivi", "56178"),
        ("Rien au Trépport", "76711"),
    ],
)
def test_wrong_letter_in_a_name_known_as_a_whole(reader: Reader, text: str, code: str) -> None:
    assert [codes for _, codes in places(reader, text)] == [(code,)]


def test_place_in_lower_case_is_found_after_a(reader: Reader) -> None:
    assert places(reader, "rien pour les jeunes à montdidier") == [("montdidier", ("80561",))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "La communauté de communes du Pays de Lure et nous",
            [("communauté de communes du Pays de Lure", ("247000664",))],
        ),
        ("la com com du pays de lure", [("com com du pays de lure", ("247000664",))]),
        ("la CC du Pays de Lurre", [("CC du Pays de Lurre", ("247000664",))]),
        ("Un bus de Rennes Métropole", [("Rennes Métropole", ("243500139",))]),
        ("Pour Rennes Métropole, rien", [("Rennes Métropole", ("243500139",))]),
        ("L'Europe et d'Arche Agglo", [("Arche Agglo", ("200073096",))]),
        ("l'agglo des Quatre-Rivières", [("agglo des Quatre-Rivières", EPCIS["quatre rivieres"])]),
        ("rennes metropole ne répond pas", [("rennes metropole", ("243500139",))]),
        ("L’agglo de Rennes", [("agglo de Rennes", ("243500139",))]),
        (
            "Communaute de communes du Pays de Lure",
            [
                ("Communaute de communes du Pays de Lure", ("247000664",)),
            ],
        ),
        ("CC Monts, Rance et Rougier", [("CC Monts, Rance et Rougier", ("200069938",))]),
        ("Dans Arc Sud Bretagne, rien", [("Arc Sud Bretagne", ("200027027",))]),
        ("Rien dans le Morbihan, rien ailleurs", [("Morbihan", ("56",))]),
        ("rien dans le morbihan", [("morbihan", ("56",))]),
        ("rien dans le 56, rien ailleurs", [("56", ("56",))]),
        ("Le Morbihan manque de médecins", [("Morbihan", ("56",))]),
        ("J’habite à La Réunion", [("La Réunion", ("974",))]),
        ("departement du Morbihan", [("Morbihan", ("56",))]),
        ("le département du Nord", [("Nord", ("59",))]),
        ("le département de la Mayene", [("Mayene", ("53",))]),
    ],
)
def test_territory_is_found_where_it_is_announced(
    reader: Reader, text: str, found: list[tuple[str, tuple[str, ...]]]
) -> None:
    read = reader.read([text])[0].territories
    assert [(text[each.start : each.end], each.codes) for each in read] == found


@pytest.mark.parametrize(
    "text",
    [
        "dans le Nord de la commune",
        "lu dans la Charente Libre",
        "une communauté de communes pour les jeunes",
        "La Métropole ne répond pas",
        "Le Morbihan Club joue dimanche",
        "dans le 56e, rien",
        "dans le 59 rue des Lilas",
        "dans le nord de la commune",
        "La Charente est en crue",
        "Les arcs du sud de la Bretagne",
        "à la réunion publique",
        "Une agglo sans bus",
        "En Réunion de quartier, rien",
    ],
)
def test_other_words_are_no_territory(reader: Reader, text: str) -> None:
    assert reader.read([text])[0].territories == ()


def test_commune_inside_the_name_of_a_territory_is_not_one(reader: Reader) -> None:
    assert places(reader, "Rennes Métropole n'a plus de bus à Rennes") == [("Rennes", ("35238",))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Écrire à jean.dupont@exemple.fr", [(PersonalKind.EMAIL, "jean.dupont@exemple.fr")]),
        ("Appeler le 06 12 34 56 78 svp", [(PersonalKind.PHONE, "06 12 34 56 78")]),
        ("Son numéro : 2 69 05 49 588 157 80.", [(PersonalKind.NIR, "2 69 05 49 588 157 80")]),
        ("Mme Jeanne Petit est seule", [(PersonalKind.NAME, "Mme Jeanne Petit")]),
        ("Voir avec Madame la Maire", []),
        ("Elle vit 12 bis rue des Lilas", [(PersonalKind.ADDRESS, "12 bis rue des Lilas")]),
        ("Mon voisin est alcoolique", [(PersonalKind.HEALTH, "alcoolique")]),
        ("Une aide pour les jeunes diabétiques", []),
        ("Je suis musulmane", [(PersonalKind.RELIGION, "musulmane")]),
        ("Le 115 et le 0 800 001 037 ne répondent pas", []),
        ("Il manque 12 places de parking", []),
        ("Il manque 2 médecins à 30 km", []),
    ],
)
def test_personal_data_is_flagged(
    reader: Reader, text: str, found: list[tuple[PersonalKind, str]]
) -> None:
    assert personal(reader, text) == found


def test_replacing_personal_passages_leaves_none(reader: Reader) -> None:
    text = "M. Paul Durand (06 12 34 56 78), 3 rue Victor Hugo, cherche un médecin."
    for span in reversed(reader.personal(text)):
        text = text[: span.start] + span.replacement + text[span.end :]
    assert text == "[nom] ([téléphone]), [adresse], cherche un médecin."
    assert reader.personal(text) == ()


def test_batch_reads_as_one_by_one(reader: Reader) -> None:
    texts = ["Plus de bus à Moreuil.", "", "Mme Petit attend."]
    assert reader.read(texts) == [reader.read([text])[0] for text in texts]


def test_endless_names_are_read_quickly(reader: Reader) -> None:
    for text in ("CC vallée " * 800, "A-" * 4000, "A'" * 4000, "Agglo Métropole " * 600):
        started = time.process_time()
        reader.read([text])
        assert time.process_time() - started < 1


def test_endless_chunk_is_read(reader: Reader) -> None:
    assert len(reader.read(["a1-" * 100_000])[0].lemmas) == 100_000
