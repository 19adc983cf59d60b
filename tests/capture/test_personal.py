"""What of a text would let somebody be found or known, and what would not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.personal import PersonalKind, PersonalSpan, load_personal
from capture.nlp.words import load_words, sentences


def spans(text: str) -> tuple[PersonalSpan, ...]:
    return load_personal().spans(text, load_words().words(text), sentences(text))


def found(text: str, kind: PersonalKind) -> list[str]:
    """The passages of that kind, as written."""
    return [text[span.start : span.end] for span in spans(text) if span.kind is kind]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Mme Le Goff est seule", "Mme Le Goff"),
        ("Madame Le Roux est seule", "Madame Le Roux"),
        ("MME LE GOFF EST SEULE", "MME LE GOFF"),
        ("MME DUPONT EST SEULE", "MME DUPONT"),
        ("Chez monsieur dupont", "monsieur dupont"),
        ("Avec madame martin", "madame martin"),
        ("Le docteur durand part", "docteur durand"),
        ("Le Docteur Petit part", "Docteur Petit"),
        ("Pour mme Dupont", "mme Dupont"),
        ("Pour mr petit", "mr petit"),
        ("Chez m. Dupont", "m. Dupont"),
        ("Chez M.Dupont", "M.Dupont"),
        ("Chez Mme D. le soir", "Mme D."),
        ("Mmes Dupont et Martin", "Mmes Dupont et Martin"),
        ("MM. Durand, Petit et Le Goff", "MM. Durand, Petit et Le Goff"),
        ("M. et Mme Durand", "M. et Mme Durand"),
        ("M. de La Tour attend", "M. de La Tour"),
        ("Mme d'Ornano attend", "Mme d'Ornano"),
        ("M. Jean-Pierre de la Villardière", "M. Jean-Pierre de la Villardière"),
        ("Maître Durand attend", "Maître Durand"),
        ("Me Durand attend", "Me Durand"),
        ("M. le maire, Jean Durand, attend", "Jean Durand"),
        ("Madame la présidente Odile Le-Floch", "Odile Le-Floch"),
    ],
)
def test_somebody_named_is_found(text: str, named: str) -> None:
    assert found(text, PersonalKind.NAME) == [named]


@pytest.mark.parametrize(
    "text",
    [
        "Monsieur le Maire",
        "Monsieur Le Maire",
        "MONSIEUR LE MAIRE",
        "Madame la présidente",
        "Madame La Sous-Préfète",
        "Monsieur le DGS",
        "M. le préfet",
        "M. le maire de Saint Quentin",
        "monsieur tout le monde",
        "MADAME, MONSIEUR",
        "bonjour Monsieur Je voudrais",
        "Madame Pourriez-vous",
        "Madame n'ayant rien",
        "le docteur est parti",
        "LE DOCTEUR EST PARTI",
        "le docteur de Lure",
        "mon docteur refuse",
        "madame se lève tôt",
        "un professeur de SVT",
        "Maître d'Ouvrage",
        "rue du Docteur Roux",
        "l'école du Docteur Schweitzer",
        "Monsieur Bricolage",
        "à 200 m. Plus loin",
        "la M.J.C. du quartier",
        "On ne me dit rien. Me Voici",
    ],
)
def test_nobody_is_named(text: str) -> None:
    assert found(text, PersonalKind.NAME) == []


@pytest.mark.parametrize(
    "written",
    [
        "jean.dupont@exemple.fr",
        "jean.dupont @ exemple.fr",
        "jean.dupont[at]exemple.com",
        "dupont (at) exemple.fr",
        "jean.dupont arobase exemple point fr",
        "jean.dupont [AT] exemple [DOT] fr",
    ],
)
def test_address_of_mail_is_found_however_it_is_written(written: str) -> None:
    assert found(f"Écrire à {written} svp", PersonalKind.EMAIL) == [written]


@pytest.mark.parametrize(
    "written",
    [
        "06 12 34 56 78",
        "06/12/34/56/78",
        "06,12,34,56,78",
        "06_12_34_56_78",
        "0612345678",
        "+33 (0)6 12 34 56 78",
        "0262 12 34 56",
        "0692 12 34 56",
        "05 90 12 34 56",
        "0696.12.34.56",
        "0594123456",
        "+262 692 12 34 56",
    ],
)
def test_telephone_is_found_however_it_is_written(written: str) -> None:
    assert found(f"Appeler le {written}.", PersonalKind.PHONE) == [written]


@pytest.mark.parametrize(
    "written",
    [
        "1850578006084",
        "185057800608436",
        "2 69 05 49 588 157 80",
        "1.85.05.78.006.084.36",
        "1-85-05-78-006-084-36",
        "2 84 12 2A 004 012 21",
    ],
)
def test_social_security_number_is_found_however_it_is_written(written: str) -> None:
    assert found(f"n° sécu {written}, merci", PersonalKind.NIR) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "le 3949 ne répond pas",
        "le 0 800 001 037 ne répond pas",
        "le 0800 12 34 56 non plus",
        "SIREN 732 829 320",
        "SIRET 732 829 320 00074",
        "SIRET 73282932000074",
        "FR76 3000 6000 0112 3456 7890 189",
        "IBAN FR7630006000011234567890189",
        "le 01/02/2019 de 10 h à 12 h",
        "exemple.org/2019/01/21/190071",
        "exemple.com/groups/397741467671843",
        "1 850 578 006 084 euros",
        "la lettre (a) puis la (b). Fin",
    ],
)
def test_other_numbers_are_no_contact(text: str) -> None:
    assert spans(text) == ()


@pytest.mark.parametrize(
    "written",
    [
        "14 RUE VICTOR HUGO",
        "4 Grande Rue",
        "4 Grand'Rue",
        "8 chemin du moulin",
        "3 place de l’église",
        "3 pl. de la Mairie",
        "14 r. Victor Hugo",
        "12 Bld. Voltaire",
        "7 allees des roses",
        "5 cité des Fleurs",
        "9 esplanade du Lac",
        "2 montée des Moulins",
        "40 route de Vervins",
        "25 lotissement les bleuets",
        "17 rue du 8 mai 1945",
        "12/14 rue Pasteur",
        "10 ter avenue du général de gaulle",
        "12, rue des Lilas, 02500 Hirson",
        "lieu-dit Kerguen",
        "bâtiment B, résidence Les Tilleuls",
    ],
)
def test_address_is_found_whole(written: str) -> None:
    assert found(f"Elle vit {written}, seule", PersonalKind.ADDRESS) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "4 cours de Français par semaine",
        "2 cours de yoga",
        "5 place de Parking",
        "5 places de parking",
        "20 résidence Autonomie",
        "3 rue piétonne",
        "3 rues du centre",
        "10 allées et venues",
        "4 passage piéton",
        "40 route départementale 12",
        "1 chemin de croix",
        "en 2000 av. J.-C.",
        "la résidence Les Tilleuls",
        "chaque lieu-dit est loin",
    ],
)
def test_other_places_are_no_address(text: str) -> None:
    assert found(text, PersonalKind.ADDRESS) == []


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("Je suis handicapée", "health", ["handicapée"]),
        ("Mon père est sourd", "health", ["sourd"]),
        ("Mon mari est aveugle", "health", ["aveugle"]),
        ("J'ai un handicap", "health", ["handicap"]),
        ("Mon fils est en fauteuil roulant", "health", ["fauteuil roulant"]),
        ("Ma voisine est dialysée", "health", ["dialysée"]),
        ("Mon fils a un TDAH", "health", ["TDAH"]),
        ("J'ai avorté l'an dernier", "health", ["avorté"]),
        ("J'ai fait un burn out", "health", ["burn out"]),
        ("Paul, 12 ans, est autiste", "health", ["autiste"]),
        ("J'ai un enfant autiste", "health", ["autiste"]),
        ("Mon fils Hugo, autiste, reste seul", "health", ["autiste"]),
        ("Mon mari a eu son AVC en juin", "health", ["AVC"]),
        ("je suis depuis un peu depressive", "health", ["depressive"]),
        ("ma fille est handicapee", "health", ["handicapee"]),
        ("On m'a diagnostiqué un parkinson", "health", ["parkinson"]),
        ("Mme Petit souffre de la maladie d'Alzheimer", "health", ["Alzheimer"]),
        ("Depuis le cancer de ma mère", "health", ["cancer"]),
        ("Ma dépression dure", "health", ["dépression"]),
        ("Ma fille est sourde et aveugle", "health", ["sourde", "aveugle"]),
        ("Nous sommes protestants", "religion", ["protestants"]),
        ("Ma voisine est hindoue", "religion", ["hindoue"]),
        ("Mon collègue est sikh", "religion", ["sikh"]),
        ("Je suis croyante", "religion", ["croyante"]),
        ("Mon imam le dit", "religion", ["imam"]),
        ("Mon oncle est témoin de Jéhovah", "religion", ["témoin de Jéhovah"]),
        ("Je suis syndiquée", "union", ["syndiquée"]),
        ("Mon mari est encarté", "union", ["encarté"]),
        ("Ma collègue est déléguée syndicale", "union", ["déléguée syndicale"]),
        ("Je suis à FO", "union", ["FO"]),
        ("Je milite à Solidaires", "union", ["Solidaires"]),
        ("Mon frère est délégué FSU", "union", ["FSU"]),
        ("Je suis adhérent à Force Ouvrière", "union", ["Force Ouvrière"]),
        ("Mon voisin est marocain", "origin", ["marocain"]),
    ],
)
def test_what_is_said_of_somebody_in_particular_is_found(
    text: str, kind: str, said: list[str]
) -> None:
    assert found(text, PersonalKind(kind)) == said


@pytest.mark.parametrize(
    "text",
    [
        "Je propose une enceinte sportive",
        "Mon mur d'enceinte tombe",
        "J'ai une enceinte pour la fête",
        "Mon village traverse une dépression économique",
        "L'école catholique où vont mes enfants",
        "Je ne suis pas très catholique sur ce point",
        "Mon café noir",
        "Il fait noir dans ma rue",
        "Le point noir de mon quartier",
        "Une salade marocaine pour mes voisins",
        "Mon fils apprend l'arabe",
        "Mon avenue Parkinson est sale",
        "Je paie le syndicat mixte",
        "Mon syndic ne répond pas",
        "Je suis en conflit, mes messes basses",
        "Ma maison a le cancer du bois",
        "Mon opération attend",
        "Mon chemin de croix",
        "Je propose un accueil pour les autistes",
        "Ma rue oublie les personnes handicapées",
        "Je pense aux personnes en situation de handicap",
        "J'ai peur de la dépression des agriculteurs",
        "Je suis contre l'avortement",
        "Reconnaître la personne et son handicap",
        "Je demande une permanence de la CGT",
        "Nous sommes solidaires des agriculteurs",
    ],
)
def test_nothing_is_said_of_anybody(text: str) -> None:
    assert spans(text) == ()


@given(
    st.sampled_from(["M.", "Mme", "Monsieur", "madame", "Dr", "Me"]),
    st.sampled_from(["Durand", "Lefèvre", "Kowalczyk", "Nguyen-Petit", "O'Brien"]),
    st.text(alphabet=" .,;\n", max_size=3),
)
def test_name_replaced_names_nobody(civility: str, name: str, after: str) -> None:
    text = f"Hier {civility} {name}{after}"
    (span,) = spans(text)
    left = text[: span.start] + span.replacement + text[span.end :]
    assert left.startswith("Hier [nom]")
    assert spans(left) == ()


@given(st.text(alphabet="MmedDr. A'’-éè \nmaireLl12,", max_size=200))
def test_passages_stay_inside_any_text_one_after_the_other(text: str) -> None:
    ends = [position for span in spans(text) for position in (span.start, span.end)]
    assert ends == sorted(ends)
    assert all(0 <= position <= len(text) for position in ends)


@pytest.mark.parametrize(
    "again",
    [
        *("Mme ", "Mmes A, ", "M. A-", "M. le ", "1 rue de ", "12-", "06 ", "a@", "a (at) ", "1 "),
        *("cancer ", "cancer. ", "mon cancer. ", "Mme A sourde. ", "lieu-dit ", "1 rue A "),
    ],
)
def test_endless_text_is_read_quickly(again: str) -> None:
    text = again * (16_000 // len(again))
    started = time.process_time()
    spans(text)
    assert time.process_time() - started < 1
