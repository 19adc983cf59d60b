"""Names of places by their first letter and length, to find the one that a wrong letter hides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# A shorter name has too many others one letter away, unless it is that of a town.
_LONG_ENOUGH = 6
_SHORTEST = 5
_TOWN = 10_000
_BY_FAR = 10


class NearNames:
    """Folded names that may be found one letter away (Damerau 1964)."""

    def __init__(self, names: Iterable[str], populations: Mapping[str, int] | None = None) -> None:
        self._populations = populations or {}
        self._by_shape: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for name in names:
            if len(name) >= _LONG_ENOUGH or self._is_short_town(name):
                self._by_shape[name[0], len(name)].append(name)

    def one_letter_away(self, name: str) -> str | None:
        """Return the name one letter away from this one; its first letter is right.

        Of several, it is the one of by far the most people; None when there is none such.
        """
        if len(name) < _SHORTEST:
            return None
        near = sorted(
            (
                other
                for length in range(len(name) - 1, len(name) + 2)
                for other, errors, _ in process.extract_iter(
                    name,
                    self._by_shape.get((name[0], length), ()),
                    scorer=OSA.distance,
                    score_cutoff=1,
                )
                if errors == 1 and (len(name) >= _LONG_ENOUGH or self._people(other) >= _TOWN)
            ),
            key=self._people,
        )
        if len(near) > 1 and self._people(near[-1]) < _BY_FAR * max(1, self._people(near[-2])):
            return None
        return near[-1] if near else None

    def _is_short_town(self, name: str) -> bool:
        return len(name) >= _SHORTEST and self._people(name) >= _TOWN

    def _people(self, name: str) -> int:
        return self._populations.get(name, 0)
