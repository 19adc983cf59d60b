"""Names of places by their first letter and length, to find the one that a wrong letter hides."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

# A shorter name has too many others one letter away.
_LONG_ENOUGH = 6


class NearNames:
    """Folded names that may be found one letter away (Damerau 1964)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_shape: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for name in names:
            if len(name) >= _LONG_ENOUGH:
                self._by_shape[name[0], len(name)].append(name)

    def one_letter_away(self, name: str) -> str | None:
        """Return the only name one letter away from this one; its first letter is right."""
        if len(name) < _LONG_ENOUGH:
            return None
        near = [
            other
            for length in range(len(name) - 1, len(name) + 2)
            for other in self._by_shape.get((name[0], length), ())
            if OSA.distance(name, other, score_cutoff=1) == 1
        ]
        return near[0] if len(near) == 1 else None
