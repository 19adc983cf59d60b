"""People named after a civility or a title: « Mme Le Goff », « MM. Durand et Petit », « Me Petit ».

A capital says a name, but for offices and words that are no name; without a capital, a word that
French does not have says one.
"""

import re
import tomllib
from functools import cache

from capture.nlp.words import FR, Lemmas, fold, load_words, stop_words

_WORD = r"[A-ZÀ-Þ]\.|(?!(?i:[cjmnst]|\w{0,5}qu)['’])[^\W\d_](?:[\w’']|-(?=\w))*"
# An abbreviation announces a name; « m » after a number is a length, « me » mostly a pronoun.
_CIVILITY = re.compile(
    r"(?<![\w.-])(?:(?i:mr?\.?|monsieur|mme|madame)\s+(?:et|ou)\s+)?(?:"
    r"(?P<initial>MM?\.(?!\w\.)|(?<!\d\s)(?:MM?(?=\s)|m\.))"
    r"|(?P<short>(?i:mr|mmes?|mlles?)(?:\.|(?=\s))|Mᵐᵉ)"
    r"|(?P<whole>(?i:messieurs|mesdames|monsieur|madame|mademoiselle)(?=\s))"
    r"|(?P<title>(?i:docteure?|professeure?|ma[iî]tre)(?=\s)|(?:[Dd]r|DR|Pr)(?:\.|(?=\s))|Me(?=\s))"
    r")[^\S\n]*"
)
_NAME = re.compile(
    r"(?P<of>(?i:de|du|des|von|van|ben|el)[^\S\n]+|[Dd]['’])?"
    r"(?P<article>(?i:les?|la)[^\S\n]+|[Ll]['’])?"
    rf"(?P<word>{_WORD})"
)
_MORE = re.compile(
    rf"[^\S\n](?P<of>(?:(?:de|du|des|la|le|les)[^\S\n]+|d['’]){{0,2}})(?P<word>{_WORD})"
)
_AND = re.compile(r"(?:,|[^\S\n]+(?:et|&))[^\S\n]+")
_SEVERAL = ("mm.", "mm ", "mmes", "mes", "mlles")
# « M. le maire, Jean Durand »: the office may stay.
_HOLDER = re.compile(
    r"(?i:les?[^\S\n]|la[^\S\n]|l['’])[\w-]+(?:[^\S\n](?!d[eu]s?\b)[a-zà-ÿ-]+)?,?[^\S\n]"
    r"(?P<first>[A-ZÀ-Þ][\w-]+)[^\S\n](?P<last>[A-ZÀ-Þ][\w’'-]+)"
)
# « rue du Docteur Roux », « école du Professeur Petit » tell where, not who.
_LANDMARK = re.compile(
    r"\b(?:rue|avenue|boulevard|place|allee|impasse|square|quai|chemin|ecole|college|lycee|hopital"
    r"|clinique|gymnase|stade|salle|parc|pont|residence|creche|fondation|scolaire|ehpad)"
    r"\s+du\s+$"
)
_LANDMARK_LENGTH = 20


class NameReader:
    """Finds the people a text names after « Monsieur », « Mme », « Docteur »…"""

    def __init__(self, lemmas: Lemmas, *, names: list[str], offices: list[str]) -> None:
        self._lemmas = lemmas
        self._names = frozenset(names)
        self._offices = frozenset(offices)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each person named, civility included."""
        found: list[tuple[int, int]] = []
        for civility in _CIVILITY.finditer(text):
            if found and civility.start() < found[-1][1]:
                continue
            before = fold(text[max(0, civility.start() - _LANDMARK_LENGTH) : civility.start()])
            if civility["title"] and _LANDMARK.search(before):
                continue
            end = self._end(text, civility)
            if end is not None:
                found.append((civility.start(), end))
            elif (holder := _HOLDER.match(text, civility.end())) and self._holds(holder):
                found.append((holder.start("first"), holder.end()))
        return found

    def is_name(self, word: str, *, told: bool) -> bool:
        """Whether a word is a name; ``told`` when its capital, or what comes before, says so."""
        written, folded = word.lower(), fold(word)
        if folded in self._names:
            return True
        if folded in self._offices:
            return False
        if len(word) == 1:
            return told
        last = word.rpartition("-")[2]
        if folded in stop_words() or (last.islower() and fold(last) in stop_words()):
            return False
        if not self._lemmas.knows(written):
            return told or len(word) > 2
        # « Pouvez », « Présidente »: a name is no form of another word.
        return told and self._lemmas.lemma(written) == written

    def is_no_common_word(self, word: str) -> bool:
        """Whether a word is a frequent name, or one that French does not have."""
        return self.is_name(word, told=False)

    def _end(self, text: str, civility: re.Match[str]) -> int | None:
        end = self._end_of_one(text, civility.end(), civility)
        if fold(civility.group()).startswith(_SEVERAL):
            while (
                end is not None
                and (link := _AND.match(text, end))
                and (next_end := self._end_of_one(text, link.end(), civility))
            ):
                end = next_end
        return end

    def _end_of_one(self, text: str, position: int, civility: re.Match[str]) -> int | None:
        name = _NAME.match(text, position)
        if name is None or not self._begins(name, civility):
            return None
        while (more := _MORE.match(text, name.end())) and self._goes_on(name["word"], more):
            name = more
        return name.end()

    def _begins(self, name: re.Match[str], civility: re.Match[str]) -> bool:
        word, particle = name["word"], name["article"] or name["of"] or ""
        if civility["initial"] and not word[0].isupper():
            return False
        if particle and not word[0].isupper():
            return False
        if particle.islower():
            # « M. de Villiers », but « Monsieur le DGS », « docteur de Lure ».
            return not (civility["title"] or word.isupper()) and self.is_name(word, told=False)
        announced = civility["initial"] or civility["short"]
        return self.is_name(word, told=bool(announced) or _tells(word, civility.group()))

    def _goes_on(self, before: str, more: re.Match[str]) -> bool:
        word = more["word"]
        return self.is_name(word, told=not more["of"] and _tells(word, before))

    def _holds(self, holder: re.Match[str]) -> bool:
        return self.is_name(holder["first"], told=True) and self.is_name(holder["last"], told=False)


def _tells(word: str, before: str) -> bool:
    """Whether the capital of a word says something: not where all is in capitals."""
    shouted = before.isupper() and len(before.strip()) > 1 and word.isupper()
    return word[0].isupper() and not shouted


@cache
def load_names() -> NameReader:
    """Load what follows a civility."""
    words = tomllib.loads((FR / "civilities.toml").read_text("utf-8"))
    return NameReader(load_words().lemmas, names=words["names"], offices=words["offices"])
