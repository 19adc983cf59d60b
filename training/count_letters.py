"""Count in how many statements each run of letters stands, and write `letters.npz`.

    python training/count_letters.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl). The rarity of a run is its smoothed inverse
document frequency (Sparck Jones 1972), kept in steps of 0.05.
"""

import argparse
from pathlib import Path

import numpy as np
from read_statements import json_lines

from capture.nlp.letters import BUCKETS, STEPS, letter_counts

OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "letters.npz"


def main() -> None:
    """Write the rarity of every bucket."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    path: Path = parser.parse_args().data / "gdn_reunions_items.jsonl"
    texts = [row["text"] for row in json_lines(path)]
    seen = np.bincount(letter_counts(texts).indices, minlength=BUCKETS)
    rarity = np.log((1 + len(texts)) / (1 + seen)) + 1
    np.savez_compressed(OUT, rarity=np.round(rarity * STEPS).astype(np.uint8))
    print(f"{len(texts)} texts; {OUT.name}: {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
