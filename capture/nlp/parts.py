"""What each word of a text may do in a label, told by tables and by the words around it.

Tables read « tourne », « prêté » or « ferme » as nouns: such a word is one only where a determiner
or a preposition announces it.
"""

import enum
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from capture.nlp.words import FR, Word, WordKind, fold, load_words, stop_words

# A mark, or the gap that a passage left out makes, parts two words.
_CUT = re.compile(r"[.,;:!?()\[\]{}«»\"“”\n\r\t–—/→•=+<>*|#@_]| -|- |\s{2}")
_SENTENCE = re.compile(r"[.:!?…\n\r«\"“•]| -")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICIPLE = re.compile(r"(?:é|és|ée|ées)$")
_OBJECTS = frozenset({"le", "la", "les", "l"})
OF = frozenset({"de", "d", "du", "des"})
# « un manger », « du savoir »; « de manger » and « à manger » are infinitives.
_NOUN_ONLY = frozenset({"un", "une", "du", "des", "au", "aux", "ce", "ces", "cet", "cette"})
_SHORTEST, _LONGEST = 3, 25


class Part(enum.Enum):
    """What a word may do in a label."""

    NOUN = enum.auto()
    ADJECTIVE = enum.auto()
    INFINITIVE = enum.auto()
    # Before its noun: « l’ancienne école ».
    FOREWORD = enum.auto()
    TIE = enum.auto()
    LOOSE_TIE = enum.auto()
    AND = enum.auto()
    ARTICLE = enum.auto()
    OTHER = enum.auto()


TELLING = frozenset({Part.NOUN, Part.ADJECTIVE, Part.FOREWORD, Part.INFINITIVE})


class Piece(NamedTuple):
    """A word of a text: where, its form with accents, as shown, its lemma, the lemma folded, what
    it does; `is_cut` when a mark parts it from the word before, `is_known` when it is common
    French: any other word may be a name or a slip.
    """

    start: int
    end: int
    form: str
    shown: str
    lemma: str
    key: str
    part: Part
    is_cut: bool
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    determiners: frozenset[str]
    articles: frozenset[str]
    ties: frozenset[str]
    loose_ties: frozenset[str]
    subjects: frozenset[str]
    auxiliaries: frozenset[str]
    between: frozenset[str]
    verbs: frozenset[str]
    fillers: frozenset[str]
    measures: frozenset[str]
    common: frozenset[str]
    announcing: frozenset[str]


def pieces_of(text: str) -> list[Piece]:
    """Return the words of a text in reading order."""
    words = load_words().words(text)
    shouted = text.isupper()
    forms = [_plain_form(text[start:end]) for start, end, _ in words]
    cuts = [
        place == 0 or bool(_CUT.search(text, words[place - 1][1], word[0]))
        for place, word in enumerate(words)
    ]
    parts: list[Part] = []
    for place, (start, end, lemma) in enumerate(words):
        written = text[start:end]
        # Names are written with a capital; so are the first words of sentences.
        opens = not place or _SENTENCE.search(text, words[place - 1][1], start)
        is_name = (
            written[0].isupper()
            and not shouted
            and not (opens and _is_known(forms[place], lemma))
            and not (written.isupper() and len(written) > 1)
        )
        parts.append(
            Part.OTHER if is_name else _part_at(place, words, forms, cuts, shouted=shouted)
        )
    return [
        Piece(
            start=start,
            end=end,
            form=form,
            shown=_shown(text[start:end], form, shouted=shouted),
            lemma=lemma,
            key=_key(lemma),
            part=part,
            is_cut=cut,
            is_known=_is_known(form, lemma),
        )
        for (start, end, lemma), form, part, cut in zip(words, forms, parts, cuts, strict=True)
    ]


def topics_of(key: str) -> frozenset[str]:
    """Return the sectors whose reviewed words hold a folded lemma, by their name."""
    return _topics().get(key, frozenset())


@lru_cache(maxsize=100_000)
def is_light(key: str) -> bool:
    """Say whether a folded lemma tells nothing of what a need is about."""
    lists = _lists()
    return key in lists.fillers or key in lists.measures or key in stop_words()


def _part_at(
    place: int,
    words: Sequence[Word],
    forms: Sequence[str],
    cuts: Sequence[bool],
    *,
    shouted: bool,
) -> Part:
    small = _small_word(forms[place], shouted=shouted)
    if small is not None:
        return small
    kinds = _kinds(forms[place], words[place][2])
    before = "" if cuts[place] else forms[place - 1]
    if WordKind.INFINITIVE in kinds:
        is_noun = WordKind.NOUN in kinds and before in _NOUN_ONLY
        return Part.NOUN if is_noun else Part.INFINITIVE
    if _is_announced(place, words, forms, cuts):
        is_foreword = _is_foreword(place, words, forms, cuts)
        return Part.FOREWORD if is_foreword else _likeliest(kinds, Part.NOUN, Part.ADJECTIVE)
    may_be_verb = WordKind.VERB in kinds and WordKind.ADJECTIVE not in kinds
    is_verb = (
        forms[place] in _lists().verbs
        or (forms[place].endswith("ant") and before == "en")
        or (may_be_verb and not _begins_a_name(place, forms, cuts))
        or (WordKind.ADJECTIVE in kinds and _tells_what_happened(place, words, forms, cuts))
    )
    if is_verb:
        return Part.OTHER
    opens = cuts[place] and not _PARTICIPLE.search(forms[place])
    order = (Part.NOUN, Part.ADJECTIVE) if opens else (Part.ADJECTIVE, Part.NOUN)
    return _likeliest(kinds, *order)


