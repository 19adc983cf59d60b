"""Tuned vectors → a small transformer over the same rows, which knows the order of words.

It reads 800 texts a second where 20,000 are asked: it is not shipped, it teaches (`distil.py`).
Its two layers (Vaswani et al. 2017) add to the bag of words a correction that starts from nothing,
so that the first batch is as good as the tuned vectors; then it takes the same lessons.
"""

import argparse
from time import monotonic

import numpy as np
import torch
from lessons import Codes, Texts
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, normalize
from tune_contrastive import Encoder, School, add_lessons, lessons_of, warming_then_falling

LAYERS, HEADS, INNER, DROPOUT = 2, 4, 512, 0.1
LONGEST = 64  # words of a text that the layers read; the lessons have no longer ones
TOGETHER = 64  # texts of about one length that the layers read at a time: less is read for nothing
RATE, ROW_RATE, LARGEST_STEP = 5e-4, 1e-4, 1.0


class Teacher(Encoder):
    """The bag of words, and what two layers of attention add to it."""

    def __init__(self, first: dict[str, NDArray[np.float32]], pieces: Texts) -> None:
        super().__init__(first, pieces)
        columns = self.words.shape[1]
        self.places = nn.Parameter(torch.randn(LONGEST, columns) * 0.02)
        self.level = nn.LayerNorm(columns)
        layer = nn.TransformerEncoderLayer(
            columns,
            HEADS,
            INNER,
            dropout=DROPOUT,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.correction = nn.Linear(columns, columns)
        nn.init.zeros_(self.correction.weight)
        nn.init.zeros_(self.correction.bias)

    def forward(self, codes: Codes, starts: Codes) -> Tensor:
        """Return the unit vectors of texts, the order of their words counting."""
        rows, weights, words = self.read(codes)
        bags = embedding_bag(words, rows * weights[:, None], torch.from_numpy(starts), mode="sum")
        lengths = np.minimum(np.append(starts[1:], len(codes)) - starts, LONGEST)
        order = np.argsort(lengths, kind="stable")
        told = torch.cat(
            [
                self.told(rows, weights, words, starts[chosen], lengths[chosen])
                for chosen in np.array_split(order, -(-len(order) // TOGETHER))
            ]
        )
        correction = self.correction(told)[torch.from_numpy(np.argsort(order))]
        return normalize(normalize(bags, dim=1) + correction, dim=1)

    def told(
        self, rows: Tensor, weights: Tensor, words: Tensor, starts: Codes, lengths: Codes
    ) -> Tensor:
        """Return the mean of what the layers hear in each text, heavy words counting more."""
        place = np.arange(lengths.max())
        at = words[torch.from_numpy(np.minimum(starts[:, None] + place, len(words) - 1))]
        absent = torch.from_numpy(place >= lengths[:, None])
        heard = self.layers(
            self.level(rows[at]) + self.places[: len(place)], src_key_padding_mask=absent
        )
        shares = weights[at].masked_fill(absent, 0)
        return (heard * shares[..., None]).sum(dim=1) / shares.sum(dim=1, keepdim=True)

    def attentive(self) -> list[nn.Parameter]:
        """Return what the bag of words does not have."""
        return [
            self.places,
            *self.level.parameters(),
            *self.layers.parameters(),
            *self.correction.parameters(),
        ]


def teach(model: Teacher, school: School, *, steps: int) -> None:
    """Run the lessons; rows move less than layers, weights of words stay."""
    optimiser = torch.optim.Adam(
        [
            {"params": model.attentive(), "lr": RATE},
            {"params": [model.words, model.pieces], "lr": ROW_RATE},
        ],
        fused=True,
    )
    schedule = warming_then_falling(optimiser, warm=50, steps=steps)
    start = monotonic()
    for step in range(1, steps + 1):
        loss = school.loss(model, school.next_kind())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.attentive(), LARGEST_STEP)
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(f"{step} of {steps}, {monotonic() - start:.0f} s", flush=True)


def main() -> None:
    """Write teacher.pt: the state of the teacher."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_lessons(parser)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=256)
    wanted = parser.parse_args()
    torch.manual_seed(wanted.seed)
    torch.set_num_threads(1)
    first, lexicon, school = lessons_of(wanted)
    model = Teacher(first, lexicon.pieces(len(first["piece_rows"])))
    teach(model, school, steps=wanted.steps)
    torch.save(model.state_dict(), wanted.out)


if __name__ == "__main__":
    main()
