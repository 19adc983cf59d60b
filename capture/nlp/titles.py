"""Titles for groups: the phrase of a member that says most of what the group says, or else the
nouns that its members say most (« Vélo : location et réparation »).

A phrase is a run of words that a coordinator can read alone: a noun and what completes it, neither
a verb nor a mark, whole.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count

from capture.nlp.parts import OF, TELLING, Part, Piece, is_light, pieces_of, topics_of
from capture.nlp.words import fold

FEWEST_WORDS, MOST_WORDS = 3, 8
LONGEST_TITLE = 80
# Shared by so many of the typical members, one in five of them, a phrase is theirs and not one
# person's.
_SHARED, _SHARERS = 2, 5
# How much the word that opens a title must weigh beside the group's heaviest one.
_HEAVY = 0.45
# In a group so large, what one member says is not what the group says.
_CROWD = 6
# In a group so large, they must say more of it than its first word.
_SEVERAL = 4
_NOUNS_TRIED = 8
# What a word gains from being one of a sector, or of the sector of the word it stands beside.
_TOPIC, _KINDRED = 1.5, 1.4
# What a phrase loses or gains by a loose tie, by joining two things, by standing between marks, by
# being cut before « de »; and by its size in words.
_LOOSE, _JOINED, _ALONE, _SHORT = 0.6, 0.8, 1.25, 0.85
_SHAPES = {1: 0.6, 2: 0.9, 3: 1.0, 4: 1.05, 5: 1.05, 6: 1.0, 7: 0.9}
_AFTER = {
    Part.NOUN: {Part.ADJECTIVE, Part.TIE, Part.LOOSE_TIE, Part.AND},
    Part.ADJECTIVE: {Part.ADJECTIVE, Part.TIE, Part.LOOSE_TIE, Part.AND},
    Part.FOREWORD: {Part.NOUN},
    Part.TIE: {Part.NOUN, Part.FOREWORD, Part.ARTICLE, Part.INFINITIVE},
    Part.LOOSE_TIE: {Part.NOUN, Part.FOREWORD, Part.ARTICLE},
    Part.ARTICLE: {Part.NOUN, Part.FOREWORD},
    Part.AND: {Part.NOUN},
    Part.INFINITIVE: set[Part](),
}
_BEFORE_INFINITIVE = frozenset({"à", "pour"})
_COMPLETED = frozenset({Part.NOUN, Part.ADJECTIVE, Part.FOREWORD})
# « élèves | des écoles » is whole, « élèves | handicapés » is not.
_COMPLETES = frozenset({Part.NOUN, Part.ADJECTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A run of words of one member: as shown, its telling keys (the first is its head), its size in
    words, how many of its ties are loose, whether it joins two things, stands between marks, or
    leaves out what « de » adds to it, and whether its last word tells little."""

    text: str
    keys: tuple[str, ...]
    size: int
    loose: int
    joins: bool
    stands_alone: bool
    is_cut_short: bool
    ends_lightly: bool


def phrases_of(text: str, pieces: Sequence[Piece]) -> list[Phrase]:
    """Return the phrases of a text that could be a title, or its beginning."""
    found: list[Phrase] = []
    for first, piece in enumerate(pieces):
        if piece.part is not Part.NOUN or is_light(piece.key):
            continue
        if first and not piece.is_cut and pieces[first - 1].part in _COMPLETED:
            continue
        for last in range(first, min(first + MOST_WORDS, len(pieces))):
            if last > first and not _goes_on(pieces[last - 1], pieces[last]):
                break
            if _is_whole(pieces, last):
                found.append(_phrase(text, pieces, first, last))
    return [phrase for phrase in found if len(phrase.text) <= LONGEST_TITLE]


def titles_of(
    members: Sequence[Sequence[Phrase]],
    nouns: Mapping[str, str],
    telling: Mapping[str, float],
    shared: Collection[str],
) -> Iterator[str]:
    """Return possible titles, the best first and without end.

    `members` are the phrases of the most typical ones; `nouns` the form of each noun's key;
    `telling` gives the weight of each key in the group, words that may name somebody left out;
    `shared` are the keys of nouns that more than one member says.
    """
    phrases = _weighed(members, telling)
    yield from (
        phrase.text
        for phrase, support in phrases
        if phrase.size >= FEWEST_WORDS
        and _is_theirs(phrase, support, len(members), telling, shared)
    )
    cores = [
        (phrase.keys, phrase.text)
        for phrase, support in phrases
        if phrase.size == FEWEST_WORDS - 1 and support >= _SHARED
    ]
    best = sorted(nouns, key=lambda key: (-_worth_of(key, telling), key))[:_NOUNS_TRIED]
    heads = [core for core in cores if core[0][0] in best[:3]][:2]
    yield from _composed([*heads, *(((key,), nouns[key]) for key in best)], nouns, telling)
    simple = [f"Besoins proches\N{NO-BREAK SPACE}: {nouns[key]}" for key in best]
    yield from simple
    first = simple[0] if simple else "Besoins proches à nommer"
    yield first
    yield from (f"{first} ({number})" for number in count(2))


def best_title(titles: Iterable[str], taken: Collection[frozenset[str]]) -> str:
    """Return the first title that is not too long and like none of those taken."""
    return next(
        shown
        for title in titles
        if len(shown := _capital(title)) <= LONGEST_TITLE and alike_key(shown) not in taken
    )


def alike_key(title: str) -> frozenset[str]:
    """Return what two titles that a reader would take for one another have in common."""
    pieces = pieces_of(title.lower())
    keys = {piece.key.rstrip("sx") for piece in pieces if piece.part in TELLING}
    keys |= {piece.form for piece in pieces if piece.form.isdigit()}
    return frozenset(keys or {fold(title)})


