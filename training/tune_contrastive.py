"""First vectors → vectors tuned so that texts that mean the same point the same way.

Three losses take turns: InfoNCE on pairs, one kind a batch so that the other texts of the batch
are hard negatives (Oord et al. 2018); supervised contrast on texts grouped by reading
(Khosla et al. 2020); CoSENT on sentence pairs scored by people (Su 2022).
"""

import argparse
from collections import defaultdict
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from lessons import (
    Codes,
    Grouped,
    Lexicon,
    Pairs,
    Texts,
    groups_by_set,
    pairs_by_kind,
    scored_pairs,
)
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, embedding_bag, normalize

PAIR_TEMPERATURE, GROUP_TEMPERATURE, SCORE_SCALE = 0.05, 0.1, 3.0
FORGOTTEN = 0.1  # share of words read by their n-grams alone, so that n-grams learn unknown words
RATE, WEIGHT_RATE = 7e-4, 1e-2  # faster learns the pairs by heart: see MODEL.md
POLISH_RATE, SCORED_BATCH = 1e-3, 256
TURNS = {
    "sheet-heading": 8.0,
    "sheet-half": 3.0,
    "sheet-title": 2.0,
    "sheet-folder": 1.0,
    "law": 1.0,
    "title": 4.0,
    "diagnosis": 1.0,
    "half": 1.0,
    "neighbour": 4.0,
    "canonical": 2.0,
    "synonym": 0.5,
    "needs": 3.0,
    "sectors": 2.0,
    "projects": 1.0,
    "sheets": 2.0,
    "scored": 8.0,
}


class Encoder(nn.Module):
    """The static model while it learns: rows of words and n-grams, and a weight a word."""

    def __init__(self, first: dict[str, NDArray[np.float32]], pieces: Texts) -> None:
        super().__init__()
        self.words = nn.Parameter(torch.tensor(first["word_rows"]))
        self.pieces = nn.Parameter(torch.tensor(first["piece_rows"]))
        self.log_weights = nn.Parameter(torch.tensor(np.log(first["weights"])))
        self.log_unknown = nn.Parameter(torch.tensor(np.log(first["unknown"])))
        self.pieces_of_words = pieces

    def read(self, codes: Codes) -> tuple[Tensor, Tensor, Tensor]:
        """Return the rows and the weights of the distinct words, and which of them each code is."""
        distinct, inverse = np.unique(codes, return_inverse=True)
        flat, offsets = self.pieces_of_words.bag(distinct)
        rows = embedding_bag(
            torch.from_numpy(flat), self.pieces, torch.from_numpy(offsets), mode="mean"
        )
        known = torch.from_numpy(distinct < len(self.words))
        forgotten = torch.rand(len(distinct)) < (FORGOTTEN if self.training else 0)
        safe = torch.from_numpy(np.minimum(distinct, len(self.words) - 1))
        rows = rows + nn.functional.embedding(safe, self.words) * (known & ~forgotten)[:, None]
        weights = torch.where(known, self.log_weights[safe], self.log_unknown).exp()
        return rows, weights, torch.from_numpy(inverse)

    def forward(self, codes: Codes, starts: Codes) -> Tensor:
        """Return the unit vectors of bags of words."""
        rows, weights, words = self.read(codes)
        bags = embedding_bag(words, rows * weights[:, None], torch.from_numpy(starts), mode="sum")
        return normalize(bags, dim=1)

    def both(self, pairs: Pairs, chosen: Codes) -> tuple[Tensor, Tensor]:
        """Return the vectors of the left and of the right texts chosen."""
        codes, starts = pairs.left.bag(chosen)
        right_codes, right_starts = pairs.right.bag(chosen)
        vectors = self(
            np.concatenate([codes, right_codes]),
            np.concatenate([starts, right_starts + len(codes)]),
        )
        return vectors[: len(chosen)], vectors[len(chosen) :]


