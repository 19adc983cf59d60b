"""Titles for groups: the phrase of a member that says most of what the group says.

A phrase is a run of words that a coordinator can read alone: it begins and ends with a word that
tells something and holds no pronoun, no conjugated verb, no punctuation.
"""

import enum
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from capture.nlp.words import Word, WordKind, fold, load_words, stop_words

_FEWEST, _MOST = 2, 8
_LONGEST_TITLE = 70
_CUT = re.compile(r"[.,;:!?()\[\]«»\"“”\n\r–—/→•=+<>*|]| - ")
# « déchets et des emballages », cut from « des déchets et des emballages », loses its article.
_ARTICLE_AFTER_AND = re.compile(
    r"\b(et|ou) (?:(?:de |à )?(?:les |la |le |l['’])|des |du |de |d['’])"
)
# Small words that may stand inside a phrase; any other small word ends it.
_LINKS = frozenset(
    {
        *(
            "a",
            "au",
            "aux",
            "avec",
            "chez",
            "contre",
            "d",
            "dans",
            "de",
            "des",
            "du",
            "en",
            "entre",
        ),
        *("et", "l", "la", "le", "les", "leur", "leurs", "moins", "ou", "par", "plus", "pour"),
        *("sans", "sous", "sur", "un", "une", "vers"),
    }
)
# Said of any need, these words tell little of what it is about.
_EMPTY = frozenset(
    {
        *("besoin", "mettre", "place", "mise", "demande", "proposition", "favoriser", "developper"),
        *("developpement", "ameliorer", "amelioration", "renforcer", "augmenter", "augmentation"),
        *(
            "creer",
            "creation",
            "question",
            "probleme",
            "problematique",
            "personne",
            "gens",
            "theme",
        ),
        *("mesure", "situation", "moyen", "politique", "constat", "difficulte", "habitant"),
    }
)


class _Part(enum.Enum):
    """What a word may do in a title."""

    NOUN = enum.auto()
    ADJECTIVE = enum.auto()
    INFINITIVE = enum.auto()
    LINK = enum.auto()
    EMPTY_NOUN = enum.auto()
    OTHER = enum.auto()


