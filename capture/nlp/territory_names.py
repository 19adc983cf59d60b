"""Names of intercommunalités and départements in a text, where its words announce one.

« la communauté de communes du Pays de Lure », « Rennes Métropole », « dans le Morbihan ». Which one
is meant among homonyms is settled by the caller, who knows the author's territory.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from capture.nlp.near_names import NearNames
from capture.nlp.words import FR, fold
from fabrique.core.places import PlaceNames, telling_words


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryMention:
    """A territory named in the text: where, and its possible codes (SIREN, or département)."""

    start: int
    end: int
    codes: tuple[str, ...]


_PIECE = re.compile(r"[^\W_]+")
# The names of EPCI hold commas, slashes, brackets: « CC Monts, Rance et Rougier ».
_GAP = re.compile(r"[\s'’‐‑–,/()\"-]{1,4}")
# A capital word that no hyphen joins to another before it.
_CAPITAL = re.compile(r"[A-ZÀ-Þ](?<![^\W_].)(?<![^\W_][-‐‑].)[^\W_]+")
_INSIDE_LONGER = re.compile(r"[-‐‑][^\W_]")
_OF = r"(?:\s+(?:de\s+la|de\s+l['’]|des|du|de|d['’]))?\s*"
_EPCI_ANNOUNCED = re.compile(
    r"\b(?:communaut[ée]s?(?:\s+(?:de|des)\s+communes?|\s+d['’]agglo(?:m[ée]ration)?|\s+urbaine)?"
    r"|agglo(?:m[ée]ration)?|(?:euro)?m[ée]tropole|com(?:mune)?[-\s]?com|cc|(?-i:CA|CU|CdC|CDC))"
    r"\b[\s\"]*" + _OF,
    re.IGNORECASE,
)
# Both are looked for only in a text that holds a piece of one of their words.
_EPCI_HINTS = ("agglo", "tropole", "communaut", "comcom", "com com", "com-com", "mune com")
_EPCI_INITIALS = re.compile(r"\b(?:cc|CC|CA|CU|CdC|CDC)\b")
_DEPARTEMENT_HINTS = ("partement", "conseil")
_DIGIT = re.compile(r"\d")
# « Rennes Métropole », « Clisson Sèvre et Maine Agglo », « lorient agglo ».
_EPCI_NAMED = re.compile(
    r"(?<=[^\W_][\s-])(?:m[ée]tropole|agglo(?:m[ée]ration)?|communaut[ée])\b(?!\s+d)", re.IGNORECASE
)
_WORDS_BEFORE = re.compile(r"[^\W_]+(?:[\s'’‐‑-][^\W_]+){0,9}[\s-]$")
_LONGEST_BEFORE = 60
_DEPARTEMENT_ANNOUNCED = re.compile(
    r"\b(?:d[ée]partements?|conseils?\s+(?:d[ée]partementa(?:l|ux)|g[ée]n[ée]ra(?:l|ux)))"
    r"(?:\s+(?:de\s+la|de\s+l['’]|des|du|de|d['’]))?\s*",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"\b(?:dans\s+(?:les?\s|la\s|l['’])|en\s)\s*", re.IGNORECASE)
_LED = re.compile(r"\b(?:(?:les?|la|du|des|aux?)\s+|l['’])$", re.IGNORECASE)
_ISLAND = re.compile(r"\b[àAÀ]\s+(?=Mayotte|[Ll]a R[ée]union\b(?!\s+(?:de|du|des|publique)\b))")
# « dans le 56 », not « dans le 56e » nor « dans le 18 rue des Lilas ».
_NUMBERED = re.compile(
    r"\b(?:dans\s+le|d[ée]partement(?:\s+d[ue])?)\s+(?P<code>\d{2,3}|2[AB])(?![\w%°])"
    r"(?!\s*(?:%|€|h\b|km|rue|av|place|ans?\b|e\b|[èe]me|arrondissement|premier|derni))",
    re.IGNORECASE,
)
# « la Charente Libre » is a newspaper.
_GOES_ON = re.compile(r"[\s-][A-ZÀ-Þ]")
_SMALL = frozenset({"entre", "lez", "pres", "sous", "sur"})
_MOST_PIECES = 10


class TerritoryReader:
    """Finds EPCI and départements by the words that announce them; one wrong letter is forgiven."""

    def __init__(self, names: PlaceNames) -> None:
        words = tomllib.loads((FR / "places.toml").read_text("utf-8"))
        # Départements whose name is a word as well: « dans le nord », « en somme ».
        self._also_words = frozenset(words["also_words"])
        self._not_alone = self._also_words | frozenset(words["rivers"])
        self._epcis = names.epcis
        self._near_epcis = NearNames(names.epcis)
        self._departements = names.departements
        self._codes = {code for codes in names.departements.values() for code in codes}
        self._near_departements = NearNames(names.departements)
        # Names that need no word to announce them: « Arc Sud Bretagne ».
        telling = {" ".join(telling_words(name)) for name in (*names.communes, *names.departements)}
        self._alone = {name for name in names.epcis if " " in name and name not in telling}
        self._first_of_epci = {name.split()[0] for name in self._alone}
        self._first_of_departement = {
            name.removeprefix("la ").split()[0] for name in names.departements
        }

    def mentions(self, text: str) -> tuple[TerritoryMention, ...]:
        """Return the territories named in the text, in reading order, none inside another."""
        found: list[TerritoryMention] = []
        for mention in sorted(self._read(text), key=lambda each: (each.start, -each.end)):
            if not found or mention.start >= found[-1].end:
                found.append(mention)
        return tuple(found)

    def _read(self, text: str) -> Iterator[TerritoryMention]:
        small = text.lower()
        if any(hint in small for hint in _EPCI_HINTS) or _EPCI_INITIALS.search(text):
            for announced in _EPCI_ANNOUNCED.finditer(text):
                yield from self._epci(text, announced.start(), announced.end())
            for named in _EPCI_NAMED.finditer(text):
                yield from self._epci_before(text, named.start(), named.end())
        for capital in _CAPITAL.finditer(text):
            start, first = capital.start(), fold(capital.group())
            if first in self._first_of_epci:
                yield from self._epci_alone(text, start)
            if first in self._first_of_departement and _LED.search(text, max(0, start - 5), start):
                yield from self._departement(text, start, but=self._not_alone)
        yield from self._read_departements(text, small)

    def _read_departements(self, text: str, small: str) -> Iterator[TerritoryMention]:
        if any(hint in small for hint in _DEPARTEMENT_HINTS):
            for announced in _DEPARTEMENT_ANNOUNCED.finditer(text):
                yield from self._departement(text, announced.end(), sure=True)
        for inside in _INSIDE.finditer(text):
            yield from self._departement(text, inside.end(), but=self._also_words)
        for island in _ISLAND.finditer(text):
            yield from self._departement(text, island.end(), sure=True)
        for numbered in _NUMBERED.finditer(text) if _DIGIT.search(text) else ():
            if numbered["code"].upper() in self._codes:
                yield TerritoryMention(
                    start=numbered.start("code"),
                    end=numbered.end(),
                    codes=(numbered["code"].upper(),),
                )

    def _epci_before(self, text: str, start: int, end: int) -> Iterator[TerritoryMention]:
        """Yield the longest name that ends there: « Pour Rennes Métropole » begins with no name."""
        words = _WORDS_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
        if words is None:
            return
        for word in _PIECE.finditer(text, words.start(), start):
            codes = self._epcis.get(" ".join(telling_words(text[word.start() : end])))
            if codes and telling_words(word.group()):
                yield TerritoryMention(start=word.start(), end=end, codes=codes)
                return

    def _epci_alone(self, text: str, start: int) -> Iterator[TerritoryMention]:
        """Yield the longest name that begins there, all its words but the small with a capital."""
        pieces = _pieces_from(text, start)
        for length in range(len(pieces), 1, -1):
            end = pieces[length - 1][1]
            written = [word for word in _PIECE.findall(text, start, end) if telling_words(word)]
            name = " ".join(telling_words(text[start:end]))
            if (
                name in self._alone
                and telling_words(pieces[length - 1][0])
                and all(each[0].isupper() or fold(each) in _SMALL for each in written)
                and not _INSIDE_LONGER.match(text, end)
            ):
                yield TerritoryMention(start=start, end=end, codes=self._epcis[name])
                return

    def _epci(self, text: str, start: int, name_start: int) -> Iterator[TerritoryMention]:
        """Yield the longest name that begins there and is, small words aside, that of an EPCI."""
        pieces = _pieces_from(text, name_start)
        for length in range(len(pieces), 0, -1):
            last, end = pieces[length - 1]
            name = " ".join(telling_words(text[name_start:end]))
            codes = self._epcis.get(name) or self._epcis.get(
                self._near_epcis.one_letter_away(name) or ""
            )
            if codes and telling_words(last):
                yield TerritoryMention(start=start, end=end, codes=codes)
                return

    def _departement(
        self, text: str, start: int, *, sure: bool = False, but: frozenset[str] = frozenset()
    ) -> Iterator[TerritoryMention]:
        """Yield the département named there, `but` those; only a `sure` one with a wrong letter."""
        first = _PIECE.match(text, start)
        if first is None or not (sure or fold(first.group()) in self._first_of_departement):
            return
        pieces = _pieces_from(text, start)
        for length in range(len(pieces), 0, -1):
            name = " ".join(piece for piece, _ in pieces[:length])
            codes = self._departements.get(name) or self._departements.get(f"la {name}")
            if codes is None and sure:
                codes = self._departements.get(self._near_departements.one_letter_away(name) or "")
            end = pieces[length - 1][1]
            if codes and (sure or not (name in but or _GOES_ON.match(text, end))):
                yield TerritoryMention(start=start, end=end, codes=codes)
                return


def _pieces_from(text: str, start: int) -> list[tuple[str, int]]:
    """The folded words of one stretch of text from a place on, with their ends."""
    pieces: list[tuple[str, int]] = []
    position = start
    while len(pieces) < _MOST_PIECES and (written := _PIECE.match(text, position)):
        pieces.append((fold(written.group()), written.end()))
        gap = _GAP.match(text, written.end())
        if gap is None:
            break
        position = gap.end()
    return pieces