def paired_contrast(model: Encoder, pairs: Pairs, chosen: Codes) -> Tensor:
    """Return the symmetric InfoNCE; texts that share their left text are no negatives."""
    left, right = model.both(pairs, chosen)
    label = torch.from_numpy(pairs.label[chosen])
    same = label[:, None] == label[None, :]
    same.fill_diagonal_(fill_value=False)
    scores = (left @ right.T / PAIR_TEMPERATURE).masked_fill(same, -1e4)
    target = torch.arange(len(left))
    return (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2


def grouped_contrast(model: Encoder, grouped: Grouped, chosen: Codes) -> Tensor:
    """Return the supervised contrastive loss of the texts with a companion in the batch."""
    vectors = model(*grouped.texts.bag(chosen))
    group = torch.from_numpy(grouped.group[chosen])
    scores = vectors @ vectors.T / GROUP_TEMPERATURE
    scores = scores - 1e4 * torch.eye(len(scores))
    same = group[:, None] == group[None, :]
    same.fill_diagonal_(fill_value=False)
    companions = same.sum(dim=1)
    kept = companions > 0
    logs = scores.log_softmax(dim=1).masked_fill(~same, 0)
    return -(logs.sum(dim=1)[kept] / companions[kept]).mean()


def ordered_scores(model: Encoder, pairs: Pairs, chosen: Codes) -> Tensor:
    """Return the CoSENT loss: a pair people score higher must have the higher cosine."""
    left, right = model.both(pairs, chosen)
    cosines, scores = (left * right).sum(dim=1), torch.from_numpy(pairs.label[chosen])
    gaps = SCORE_SCALE * (cosines[None, :] - cosines[:, None])
    wrong = gaps[scores[:, None] > scores[None, :]]
    return torch.logsumexp(torch.cat([torch.zeros(1), wrong]), dim=0) / 5


class School:
    """The lessons, and the loss of a batch of one of them."""

    def __init__(self, wanted: argparse.Namespace, lexicon: Lexicon) -> None:
        self.pairs = pairs_by_kind(wanted.pairs, lexicon, left_out=wanted.leave_out)
        self.groups = groups_by_set(wanted.groups, lexicon, left_out=wanted.leave_out)
        self.scored = scored_pairs(wanted.scored, lexicon)
        self.draw = np.random.default_rng(wanted.seed)
        self.batch: int = wanted.batch
        self.kinds = list(TURNS)
        self.shares = np.array(list(TURNS.values())) / sum(TURNS.values())

    def next_kind(self) -> str:
        """Draw what the next batch teaches; each set of labelled needs is a kind of its own."""
        kind = self.kinds[self.draw.choice(len(self.kinds), p=self.shares)]
        sets = [name for name in (*self.pairs, *self.groups) if name.startswith(f"{kind}-part-")]
        return sets[self.draw.integers(len(sets))] if sets else kind

    def loss(self, model: Encoder, kind: str) -> Tensor:
        """Return the loss of one batch of that kind."""
        if kind == "scored":
            return ordered_scores(
                model, self.scored, self.some_of(len(self.scored.left))[:SCORED_BATCH]
            )
        if kind in self.pairs:
            pairs = self.pairs[kind]
            return paired_contrast(model, pairs, self.some_of(len(pairs.left)))
        grouped = self.groups[kind]
        return grouped_contrast(model, grouped, self.some_of(len(grouped.texts)))

    def some_of(self, size: int) -> Codes:
        """Draw a batch without replacement."""
        return self.draw.choice(size, size=min(self.batch, size), replace=False)


def warming_then_falling(
    optimiser: torch.optim.Optimizer, *, warm: int, steps: int
) -> torch.optim.lr_scheduler.LambdaLR:
    """Return the schedule of a rate that rises for `warm` steps while it falls to nothing."""
    return torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / warm) * max(0.02, 1 - step / steps)
    )


def tune(model: Encoder, school: School, *, steps: int) -> None:
    """Run the lessons with a rate that warms up and then falls to nothing."""
    optimiser = torch.optim.Adam(
        [
            {"params": [model.words, model.pieces], "lr": RATE},
            {"params": [model.log_weights, model.log_unknown], "lr": WEIGHT_RATE},
        ],
        fused=True,
    )
    schedule = warming_then_falling(optimiser, warm=100, steps=steps)
    recent: dict[str, list[float]] = defaultdict(list)
    start = monotonic()
    for step in range(1, steps + 1):
        kind = school.next_kind()
        loss = school.loss(model, kind)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        recent[kind].append(loss.item())
        if step % 200 == 0:
            losses = {name: round(float(np.mean(last)), 2) for name, last in recent.items()}
            print(f"{step} {monotonic() - start:.0f} s {losses}", flush=True)
            recent.clear()


def polish(model: Encoder, school: School, *, steps: int) -> None:
    """End on scored pairs alone, weights of words fixed: costs 0.006 of precision on needs."""
    optimiser = torch.optim.Adam([model.words, model.pieces], lr=POLISH_RATE, fused=True)
    for _ in range(steps):
        loss = school.loss(model, "scored")
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def write_rows(out: Path, model: Encoder, first: dict[str, NDArray[np.float32]]) -> None:
    """Write the vocabulary, its counts, the rows of words and n-grams, the weights of words."""
    np.savez(
        out,
        words=first["words"],
        counts=first["counts"],
        word_rows=model.words.detach().numpy(),
        piece_rows=model.pieces.detach().numpy(),
        weights=model.log_weights.exp().detach().numpy(),
        unknown=np.float32(model.log_unknown.exp().item()),
    )


def add_lessons(parser: argparse.ArgumentParser) -> None:
    """Declare what the lessons are read from, and where what is learnt is written."""
    parser.add_argument("--first", type=Path, required=True, help="the rows to start from")
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--groups", type=Path, required=True)
    parser.add_argument("--scored", type=Path, required=True, help="stsb_fr_train.jsonl")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--leave-out", nargs="*", default=[], help="sets of groups not to learn")
    parser.add_argument("--seed", type=int, default=20260712)


def lessons_of(
    wanted: argparse.Namespace,
) -> tuple[dict[str, NDArray[np.float32]], Lexicon, School]:
    """Return the rows to start from, the words of every lesson, and the lessons."""
    with np.load(wanted.first, allow_pickle=False) as stored:
        first = {name: stored[name] for name in stored.files}
    lexicon = Lexicon(first["words"].tolist())
    return first, lexicon, School(wanted, lexicon)


def main() -> None:
    """Write tuned.npz: vocabulary, counts, rows of words and n-grams, weights of words."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_lessons(parser)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--polish", type=int, default=120)
    parser.add_argument("--batch", type=int, default=512)
    wanted = parser.parse_args()
    torch.manual_seed(wanted.seed)
    torch.set_num_threads(1)  # the same sums in the same order on any machine
    first, lexicon, school = lessons_of(wanted)
    model = Encoder(first, lexicon.pieces(len(first["piece_rows"])))
    tune(model, school, steps=wanted.steps)
    polish(model, school, steps=wanted.polish)
    write_rows(wanted.out, model, first)


if __name__ == "__main__":
    main()
