"""The things that needs are about, whatever they are called: the reviewed thesaurus.

« Docteur » and « généraliste » name one thing; « dentiste » names another of the same family.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain

import numpy as np
from scipy import sparse

from capture.nlp.lexical import Content, LexicalFeatures, load_lexical_features
from capture.nlp.phrases import Phrases
from capture.nlp.words import FR

Thesaurus = Mapping[str, Mapping[str, Sequence[str]]]
"""Family → thing → its names."""


class Things:
    """Finds the things that a text names. Things are numbered in the order of the thesaurus."""

    def __init__(self, thesaurus: Thesaurus, features: LexicalFeatures) -> None:
        self._phrases = Phrases()
        families: list[int] = []
        keys: list[str] = []
        for family, (title, things) in enumerate(thesaurus.items()):
            for key, names in things.items():
                keys.append(f"{title}.{key}")
                for name in names:
                    lemmas = [lemma for _, _, lemma in features.contents(name)]
                    self._phrases.learn(lemmas, len(families))
                families.append(family)
        self.keys = tuple(keys)
        self.family_of = tuple(families)
        self.width = len(families) + len(thesaurus)

    def named(self, contents: Sequence[Content]) -> list[tuple[int, int, int]]:
        """Return (first word, last word, thing) of each thing named, in reading order."""
        lemmas = [lemma for _, _, lemma in contents]
        return [
            (first, last, thing)
            for first, last, things in self._phrases.found(lemmas)
            for thing in things
        ]

    def told(self, texts: Sequence[Sequence[Content]]) -> sparse.csr_array:
        """Return (n, width), 1 for each thing that a text names, then for their families."""
        columns = [
            sorted(
                {
                    column
                    for _, _, thing in self.named(contents)
                    for column in (thing, len(self.family_of) + self.family_of[thing])
                }
            )
            for contents in texts
        ]
        ends = np.cumsum([0, *map(len, columns)])
        flat = np.fromiter(chain.from_iterable(columns), np.int32, int(ends[-1]))
        ones = np.ones(len(flat), np.float32)
        return sparse.csr_array((ones, flat, ends), shape=(len(texts), self.width))


@cache
def load_things() -> Things:
    """Load the reviewed thesaurus."""
    thesaurus = tomllib.loads((FR / "things.toml").read_text("utf-8"))
    return Things(thesaurus, load_lexical_features())
