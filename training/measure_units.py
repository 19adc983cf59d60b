"""Print how well messages are cut into units of meaning (`capture/nlp/splitting.py`).

    python training/measure_units.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl). `read_units.tsv`, beside this script, tells
for 550 statements where a reader passes to another need (offsets in the text, its spaces made one);
nothing is learnt from it.
"""

import argparse
import csv
from pathlib import Path

from read_statements import json_lines

from capture.nlp.language import load_language
from fabrique.core.places import PlaceNames

READ = Path(__file__).with_name("read_units.tsv")
# A cut before or after a mark of punctuation is the same cut.
_SAME = 4


def found_near(cut: int, others: set[int]) -> bool:
    """Whether one of the other cuts is the same."""
    return any(abs(cut - other) <= _SAME for other in others)


def main() -> None:
    """Compare the cuts of the machine with those of the reader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    rows = json_lines(parser.parse_args().data / "gdn_reunions_items.jsonl")
    texts = {row["id"]: " ".join(row["text"].split()) for row in rows}
    with READ.open(encoding="utf-8", newline="") as lines:
        told = {
            row["id"]: {int(cut) for cut in row["cuts"].split(",") if cut}
            for row in csv.DictReader(lines, delimiter="\t")
        }
    units = load_language(PlaceNames()).units_of_meaning([texts[one] for one in told])
    cuts = [{unit.start for unit in found[1:]} for found in units]
    pairs = list(zip(cuts, told.values(), strict=True))
    right = sum(found_near(cut, read) for found, read in pairs for cut in found)
    heard = sum(found_near(cut, found) for found, read in pairs for cut in read)
    made, wanted = sum(map(len, cuts)), sum(map(len, told.values()))
    print(
        f"{len(told)} statements; {made} cuts, {right} of them the reader's"
        f" (precision {right / max(made, 1):.2f}); {heard} of her {wanted} found"
        f" (recall {heard / wanted:.2f})"
    )


if __name__ == "__main__":
    main()
