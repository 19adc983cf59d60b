"""Count in how many statements words and runs of letters stand: `lexical.npz`, `letters.npz`.

    python training/count_rarities.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl). The rarity of a feature or a run is its
smoothed inverse document frequency (Sparck Jones 1972); that of runs is kept in steps of 0.05.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import json_lines
from scipy.sparse import csr_array

from capture.nlp.letters import STEPS, letter_counts
from capture.nlp.lexical import load_lexical_features

MODEL = Path(__file__).parents[1] / "capture" / "nlp" / "model"


def rarity_of(counts: csr_array) -> NDArray[np.float32]:
    """Return the rarity of each column of the counts (texts, columns)."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity: NDArray[np.float32] = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    return rarity.astype(np.float32)


def lexical_arrays(texts: list[str]) -> dict[str, NDArray[np.generic]]:
    """Return the rarity of features: one value for those never seen, 1 for the lexicon."""
    features = load_lexical_features()
    rarity = rarity_of(features.counts([features.contents(text) for text in texts]))
    rarest = rarity.max()
    rarity[features.channels[3][0] :] = 1
    seen = np.flatnonzero(rarity != rarest)
    return {
        "seen": seen.astype(np.int32),
        "rarity": rarity[seen].astype(np.float16),
        "rarest": np.float32(rarest),
    }


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    meetings = json_lines(parser.parse_args().data / "gdn_reunions_items.jsonl")
    texts = [row["text"] for row in meetings if row["split"] != "test"]
    letters = rarity_of(letter_counts(texts))
    np.savez_compressed(MODEL / "lexical.npz", **lexical_arrays(texts))
    np.savez_compressed(MODEL / "letters.npz", rarity=np.round(letters * STEPS).astype(np.uint8))
    for name in ("lexical.npz", "letters.npz"):
        print(f"{len(texts)} texts; {name}: {(MODEL / name).stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