def _likeliest(kinds: Collection[WordKind], *parts: Part) -> Part:
    return next((part for part in parts if WordKind[part.name] in kinds), Part.OTHER)


def _is_announced(
    place: int, words: Sequence[Word], forms: Sequence[str], cuts: Sequence[bool]
) -> bool:
    """Say whether a determiner or a preposition stands before a word, or before its adjective."""
    # « en exploitant » says how, « en location » says what.
    if cuts[place] or (forms[place].endswith("ant") and forms[place - 1] == "en"):
        return False
    if forms[place - 1] in _lists().announcing:
        # « il la porte », « ne les aide »: a thing, not an article.
        is_object = forms[place - 1] in _OBJECTS and place > 1 and not cuts[place - 1]
        return not (is_object and forms[place - 2] in _lists().subjects)
    before = place - 1
    return _is_foreword(before, words, forms, cuts) and _is_announced(before, words, forms, cuts)


def _is_foreword(
    place: int, words: Sequence[Word], forms: Sequence[str], cuts: Sequence[bool]
) -> bool:
    """Say whether a word that may be an adjective stands before a noun."""
    if WordKind.ADJECTIVE not in _kinds(forms[place], words[place][2]):
        return False
    if place + 1 == len(words) or cuts[place + 1] or forms[place + 1] in _lists().announcing:
        return False
    after = _kinds(forms[place + 1], words[place + 1][2])
    return WordKind.NOUN in after and WordKind.ADJECTIVE not in after


def _tells_what_happened(
    place: int, words: Sequence[Word], forms: Sequence[str], cuts: Sequence[bool]
) -> bool:
    while place and not cuts[place]:
        place -= 1
        if words[place][2] in _lists().auxiliaries:
            return True
        if forms[place] not in _lists().between:
            return False
    return False


def _begins_a_name(place: int, forms: Sequence[str], cuts: Sequence[bool]) -> bool:
    """Say whether a word opens a clause as a noun does: alone, or before « de »."""
    if not cuts[place]:
        return False
    alone = place + 1 == len(forms) or cuts[place + 1]
    return alone or forms[place + 1] in OF


def _small_word(form: str, *, shouted: bool) -> Part | None:
    lists = _lists()
    if form in lists.ties or (form == "a" and shouted):
        return Part.TIE
    if form in lists.loose_ties:
        return Part.LOOSE_TIE
    if form == "et":
        return Part.AND
    return Part.ARTICLE if form in lists.articles else None


@lru_cache(maxsize=100_000)
def _kinds(form: str, lemma: str) -> frozenset[WordKind]:
    if not _SHORTEST <= len(form) <= _LONGEST or not _LETTERS.fullmatch(form):
        return frozenset()
    if {fold(form), fold(lemma)} & stop_words():
        return frozenset()
    kinds = load_words().lemmas.kinds(form, lemma) or {WordKind.NOUN}
    if kinds == {WordKind.ADVERB} or (WordKind.ADVERB in kinds and form.endswith("ment")):
        return frozenset()
    return frozenset(kinds)


@lru_cache(maxsize=100_000)
def _shown(written: str, form: str, *, shouted: bool) -> str:
    if form == "a":
        return "à"
    is_acronym = written.isupper() and not shouted and not load_words().lemmas.knows(form)
    return written if is_acronym else form


@lru_cache(maxsize=100_000)
def _plain_form(written: str) -> str:
    form = written.lower().rstrip("'’")
    return load_words().lemmas.accented(form)


@lru_cache(maxsize=100_000)
def _key(lemma: str) -> str:
    return fold(lemma)


@lru_cache(maxsize=100_000)
def _is_known(form: str, lemma: str) -> bool:
    lemmas = load_words().lemmas
    is_told = form in _lists().common or bool(topics_of(fold(lemma)))
    return is_told or lemmas.knows(form) or bool(lemmas.kinds(form, lemma))


@cache
def _lists() -> _Lists:
    told = tomllib.loads((FR / "labels.toml").read_text("utf-8"))
    lists = {name: frozenset(words) for name, words in told.items()}
    announcing = lists["determiners"] | lists["ties"] | lists["loose_ties"]
    return _Lists(announcing=announcing, **lists)


@cache
def _topics() -> Mapping[str, frozenset[str]]:
    sectors = tomllib.loads((FR / "sectors.toml").read_text("utf-8"))
    topics: defaultdict[str, set[str]] = defaultdict(set)
    for sector, words in sectors.items():
        for word in words:
            topics[fold(word)].add(sector)
    return {key: frozenset(found) for key, found in topics.items()}