_PARTS = {
    WordKind.NOUN: _Part.NOUN,
    WordKind.ADJECTIVE: _Part.ADJECTIVE,
    WordKind.INFINITIVE: _Part.INFINITIVE,
    WordKind.VERB: _Part.OTHER,
    WordKind.ADVERB: _Part.OTHER,
}
_ENDS = frozenset({_Part.NOUN, _Part.ADJECTIVE})
_FOREIGN = frozenset({_Part.OTHER, _Part.EMPTY_NOUN, _Part.INFINITIVE})
_COMPLETED = _ENDS | {_Part.EMPTY_NOUN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A run of words of one member: as written, its telling lemmas, its size in words, and the
    rank of the member among the most typical ones."""

    text: str
    lemmas: tuple[str, ...]
    size: int
    rank: int


def phrases_of(text: str, *, rank: int) -> list[Phrase]:
    """Return the phrases of a text that could be a title."""
    words = load_words().words(text)
    parts = [_part(text[start:end], lemma) for start, end, lemma in words]
    cut = _cuts(text, words, parts)
    found: list[Phrase] = []
    for first in range(len(words)):
        if not _may_begin(parts, first, cut=cut[first]):
            continue
        for last in range(first, min(first + _MOST, len(words))):
            if last > first and (cut[last] or parts[last] in _FOREIGN):
                break
            if last - first + 1 >= _FEWEST and parts[last] in _ENDS:
                found.append(_phrase(text, words[first : last + 1], parts[first : last + 1], rank))
    return [phrase for phrase in found if len(phrase.text) <= _LONGEST_TITLE]


def best_title(
    phrases: Iterable[Phrase], telling: Mapping[str, float], taken: Collection[str]
) -> str:
    """Return the best phrase not taken yet (accent-folded), key words if there is none.

    `telling` gives the weight of each lemma in the group.
    """
    most = max(telling.values(), default=1.0)
    worth: dict[str, float] = {}
    shown: dict[str, str] = {}
    for phrase in phrases:
        title = _as_title(phrase.text)
        key = fold(title)
        shown.setdefault(key, title)
        # The same phrase said by another typical member is worth a little more.
        worth[key] = worth.get(key, 0.0) * 0.1 + max(
            worth.get(key, 0.0), _worth(phrase, telling, most)
        )
    for key in sorted(worth, key=lambda key: (-worth[key], key)):
        if key not in taken:
            return shown[key]
    return _from_keywords(telling, taken)


def _worth(phrase: Phrase, telling: Mapping[str, float], most: float) -> float:
    said = sum(
        telling.get(lemma, 0.0) / most * (0.4 if lemma in _EMPTY else 1.0)
        for lemma in dict.fromkeys(phrase.lemmas)
    )
    # One more word must say about as much as the mean of the others to be kept.
    density = said / (len(phrase.lemmas) + 0.8)
    shape = {2: 0.8, 3: 1.0, 4: 1.05, 5: 1.05, 6: 1.0, 7: 0.9}.get(phrase.size, 0.8)
    return density * shape / (1 + 0.04 * phrase.rank)


def _from_keywords(telling: Mapping[str, float], taken: Collection[str]) -> str:
    best = sorted(telling, key=lambda word: (-telling[word], word)) or ["besoins proches"]
    for size in range(3, len(best) + 1):
        title = _as_title(", ".join(best[:size]))
        if fold(title) not in taken:
            return title
    title, number = _as_title(", ".join(best[:3])), 2
    while fold(f"{title} {number}") in taken or (number == 2 and fold(title) not in taken):
        if fold(title) not in taken:
            return title
        number += 1
    return f"{title} {number}"


def _phrase(text: str, words: Sequence[Word], parts: Sequence[_Part], rank: int) -> Phrase:
    lemmas = tuple(
        fold(lemma)
        for (_, _, lemma), part in zip(words, parts, strict=True)
        if part is not _Part.LINK
    )
    written = " ".join(text[words[0][0] : words[-1][1]].split())
    return Phrase(text=written, lemmas=lemmas, size=len(words), rank=rank)


def _cuts(text: str, words: Sequence[Word], parts: Sequence[_Part]) -> list[bool]:
    """Say for each word whether a mark, or a sudden capital, parts it from the one before."""
    shouted = text.isupper()
    cuts = [True] * bool(words)
    for place, (one, two) in enumerate(pairwise(words), start=1):
        capital = text[two[0]].isupper() and not text[two[0] : two[1]].isupper()
        sudden = capital and not shouted and parts[place - 1] is not _Part.LINK
        cuts.append(sudden or bool(_CUT.search(text, one[1], two[0])))
    return cuts


def _may_begin(parts: Sequence[_Part], first: int, *, cut: bool) -> bool:
    """Say whether a title may begin here: with a noun that completes no other word."""
    if parts[first] is _Part.INFINITIVE:
        return True
    return parts[first] is _Part.NOUN and (cut or parts[first - 1] not in _COMPLETED)


@lru_cache(maxsize=100_000)
def _part(written: str, lemma: str) -> _Part:
    form, lemmas = written.lower(), load_words().lemmas
    plain = fold(form).rstrip("'")
    if plain in _LINKS or fold(lemma) in _LINKS:
        return _Part.LINK
    if len(plain) < 3 or plain[0].isdigit():
        return _Part.OTHER
    if {plain, fold(lemma)} & stop_words():
        return _Part.EMPTY_NOUN if lemmas.kind(form, lemma) is WordKind.NOUN else _Part.OTHER
    if written[0].isupper() and not written.isupper() and not lemmas.knows(form):
        return _Part.OTHER  # a name: titles name nobody, and places are told elsewhere
    return _PARTS[lemmas.kind(form, lemma)]


def _as_title(text: str) -> str:
    shouted = text.isupper() and len(text) > 6
    calm = _ARTICLE_AFTER_AND.sub(r"\1 ", text.lower() if shouted else text)
    return calm[:1].upper() + calm[1:]
