"""Files of needs read by people (JSON Lines: id, text, sector, group…) and of pairs (s1, s2)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

# Groups are comparable within a question, or within a part read by one annotator, not beyond.
_SET_COLUMNS = ("question", "part")
# Words of inference files that say « the second says the same »; numbers say it by 1.
_SAME = frozenset({"1", "true", "entailment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldNeed:
    """One need as a person read it; `group` is empty when it belongs to none."""

    id: str
    text: str
    sector: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """Needs whose groups may be compared with each other."""

    name: str
    needs: tuple[GoldNeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of texts with how alike people find them: `scores`, or `labels` (the same or not)."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    scores: tuple[float, ...] = ()
    labels: tuple[bool, ...] = ()


def read_gold(paths: Sequence[Path]) -> list[GoldSet]:
    """Return the sets of the files: one a file, one a question where a column names it."""
    sets: dict[str, list[GoldNeed]] = {}
    for path in paths:
        for row in rows_of(path):
            need = GoldNeed(
                id=str(row.get("id", "")),
                text=_text(row, "text", path),
                sector=str(row.get("sector") or ""),
                group=str(row.get("group") or ""),
            )
            sets.setdefault(_set_name(row, path), []).append(need)
    return [GoldSet(name=name, needs=tuple(needs)) for name, needs in sets.items()]


def read_pairs(path: Path) -> Pairs:
    """Return the pairs of a file; raises when it has neither a score nor a label."""
    rows = list(rows_of(path))
    first = tuple(_text(row, "s1", path) for row in rows)
    second = tuple(_text(row, "s2", path) for row in rows)
    if rows and all("score" in row for row in rows):
        scores = tuple(float(str(row["score"])) for row in rows)
        return Pairs(first=first, second=second, scores=scores)
    if rows and all("label" in row for row in rows):
        labels = tuple(str(row["label"]).lower() in _SAME for row in rows)
        return Pairs(first=first, second=second, labels=labels)
    raise typer.BadParameter(f"{path} : chaque ligne doit porter « score » ou « label »")


def read_texts(path: Path) -> list[str]:
    """Return the texts of a file of needs."""
    return [_text(row, "text", path) for row in rows_of(path)]


def rows_of(path: Path) -> Iterator[Mapping[str, object]]:
    """Yield the objects of a JSON Lines file; raises on the first line that is not one."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise typer.BadParameter(f"{path}, ligne {number} : pas du JSON") from error
            if not isinstance(row, dict):
                raise typer.BadParameter(f"{path}, ligne {number} : pas un objet")
            yield row


def _set_name(row: Mapping[str, object], path: Path) -> str:
    names = [str(row[column]) for column in _SET_COLUMNS if row.get(column) not in (None, "")]
    return " · ".join([path.stem, *names[:1]])


def _text(row: Mapping[str, object], name: str, path: Path) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise typer.BadParameter(f"{path} : il manque « {name} » dans une ligne")
    return value
