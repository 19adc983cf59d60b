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


def test_endless_names_are_read_quickly() -> None:
    for text in (
        "Mme " * 4000,
        "Mmes A, " * 3000,
        "M. A-" * 4000,
        "M. le " * 4000,
        "1 rue de " * 4000,
    ):
        started = time.perf_counter()
        spans(text)
        assert time.perf_counter() - started < 1
