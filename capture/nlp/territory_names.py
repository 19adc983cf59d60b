"""Names of intercommunalités and départements in a text, where its words announce one.

« la communauté de communes du Pays de Lure », « Rennes Métropole », « dans le Morbihan ». Which one
is meant among homonyms is settled by the caller, who knows the author's territory.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capture.nlp.near_names import NearNames
from capture.nlp.words import fold
from fabrique.core.places import telling_words


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryMention:
    """A territory named in the text: where, and its possible codes (SIREN, or département)."""

    start: int
    end: int
    codes: tuple[str, ...]


_PIECE = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s'’‐‑-]{1,3}")
_OF = r"(?:\s+(?:de\s+la|de\s+l['’]|des|du|de|d['’]))?\s*"
_EPCI_ANNOUNCED = re.compile(
    r"\b(?:communautés?\s+(?:de|des)\s+communes?|communauté\s+(?:d['’]agglo(?:mération)?|urbaine)"
    r"|agglo(?:mération)?|métropole|com(?:mune)?[-\s]?com|(?-i:CC|CA|CU|CdC|CDC))" + _OF,
    re.IGNORECASE,
)
# « Rennes Métropole », « Clisson Sèvre et Maine Agglo ».
_EPCI_NAMED = re.compile(
    r"(?<![\w-])(?:[A-ZÀ-Þ][\w'’-]{0,40}\s+(?:(?:et|de|du|des|la|le|sur|en)\s+)*){1,5}"
    r"(?:Métropole|Agglo(?:mération)?|Communauté)\b"
)
_DEPARTEMENT_ANNOUNCED = re.compile(
    r"\bdépartements?(?:\s+(?:de\s+la|de\s+l['’]|des|du|de|d['’]))?\s*", re.IGNORECASE
)
_INSIDE = re.compile(r"\b(?:dans\s+(?:les|le|la|l['’])|en)\s*", re.IGNORECASE)
# Départements whose name is a word as well: « dans le nord », « en somme ».
_ALSO_WORDS = frozenset(
    {"aube", "cher", "creuse", "landes", "lot", "manche", "nord", "paris", "reunion", "la reunion"}
    | {"somme"}
)
# « la Charente Libre » is a newspaper.
_GOES_ON = re.compile(r"[\s-][A-ZÀ-Þ]")
_MOST_PIECES = 10


class TerritoryReader:
    """Finds EPCI and départements by the words that announce them; one wrong letter is forgiven."""

    def __init__(
        self, epcis: Mapping[str, tuple[str, ...]], departements: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._epcis = epcis
        self._near_epcis = NearNames(epcis)
        self._departements = departements
        self._near_departements = NearNames(departements)

    def mentions(self, text: str) -> tuple[TerritoryMention, ...]:
        """Return the territories named in the text, in reading order, none inside another."""
        found: list[TerritoryMention] = []
        for mention in sorted(self._read(text), key=lambda each: (each.start, -each.end)):
            if not found or mention.start >= found[-1].end:
                found.append(mention)
        return tuple(found)

    def _read(self, text: str) -> Iterator[TerritoryMention]:
        for announced in _EPCI_ANNOUNCED.finditer(text):
            yield from self._epci(text, announced.start(), announced.end())
        for named in _EPCI_NAMED.finditer(text):
            yield from self._epci_before(text, named.start(), named.end())
        for announced in _DEPARTEMENT_ANNOUNCED.finditer(text):
            yield from self._departement(text, announced.end(), sure=True)
        for announced in _INSIDE.finditer(text):
            yield from self._departement(text, announced.end(), sure=False)

    def _epci_before(self, text: str, start: int, end: int) -> Iterator[TerritoryMention]:
        """Yield the longest name that ends there: « Pour Rennes Métropole » begins with no name."""
        for word in _PIECE.finditer(text, start, end):
            codes = self._epcis.get(" ".join(telling_words(text[word.start() : end])))
            if codes:
                yield TerritoryMention(start=word.start(), end=end, codes=codes)
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

    def _departement(self, text: str, start: int, *, sure: bool) -> Iterator[TerritoryMention]:
        pieces = _pieces_from(text, start)
        if not pieces or not text[start].isupper():
            return
        for length in range(len(pieces), 0, -1):
            name = " ".join(piece for piece, _ in pieces[:length])
            codes = self._departements.get(name) or self._departements.get(f"la {name}")
            if codes is None and sure:
                codes = self._departements.get(self._near_departements.one_letter_away(name) or "")
            end = pieces[length - 1][1]
            if codes and (sure or not (name in _ALSO_WORDS or _GOES_ON.match(text, end))):
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