def _weighed(
    members: Sequence[Sequence[Phrase]], telling: Mapping[str, float]
) -> list[tuple[Phrase, int]]:
    """Return each phrase that names nobody once, with how many members say it, the best first."""
    said: dict[frozenset[str], Counter[Phrase]] = {}
    support: Counter[frozenset[str]] = Counter()
    for phrases in members:
        own = [phrase for phrase in phrases if all(key in telling for key in phrase.keys)]
        support.update({frozenset(phrase.keys) for phrase in own})
        for phrase in own:
            said.setdefault(frozenset(phrase.keys), Counter())[phrase] += 1
    weighed = [
        (min(forms, key=lambda each: (-forms[each], each.size, each.text)), support[keys])
        for keys, forms in said.items()
    ]
    return sorted(weighed, key=lambda each: (-_worth(each[0], each[1], telling), each[0].text))


def _worth(phrase: Phrase, support: int, telling: Mapping[str, float]) -> float:
    keys = dict.fromkeys(phrase.keys)
    said = sum(_worth_of(key, telling) for key in keys)
    # One more word must say about as much as the mean of the others to be kept.
    density = said / (len(keys) + 0.8)
    shape = _SHAPES.get(phrase.size, 0.8) * _LOOSE**phrase.loose * (_JOINED if phrase.joins else 1)
    shape *= (_ALONE if phrase.stands_alone else 1) * (_SHORT if phrase.is_cut_short else 1)
    return density * shape * (1 + 0.25 * min(support - 1, 4))


def _worth_of(key: str, telling: Mapping[str, float]) -> float:
    return telling.get(key, 0.0) * (_TOPIC if topics_of(key) else 1.0)


def _is_theirs(
    phrase: Phrase,
    support: int,
    read: int,
    telling: Mapping[str, float],
    shared: Collection[str],
) -> bool:
    """Say whether a phrase is about what the group is about, and not one person's story."""
    heaviest = max(_worth_of(key, telling) for key in telling)
    heavy = [_worth_of(key, telling) >= _HEAVY * heaviest for key in phrase.keys]
    if support >= max(_SHARED, read / _SHARERS):
        return any(heavy)
    if not heavy[0] or phrase.loose or phrase.ends_lightly or read >= _CROWD:
        return False
    said = sum(key in shared for key in set(phrase.keys))
    is_headed = not shared or phrase.keys[0] in shared or read <= _SHARED
    return is_headed and (read < _SEVERAL or said > 1 or phrase.stands_alone)


def _composed(
    heads: Sequence[tuple[tuple[str, ...], str]],
    nouns: Mapping[str, str],
    telling: Mapping[str, float],
) -> Iterator[str]:
    for keys, head in heads:
        others = [key for key in nouns if not any(_akin(key, own) for own in keys)]
        worth = {key: _worth_of(key, telling) * _kinship(key, keys) for key in others}
        best = sorted(others, key=lambda key: (-worth[key], key))[:_NOUNS_TRIED]
        for one, two in combinations(best, 2):
            if not _akin(one, two):
                yield f"{head}\N{NO-BREAK SPACE}: {nouns[one]} et {nouns[two]}"
        yield from (f"{head} et {nouns[other]}" for other in best)


def _kinship(key: str, others: Sequence[str]) -> float:
    """Return more than 1 for a word of a sector that one of the others is of."""
    shares = any(topics_of(key) & topics_of(other) for other in others)
    return _KINDRED if shares else 1.0


def _akin(one: str, two: str) -> bool:
    """Say whether two words are of one family, as far as their beginning tells."""
    return one.startswith(two[:5]) or two.startswith(one[:5])


def _goes_on(before: Piece, piece: Piece) -> bool:
    if piece.is_cut or piece.part not in _AFTER[before.part]:
        return False
    if piece.part is Part.INFINITIVE:
        return before.form in _BEFORE_INFINITIVE
    return piece.part is not Part.ADJECTIVE or _agree(before, piece)


def _agree(noun: Piece, adjective: Piece) -> bool:
    """Say whether two words are both of one thing or of several; « bus », « prix » are either."""
    ends = tuple("sx")
    return noun.lemma.endswith(ends) or noun.form.endswith(ends) == adjective.form.endswith(ends)


def _is_whole(pieces: Sequence[Piece], last: int) -> bool:
    end = pieces[last]
    if end.part is Part.INFINITIVE:
        return _is_last(pieces, last)
    follows_on = not _is_last(pieces, last) and pieces[last + 1].part in _COMPLETES
    return end.part in _COMPLETES and not follows_on


def _is_last(pieces: Sequence[Piece], last: int) -> bool:
    return last + 1 == len(pieces) or pieces[last + 1].is_cut


def _phrase(text: str, pieces: Sequence[Piece], first: int, last: int) -> Phrase:
    own, is_last = pieces[first : last + 1], _is_last(pieces, last)
    return Phrase(
        text=shown(text, own),
        keys=tuple(piece.key for piece in own if piece.part in TELLING),
        size=len(own),
        loose=sum(piece.part is Part.LOOSE_TIE for piece in own),
        joins=any(piece.part is Part.AND for piece in own),
        stands_alone=own[0].is_cut and is_last,
        ends_lightly=is_light(own[-1].key),
        is_cut_short=not is_last and pieces[last + 1].form in OF,
    )


def shown(text: str, pieces: Sequence[Piece]) -> str:
    """Return words as a label shows them: calm, with their accents and French apostrophes."""
    said = ""
    for piece in pieces:
        written = text[piece.start : piece.end]
        said += piece.shown if not said or said.endswith("’") else f" {piece.shown}"
        said += "’" if written[-1] in "'’" else ""
    return said.replace("'", "’")


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]
