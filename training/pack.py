"""Trained rows → the one file that ships: words composed with their n-grams, 8 bits a number."""

import argparse
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from train_words import LONGEST_PIECE, SHORTEST_PIECE, piece_table

Floats = NDArray[np.float32]
UNKNOWN_FACTOR = 1.8  # chosen on development: a word never seen says more than training believes


def quantised(rows: Floats) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Return rows as signed bytes with one scale a row, the largest entry at 127."""
    scales = (np.abs(rows).max(axis=1) / 127).astype(np.float16)
    safe = np.maximum(scales.astype(np.float32), 1e-8)[:, None]
    return np.clip(np.rint(rows / safe), -127, 127).astype(np.int8), scales


def packed(
    words: list[str],
    word_rows: Floats,
    piece_rows: Floats,
    weights: Floats,
    *,
    unknown: float,
    name: str,
) -> bytes:
    """Return the bytes of the model: `weights` is one a word, `unknown` that of any other word."""
    table = piece_table(words, buckets=len(piece_rows))
    composed = (word_rows + table @ piece_rows) * weights[:, None]
    rows, scales = quantised(np.concatenate([composed, piece_rows * unknown]).astype(np.float32))
    stream = BytesIO()
    np.savez(
        stream,
        name=np.frombuffer(name.encode("ascii"), dtype=np.uint8),
        words=np.frombuffer("\n".join(words).encode("ascii"), dtype=np.uint8),
        rows=rows,
        scales=scales,
        piece_sizes=np.array([SHORTEST_PIECE, LONGEST_PIECE], dtype=np.int8),
    )
    return stream.getvalue()


def main() -> None:
    """Write the model file, whole or not at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trained", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="fabrique-fr-1")
    wanted = parser.parse_args()
    with np.load(wanted.trained, allow_pickle=False) as trained:
        content = packed(
            trained["words"].tolist(),
            trained["word_rows"],
            trained["piece_rows"],
            trained["weights"],
            unknown=UNKNOWN_FACTOR * float(trained["unknown"]),
            name=wanted.name,
        )
    unfinished = wanted.out.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(wanted.out)
    print(f"{wanted.out.name}: {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
