"""Known phrases found in a text, by the lemmas of its words: the longest at a place."""

from collections.abc import Sequence


class Phrases:
    """Phrases given by lemmas, each standing for one or several numbers."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._longest: dict[str, int] = {}

    def learn(self, lemmas: Sequence[str], number: int) -> None:
        """Add a phrase; one without words is nothing."""
        key = tuple(lemmas)
        if key and number not in self._numbers.get(key, ()):
            self._numbers[key] = (*self._numbers.get(key, ()), number)
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def found(self, lemmas: Sequence[str]) -> list[tuple[int, int, tuple[int, ...]]]:
        """Return (first word, last word, numbers) of each phrase found, in reading order."""
        hits: list[tuple[int, int, tuple[int, ...]]] = []
        position = 0
        while position < len(lemmas):
            room = min(self._longest.get(lemmas[position], 0), len(lemmas) - position)
            for size in range(room, 0, -1):
                numbers = self._numbers.get(tuple(lemmas[position : position + size]))
                if numbers:
                    hits.append((position, position + size - 1, numbers))
                    position += size - 1
                    break
            position += 1
        return hits
