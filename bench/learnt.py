"""Which texts the shipped models were taught the sector or the group of: figures on those say how
well the models remember, not how they read what is new.

`training/list_learnt.py` keeps the texts themselves out: each is a number of eight bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.nlp.vectorise import words_of

LEARNT = Path(__file__).parents[1] / "training" / "learnt_texts.npz"
Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """The texts taught: those whose sector was, and those whose group was too."""

    sectors: Keys
    groups: Keys

    def with_sector(self, texts: Sequence[str]) -> int:
        """Return how many of the texts were taught with their sector."""
        return int(np.isin(keys_of(texts), self.sectors).sum())

    def with_group(self, texts: Sequence[str]) -> int:
        """Return how many of the texts were taught with their group."""
        return int(np.isin(keys_of(texts), self.groups).sum())


def keys_of(texts: Sequence[str]) -> Keys:
    """Return the (n,) numbers of texts, the same whatever the case, accents and punctuation."""
    digests = (blake2b(" ".join(words_of(text)).encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


@cache
def load_learnt() -> Learnt:
    """Read the list shipped with the training scripts."""
    with np.load(LEARNT, allow_pickle=False) as stored:
        return Learnt(sectors=stored["keys"], groups=stored["keys"][stored["has_group"]])
