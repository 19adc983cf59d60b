"""Postal addresses: a number in a street, a building of a residence, a place known by its name."""

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache

from capture.nlp.person_names import load_names
from capture.nlp.words import FR, fold, stop_words

_SPACE = r"[^\S\n]"
_NUMBER = (
    rf"(?<![\d.,/])\d{{1,4}}(?:{_SPACE}?[-/]{_SPACE}?\d{{1,4}})?"
    rf"(?:(?:{_SPACE}?(?:bis|ter|quater|[A-D])|[a-d])\b)?{_SPACE}?,?{_SPACE}+"
)
# Nobody counts these in the singular: « 3 rue » is an address…
_STREET = (
    rf"r\.|rue|avenue|av\b\.?(?!{_SPACE}?J\.)|boulevard|b(?:ld|lvd|d)\b\.?|all[ée]es?|impasse|imp\.|venelle|ruelle"
    r"|faubourg|fbg\b\.?|quai|square|sentier|esplanade|promenade"
)
# … while « 2 cours », « 5 place de parking » may be anything.
_PLACE = (
    r"place|pl\.|cours|cit[ée]|passage|r[ée]sidence|r[ée]s\.|mont[ée]e|lotissement|hameau|chemin"
    r"|ch\.|route|rte\b\.?"
)
_WORD = r"[^\W\d_](?:[\w’']|-(?=\w))*"
_DATE = rf"\d{{1,2}}(?:er)?{_SPACE}{_WORD}(?:{_SPACE}\d{{4}}\b)?"
_NAME = (
    rf"{_SPACE}*(?P<of>de{_SPACE}l['’]|d['’]|(?:de{_SPACE}la|du|des|de){_SPACE})?{_SPACE}*"
    rf"(?P<article>(?:les?|la){_SPACE}|l['’])?(?P<word>{_DATE}|{_WORD})"
)
_NUMBERED = re.compile(
    rf"{_NUMBER}(?:(?P<main>grande?[ -]?rue\b|grand['’]rue\b)"
    rf"|(?:(?P<street>{_STREET})|(?P<place>{_PLACE}))(?!\w){_NAME})",
    re.IGNORECASE,
)
_BUILDING = rf"(?:b[âa]timent|b[âa]t\.?|immeuble){_SPACE}(?:[A-Z]\d?|\d{{1,3}}){_SPACE}?,?{_SPACE}+"
_NAMED = re.compile(
    rf"\b(?:lieu[ -]dit|{_BUILDING}(?:{_STREET}|{_PLACE}))(?!\w){_NAME}", re.IGNORECASE
)
_MORE = re.compile(
    rf"{_SPACE}(?P<of>(?:(?:de|du|des|la|le|les){_SPACE}|[dl]['’]){{0,2}})(?P<word>{_WORD})"
)
_MORE_WORDS = 3
_CITY = re.compile(rf",?\s+\d{{5}}\b(?:{_SPACE}+[A-ZÀ-Þ][\w'’-]*)?")
# « place de parking »: without article, a common word counts something.
_BARE = ("de", "d'")


class AddressReader:
    """Finds where somebody may live; ``is_name`` says whether a word is no common word."""

    def __init__(self, is_name: Callable[[str], bool], said_of_streets: Iterable[str]) -> None:
        self._is_name = is_name
        self._said_of_streets = frozenset(said_of_streets)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return start and end of each address, with the postal code and the town that follow."""
        found = list(_NUMBERED.finditer(text))
        if "dit" in text or "timent" in text or "bat" in text:
            found += _NAMED.finditer(text)
        return [(m.start(), self._end(text, m)) for m in found if self._is_address(m)]

    def _is_address(self, found: re.Match[str]) -> bool:
        kinds = found.groupdict()
        if kinds.get("main"):
            return True
        word, of, article = found["word"], found["of"] or "", found["article"]
        if word[0].isdigit():
            return of.lower().startswith("du")
        has_capital = word[0].isupper()
        is_direct = not (of or article)
        if fold(word) in self._said_of_streets or (
            is_direct and not has_capital and fold(word) in stop_words()
        ):
            return False
        if not kinds.get("place"):
            return not is_direct or has_capital or "street" in kinds or self._is_name(word)
        if is_direct or (fold(of).strip() in _BARE and not article):
            return has_capital and self._is_name(word)
        return has_capital or fold(found["place"]) != "cours"

    def _end(self, text: str, found: re.Match[str]) -> int:
        end, before = found.end(), found["word"] or ""
        for _ in range(_MORE_WORDS):
            more = _MORE.match(text, end)
            if more is None or not self._goes_on(before, more):
                break
            end, before = more.end(), more["word"]
        city = _CITY.match(text, end)
        return city.end() if city else end

    def _goes_on(self, before: str, more: re.Match[str]) -> bool:
        word = more["word"]
        if not word[0].isupper() or (word.isupper() and before.isupper()):
            return self._is_name(word)
        return bool(more["of"]) or fold(word) not in stop_words()


@cache
def load_addresses() -> AddressReader:
    """Load what is said of streets, and the words that French has."""
    words = tomllib.loads((FR / "streets.toml").read_text("utf-8"))
    return AddressReader(load_names().is_no_common_word, words["words"])
