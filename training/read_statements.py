"""Statements labelled by reading (`read_statements.tsv`) with their words; JSON Lines."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

READ = Path(__file__).with_name("read_statements.tsv")
# Parts drawn at random within sectors; the others were chosen where the machine hesitated.
DRAWN_AT_RANDOM = frozenset({*range(1, 9), *range(17, 40)})


def json_lines(path: Path) -> list[dict[str, str]]:
    """Return the rows of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A statement of a public meeting with what a reader said of it; empty where she said nothing.

    `part` is the hand that labelled it (see read_statements.md).
    """

    part: int
    text: str
    sector: str
    secondary: tuple[str, ...]
    need: bool
    polarity: str
    dimension: str
    canonical: str
    group: str


def read_statements(data: Path) -> Iterator[ReadStatement]:
    """Yield every statement; `data` holds the meetings (gdn_reunions_items.jsonl)."""
    texts = {row["id"]: row["text"] for row in json_lines(data / "gdn_reunions_items.jsonl")}
    with READ.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield ReadStatement(
                part=int(row["part"]),
                text=texts[row["id"]],
                sector=row["sector"],
                secondary=tuple(row["secondary"].replace(",", " ").split()),
                need=row["need"] == "1",
                polarity=row["polarity"],
                dimension=row["dimension"],
                canonical=row["canonical"],
                group=row["group"],
            )
