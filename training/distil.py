"""Teacher → static rows that find the texts of a batch as alike as the teacher finds them.

The student starts from the tuned rows. For each text of a batch, the Kullback–Leibler divergence
between what the teacher and the student find alike to it (Fang et al. 2021, SEED), and the squared
gap between their cosines. Nothing is labelled: only the texts of the lessons are read.
"""

import argparse
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from lessons import Codes
from torch import Tensor
from torch.nn.functional import kl_div
from train_teacher import Teacher
from tune_contrastive import (
    Encoder,
    School,
    add_lessons,
    lessons_of,
    warming_then_falling,
    write_rows,
)

TEMPERATURE, GAP_WEIGHT = 0.1, 20.0
RATE, WEIGHT_RATE = 5e-4, 5e-3
# The lessons whose texts are read: sentences of people, then of sheets.
PAIRS = ("half", "neighbour", "title", "sheet-half", "diagnosis")
GROUPS = ("needs", "sectors")


def some_texts(school: School) -> tuple[Codes, Codes]:
    """Draw a batch of texts of one lesson: their codes, and where each begins."""
    groups = [name for name in school.groups if name.startswith(GROUPS)]
    drawn = school.draw.integers(len(PAIRS) + len(groups))
    if drawn >= len(PAIRS):
        texts = school.groups[groups[drawn - len(PAIRS)]].texts
        return texts.bag(school.some_of(len(texts)))
    pairs = school.pairs[PAIRS[drawn]]
    chosen = school.some_of(len(pairs.left))[: school.batch // 2]
    codes, starts = pairs.left.bag(chosen)
    right_codes, right_starts = pairs.right.bag(chosen)
    return (
        np.concatenate([codes, right_codes]),
        np.concatenate([starts, right_starts + len(codes)]),
    )


def disagreement(taught: Tensor, found: Tensor) -> Tensor:
    """Return how far the cosines of a batch (n, n) are from those taught, the diagonal left out."""
    others = ~torch.eye(len(taught), dtype=torch.bool)
    taught, found = taught[others].view(len(taught), -1), found[others].view(len(found), -1)
    divergence = kl_div(
        (found / TEMPERATURE).log_softmax(dim=1),
        (taught / TEMPERATURE).log_softmax(dim=1),
        reduction="batchmean",
        log_target=True,
    )
    return divergence + GAP_WEIGHT * ((taught - found) ** 2).mean()


def distil(student: Encoder, teacher: Teacher, school: School, *, steps: int) -> None:
    """Bring the student near the teacher, with a rate that warms up and then falls to nothing."""
    teacher.eval()
    optimiser = torch.optim.Adam(
        [
            {"params": [student.words, student.pieces], "lr": RATE},
            {"params": [student.log_weights, student.log_unknown], "lr": WEIGHT_RATE},
        ],
        fused=True,
    )
    schedule = warming_then_falling(optimiser, warm=30, steps=steps)
    start = monotonic()
    for step in range(1, steps + 1):
        codes, starts = some_texts(school)
        with torch.no_grad():
            taught = teacher(codes, starts)
        found = student(codes, starts)
        loss = disagreement(taught @ taught.T, found @ found.T)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(f"{step} of {steps}, {monotonic() - start:.0f} s, {loss.item():.3f}", flush=True)


def main() -> None:
    """Write distilled.npz, in the form of tuned.npz."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_lessons(parser)
    parser.add_argument("--teacher", type=Path, required=True, help="teacher.pt of train_teacher")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=768)
    wanted = parser.parse_args()
    torch.manual_seed(wanted.seed)
    torch.set_num_threads(1)
    first, lexicon, school = lessons_of(wanted)
    pieces = lexicon.pieces(len(first["piece_rows"]))
    teacher, student = Teacher(first, pieces), Encoder(first, pieces)
    teacher.load_state_dict(torch.load(wanted.teacher, weights_only=True))
    distil(student, teacher, school, steps=wanted.steps)
    write_rows(wanted.out, student, first)


if __name__ == "__main__":
    main()
