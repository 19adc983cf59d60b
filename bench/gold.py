"""Files of needs read by people (JSON Lines: id, text, sector, group…) and of pairs (s1, s2).

What cannot be measured is refused with its file and its line.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

# Groups are comparable within a question, or within a part read by one annotator, not beyond.
_SET_COLUMNS = ("question", "part")
# What files write for « the second says the same » and for « it does not »: numbers, truth values,
# words of inference files.
_LABELS = {
    "1": True,
    "true": True,
    "entailment": True,
    "0": False,
    "false": False,
    "neutral": False,
    "contradiction": False,
}
_MEASURES = ("score", "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The object of one line; `where` names its file and line."""

    where: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldNeed:
    """One need as a person read it; `group` is empty when it belongs to none.

    `secondary` is None when the person was not asked; `where` names the file and line.
    """

    id: str
    text: str
    sector: str
    secondary: tuple[str, ...] | None
    group: str
    where: str


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
    """Return the sets of the files: one a file, one a question where a column names it.

    Raises ``typer.BadParameter`` on a file without needs and on a line that is not one.
    """
    sets: dict[str, list[GoldNeed]] = {}
    for path in paths:
        for row in _some_rows(path):
            need = GoldNeed(
                id=str(row.values.get("id", "")),
                text=_text(row, "text"),
                sector=_name(row, "sector"),
                secondary=_names(row, "secondary"),
                group=_name(row, "group"),
                where=row.where,
            )
            sets.setdefault(_set_name(row, path), []).append(need)
    return [GoldSet(name=name, needs=tuple(needs)) for name, needs in sets.items()]


def read_pairs(path: Path) -> Pairs:
    """Return the pairs of a file; raises ``typer.BadParameter`` when a line has neither a score nor
    a label, or one that cannot be understood.
    """
    rows = _some_rows(path)
    first = tuple(_text(row, "s1") for row in rows)
    second = tuple(_text(row, "s2") for row in rows)
    for row in rows:
        if not any(name in row.values for name in _MEASURES):
            raise typer.BadParameter(f"{row.where} : il manque « score » ou « label ».")
    if all("score" in row.values for row in rows):
        return Pairs(first=first, second=second, scores=tuple(_score(row) for row in rows))
    for row in rows:
        if "label" not in row.values:
            raise typer.BadParameter(
                f"{row.where} : il manque « label », que porte une autre ligne."
                " Donnez « score » à chaque ligne, ou « label » à chaque ligne."
            )
    return Pairs(first=first, second=second, labels=tuple(_label(row) for row in rows))


def read_texts(path: Path) -> list[str]:
    """Return the texts of a file of needs; raises ``typer.BadParameter`` when there is none."""
    return [_text(row, "text") for row in _some_rows(path)]


def read_ids(path: Path) -> set[str]:
    """Return the ids of a file of needs; raises ``typer.BadParameter`` on a line without one."""
    rows = _some_rows(path)
    for row in rows:
        if row.values.get("id") is None:
            raise typer.BadParameter(f"{row.where} : il manque « id ».")
    return {str(row.values["id"]) for row in rows}


def _rows(path: Path) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file; raises ``typer.BadParameter`` when it cannot be read,
    and on the first line that is not an object.
    """
    try:
        lines = path.open("rb")
    except FileNotFoundError as error:
        raise typer.BadParameter(f"{path} : ce fichier n’existe pas.") from error
    except OSError as error:
        raise typer.BadParameter(f"{path} : ce fichier ne peut pas être lu.") from error
    with lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _row(line, where=f"{path}, ligne {number}", is_first=number == 1)


def _row(line: bytes, *, where: str, is_first: bool) -> Row:
    try:
        # Spreadsheets of Windows open a file with a mark of their own.
        values = json.loads(line.decode("utf-8-sig" if is_first else "utf-8"))
    except UnicodeDecodeError as error:
        raise typer.BadParameter(
            f"{where} : ce n’est pas de l’UTF-8. Enregistrez le fichier en UTF-8."
        ) from error
    except ValueError as error:
        raise typer.BadParameter(f"{where} : ce n’est pas du JSON.") from error
    if not isinstance(values, dict):
        raise typer.BadParameter(f"{where} : il faut un objet JSON, entre accolades.")
    return Row(where=where, values=values)


def _some_rows(path: Path) -> list[Row]:
    rows = list(_rows(path))
    if not rows:
        raise typer.BadParameter(f"{path} : ce fichier est vide.")
    return rows


def _set_name(row: Row, path: Path) -> str:
    values = row.values
    names = [str(values[name]) for name in _SET_COLUMNS if values.get(name) not in (None, "")]
    return " · ".join([path.stem, *names[:1]])


def _text(row: Row, name: str) -> str:
    value = row.values.get(name)
    if value is None:
        raise typer.BadParameter(f"{row.where} : il manque « {name} ».")
    if not isinstance(value, str):
        raise typer.BadParameter(f"{row.where} : « {name} » doit être un texte.")
    return value


def _name(row: Row, name: str) -> str:
    """Return a name, which may be a number, or nothing when the line has none."""
    value = row.values.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise typer.BadParameter(f"{row.where} : « {name} » doit être un nom ou un nombre.")
    return str(value)


def _names(row: Row, name: str) -> tuple[str, ...] | None:
    value = row.values.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise typer.BadParameter(f"{row.where} : « {name} » doit être une liste de noms.")
    return tuple(value)


def _score(row: Row) -> float:
    value = row.values["score"]
    try:
        score = float(str(value))
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise typer.BadParameter(
            f"{row.where} : « score » doit être un nombre, et non {_shown(value)}."
        )
    return score


def _label(row: Row) -> bool:
    value = row.values["label"]
    written = f"{value:g}" if isinstance(value, float) else str(value).strip().lower()
    if written not in _LABELS:
        raise typer.BadParameter(
            f"{row.where} : « label » doit être 1 ou 0, et non {_shown(value)}."
        )
    return _LABELS[written]


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
