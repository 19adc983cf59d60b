"""Files of needs (CSV, XLSX, JSON Lines) to entries: columns recognised by name, each refused line
with its number, its field and the reason. Nothing is written here."""

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from charset_normalizer import from_bytes
from openpyxl.utils.exceptions import InvalidFileException

from capture.intake import NeedEntry
from capture.models import SOURCE_ID_MAX, SOURCE_MAX, NeedKind
from fabrique.core.errors import Invalid
from fabrique.core.people import Quality
from fabrique.core.places import Gazetteer
from fabrique.core.text import clean_text, fold

TEXT_MIN_LETTERS = 10
# A page of minutes holds about 3,000 signs: beyond six pages it is a report, not a need.
TEXT_MAX = 20_000

# What French spreadsheets were saved in before UTF-8: a short text alone could be anything.
_OLD_ENCODINGS = ("cp1252", "mac_roman", "utf_16")

# A name with one typing error in seven letters is sure enough; beyond it could be another place.
_SURE_LIKENESS = 0.85

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source_id": ("id", "source id", "identifiant", "reference", "numero", "n°"),
    "text": ("text", "texte", "besoin", "le besoin", "description", "contribution", "verbatim"),
    "title": ("title", "titre", "en une phrase", "objet", "intitule"),
    "commune": ("commune", "ville", "lieu", "place", "insee", "code insee", "code commune"),
    "postal_code": ("code postal", "cp", "postal code", "postcode"),
    "observed_on": ("date", "observed on", "date du besoin", "jour"),
    "kind": ("kind", "type", "nature"),
    "quality": ("quality", "qualite", "submitter", "qui"),
}
_KINDS = {
    "besoin": NeedKind.NEED,
    "constat": NeedKind.NEED,
    "idee": NeedKind.IDEA,
    "proposition": NeedKind.IDEA,
    "lieu": NeedKind.PLACE,
    "ressource": NeedKind.PLACE,
    "solution vue ailleurs": NeedKind.SEEN_ELSEWHERE,
} | {fold(kind.value).replace("_", " "): kind for kind in NeedKind}
_QUALITIES = {
    "habitant": Quality.RESIDENT,
    "habitante": Quality.RESIDENT,
    "association": Quality.ASSOCIATION,
    "elu": Quality.ELECTED,
    "elue": Quality.ELECTED,
    "technicien": Quality.TECHNICIAN,
    "technicienne": Quality.TECHNICIAN,
    "entreprise": Quality.BUSINESS,
    "commercant": Quality.BUSINESS,
    "employeur": Quality.EMPLOYER,
} | {quality.value: quality for quality in Quality}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A line that cannot be taken: where, which field, why (a code and the value met)."""

    line: int
    source_id: str
    field: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsFile:
    """What a file holds once read: entries in order, and the refused lines."""

    entries: Sequence[NeedEntry]
    refusals: Sequence[Refusal]


Row = Mapping[str, object]


class _RefusedError(Exception):
    def __init__(self, field: str, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.field, self.reason, self.value = field, reason, value


def read_needs_file(
    path: Path, *, source: str, places: Gazetteer, progress: Callable[[int], None] = lambda _: None
) -> NeedsFile:
    """Read a file of needs; raises ``Invalid`` if it cannot be opened or has no text column.

    ``source`` names where the identifiers come from. ``progress`` is told each line read.
    """
    if not path.is_file():
        raise Invalid("file.missing", field="fichier", name=str(path))
    source = _shortened(source, SOURCE_MAX)
    entries: list[NeedEntry] = []
    refusals: list[Refusal] = []
    communes = _CommuneReader(places)
    for line, row in _rows(path):
        progress(1)
        source_id = _shortened(_words(row.get("source_id")) or _content_id(row), SOURCE_ID_MAX)
        try:
            entries.append(_entry(row, source=source, source_id=source_id, communes=communes))
        except _RefusedError as refused:
            refusals.append(
                Refusal(
                    line=line,
                    source_id=source_id,
                    field=refused.field,
                    reason=refused.reason,
                    value=refused.value[:80],
                )
            )
    return NeedsFile(entries=entries, refusals=refusals)


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    match path.suffix.lower():
        case ".jsonl" | ".ndjson":
            yield from _json_rows(path)
        case ".csv" | ".tsv" | ".txt":
            yield from _table_rows(_csv_table(path))
        case ".xlsx":
            yield from _table_rows(_xlsx_table(path))
        case suffix:
            raise Invalid("file.kind_unknown", field="fichier", suffix=suffix)


def _json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    # Only a line feed ends a line: others, such as U+2028, may stand inside a JSON string.
    for number, line in enumerate(io.StringIO(_decoded(path.read_bytes()), newline="\n"), start=1):
        if not line.strip():
            continue
        try:
            decoded = json.loads(line)
        except ValueError:
            yield number, {"broken": line}
            continue
        if not isinstance(decoded, dict):
            yield number, {"broken": line}
            continue
        yield number, _named(decoded)


def _csv_table(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    content = path.read_bytes()
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid("file.not_text", field="fichier")
    text = _decoded(content)
    first_line = text.partition("\n")[0]
    delimiter = max(";,\t|", key=first_line.count)
    # The module's own limit refuses a field above 131,072 signs with an exception for the whole
    # file; ours refuses the line and says so.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    # Strict: an open quote would melt the lines that follow it into one.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise Invalid("file.csv_broken", field="fichier", line=reader.line_num) from error


def _decoded(content: bytes) -> str:
    """The text of a file whatever old encoding it was saved in."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        guessed = from_bytes(content[:200_000], cp_isolation=list(_OLD_ENCODINGS)).best()
        return content.decode(guessed.encoding if guessed else "cp1252", errors="replace")


