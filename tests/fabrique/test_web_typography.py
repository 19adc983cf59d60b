import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from fabrique.web.labels.typography import typo, typo_html

FRENCH = st.text(alphabet="aeé0159 '«»?!:;.,%€hn°M\u00a0\u202f&#<>()-", max_size=60)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Où ?", "Où\u00a0?"),
        ("Vous pouvez aider?", "Vous pouvez aider\u00a0?"),
        ("Quoi ?!", "Quoi\u00a0?!"),
        ("Ça tient : 2 min", "Ça tient\u00a0: 2\u00a0min"),
        ("« Permis »", "«\u00a0Permis\u00a0»"),
        ("«Permis»", "«\u00a0Permis\u00a0»"),
        ("l'eau d'Hirson aujourd'hui", "l’eau d’Hirson aujourd’hui"),
        ("d'après « car »", "d’après «\u00a0car\u00a0»"),
        ("un local vide...", "un local vide…"),
        ("4 300 habitants", "4\u00a0300\u00a0habitants"),
        ("1 234 567 €", "1\u00a0234\u00a0567\u00a0€"),
        ("à 18 h 15", "à 18\u00a0h\u00a015"),
        ("44 % des études", "44\u00a0% des études"),
        ("le 23 novembre", "le 23\u00a0novembre"),
        ("le 1er mai", "le 1er\u00a0mai"),
        ("Passage n° 46", "Passage n°\u00a046"),
        ("M. Vasseur", "M.\u00a0Vasseur"),
        ("06 12 34 56 78", "06\u00a012\u00a034\u00a056\u00a078"),
        ("https://exemple.fr/?page=2", "https://exemple.fr/?page=2"),
        ("14:30", "14:30"),
        ("COPIL-2026-02", "COPIL-2026-02"),
        ("12 hameaux", "12 hameaux"),
    ],
)
def test_typo_puts_french_spaces(typed: str, shown: str) -> None:
    assert typo(typed) == shown


@given(FRENCH)
def test_typo_twice_is_typo_once(text: str) -> None:
    once = typo(text)
    assert typo(once) == once


@given(FRENCH)
def test_typo_html_twice_is_once(text: str) -> None:
    once, _ = typo_html(text, inside_tag=False)
    assert typo_html(once, inside_tag=False)[0] == once


@given(FRENCH)
def test_typo_changes_only_spaces_apostrophes_and_ellipses(text: str) -> None:
    def letters(value: str) -> str:
        for space in " \u00a0\u202f":
            value = value.replace(space, "")
        return value.replace("’", "'").replace("…", "...")

    assert letters(typo(text)) == letters(text)


def test_typo_of_markup_leaves_tags_and_entities_alone() -> None:
    marked = Markup("<a href=\"/x?a=1 ;b\" title='l'>l&#39;eau &amp; le feu ?</a>")
    assert typo(marked) == Markup("<a href=\"/x?a=1 ;b\" title='l'>l’eau &amp; le feu\u00a0?</a>")
    assert isinstance(typo(marked), Markup)


def test_typo_html_remembers_that_a_stretch_ends_inside_a_tag() -> None:
    first, inside = typo_html('Où ? <a class="', inside_tag=False)
    assert (first, inside) == ('Où\u00a0? <a class="', True)
    second, inside = typo_html('x ?">Ici ?</a> 3 < 4', inside_tag=inside)
    assert (second, inside) == ('x ?">Ici\u00a0?</a> 3 < 4', False)