def _xlsx_table(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise Invalid("file.xlsx_broken", field="fichier") from error
    try:
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if any(cell is not None for cell in row):
                yield number, row
    finally:
        book.close()


def _table_rows(table: Iterator[tuple[int, Sequence[object]]]) -> Iterator[tuple[int, Row]]:
    _line, header = next(table, (0, ()))
    names = [_words(cell) for cell in header]
    fields = [_field_of(name) for name in names]
    if "text" not in fields:
        raise Invalid(
            "file.no_text_column",
            field="fichier",
            columns=", ".join(name for name in names if name),
        )
    for number, cells in table:
        row: dict[str, object] = {}
        for field, cell in zip(fields, cells, strict=False):
            if field is not None:
                row.setdefault(field, cell)
        if len(cells) > len(fields) and any(_words(cell) for cell in cells[len(fields) :]):
            row["broken"] = "; ".join(_words(cell) for cell in cells)
        yield number, row


def _named(decoded: Mapping[str, object]) -> Row:
    row: dict[str, object] = {}
    for name, value in decoded.items():
        field = _field_of(name)
        if field == "commune" and isinstance(value, dict):
            row["commune"] = value.get("code_insee") or value.get("commune")
            row["commune_name"] = value.get("commune")
            row["postal_code"] = value.get("code_postal")
        elif field is not None:
            row.setdefault(field, value)
    return row


def _field_of(name: str) -> str | None:
    folded = fold(name).replace("_", " ").strip(" *★:")
    for field, known in _COLUMNS.items():
        if folded in known:
            return field
    return None


def _entry(row: Row, *, source: str, source_id: str, communes: "_CommuneReader") -> NeedEntry:
    if "broken" in row:
        raise _RefusedError("ligne", "line.broken", _words(row["broken"]))
    if isinstance(row.get("text"), (list, dict)):
        raise _RefusedError("texte", "text.not_words", _words(row["text"]))
    text = _long_words(row.get("text"))
    if len(text) > TEXT_MAX:
        raise _RefusedError("texte", "text.too_long", str(len(text)))
    if sum(char.isalpha() for char in text) < TEXT_MIN_LETTERS:
        raise _RefusedError("texte", "text.too_short", text)
    return NeedEntry(
        text=text,
        title=_words(row.get("title"))[:200],
        commune=communes.insee_code(row),
        kind=_KINDS.get(fold(_words(row.get("kind"))).replace("_", " "), NeedKind.NEED),
        quality=_QUALITIES.get(fold(_words(row.get("quality"))), Quality.RESIDENT),
        observed_on=_date(row.get("observed_on")),
        source=source,
        source_id=source_id,
    )


class _CommuneReader:
    """Finds the commune of a row; the same words are looked up once."""

    def __init__(self, places: Gazetteer) -> None:
        self._places = places
        self._known: dict[tuple[str, str, str], str | _RefusedError] = {}

    def insee_code(self, row: Row) -> str | None:
        """The INSEE code, None if the row names no place; refuses one nobody knows."""
        code, name, postal = (
            _words(row.get(field)) for field in ("commune", "commune_name", "postal_code")
        )
        if not (code or name or postal):
            return None
        key = (code, name, postal)
        if key not in self._known:
            self._known[key] = self._look_up(*key)
        found = self._known[key]
        if isinstance(found, _RefusedError):
            raise found
        return found

    def _look_up(self, code: str, name: str, postal: str) -> "str | _RefusedError":
        commune = self._places.commune(code) if code else None
        if commune is not None:
            return commune.insee_code
        asked = f"{name or code} {postal}".strip()
        found = self._places.find(asked, limit=2)
        if not found or (not postal and found[0].likeness < _SURE_LIKENESS):
            return _RefusedError("commune", "commune.unknown", asked)
        if not postal and all(answer.is_exact for answer in found) and len(found) > 1:
            return _RefusedError("commune", "commune.homonyms", asked)
        return found[0].commune.insee_code


def _date(value: object) -> dt.date | None:
    match value:
        case None | "":
            return None
        case dt.datetime():
            return value.date()
        case dt.date():
            return value
    words = _words(value)
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"):
        try:
            return dt.datetime.strptime(words[:10], pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise _RefusedError("date", "date.unreadable", words)


def _words(value: object) -> str:
    return " ".join(_long_words(value).split())


def _long_words(value: object) -> str:
    return "" if value is None else clean_text(str(value)).strip()


def _shortened(name: str, limit: int) -> str:
    """The name within the limit; two long names that begin alike stay two."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name[: limit - 17]}-{digest}"


def _content_id(row: Row) -> str:
    # A row without identifier is recognised by its content, so that the same file twice adds
    # nothing.
    content = "\x1f".join(f"{name}={_words(row[name])}" for name in sorted(row))
    return hashlib.sha256(content.encode()).hexdigest()[:24]
