"""Train what cuts a message into units of meaning (`capture/nlp/model/cutting.npz`); measure it.

    python training/train_cutting.py --data FOLDER

`cut_messages.jsonl`, beside this script, teaches; `cut_messages_measure.jsonl` measures (see
cut_messages.md). The demonstration's messages, told as people tell them, teach too: each tells one
need but those whose author numbers several; and 550 statements of the meetings of FOLDER
(gdn_reunions_items.jsonl), for which `read_units.tsv` tells where a reader passes to another need.
Penalised logistic regression on the signs of every place where a message may pass to another need.
"""

import argparse
import csv
import json
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import json_lines
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from capture.nlp.language import Language, load_language
from capture.nlp.passages import boundaries
from capture.nlp.splitting import CuttingModel, ToldPassages, signs_of, units_of_meaning
from fabrique.core.places import PlaceNames

HERE = Path(__file__).parent
TAUGHT, MEASURED = HERE / "cut_messages.jsonl", HERE / "cut_messages_measure.jsonl"
STORIES = HERE.parent / "fabrique" / "demo" / "data" / "needs.jsonl"
OUT = HERE.parent / "capture" / "nlp" / "model" / "cutting.npz"
# Messages of the demonstration that number several needs teach nothing here.
_NUMBERED = re.compile(r"(?:^|\s)(?:1[).]|Point \d|trois sujets)", re.IGNORECASE)
READ = HERE / "read_units.tsv"
# Statements of politics count less than needs.
READ_SHARE = 0.3
# Inverse of the penalty, by folds of the messages; stories are three times as many.
INVERSE_PENALTY = 0.03
# On the half that has not taught, eight cuts in ten are right and one story in twenty is cut.
THRESHOLD = 0.2
# A reader's cut and ours may differ by a mark or a small word.
_SAME = 4

Message = tuple[str, list[int]]
"""A text and where each unit but the first starts."""


def messages(path: Path) -> list[Message]:
    """Return the messages of a file with their cuts."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["text"], [start for start, _ in row["units"][1:]]) for row in rows]


def stories() -> list[Message]:
    """Return the messages of the demonstration that tell one need."""
    with STORIES.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    return [(text, []) for text in texts if not _NUMBERED.search(text)]


def statements(data: Path) -> list[Message]:
    """Return the statements read, their spaces made one, with their cuts."""
    texts = {row["id"]: row["text"] for row in json_lines(data / "gdn_reunions_items.jsonl")}
    with READ.open(encoding="utf-8", newline="") as lines:
        return [
            (
                " ".join(texts[row["id"]].split()),
                [int(cut) for cut in row["cuts"].split(",") if cut],
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def taught(told: list[Message], language: Language) -> tuple[NDArray[np.float64], list[bool]]:
    """Return the signs (n, 17) of all boundaries, and whether a reader cuts there."""
    signs, cut = [], []
    for text, starts in told:
        passages, unit = ToldPassages(text, language.read_passages), 0
        for boundary in boundaries(text):
            signs.append(signs_of(boundary, unit, passages))
            cut.append(any(abs(boundary.start - start) <= _SAME for start in starts))
            unit = boundary.start if cut[-1] else unit
    return np.array(signs), cut


def fitted(told: list[Message], read: list[Message], language: Language) -> CuttingModel:
    """Fit the model on messages and on statements, which count less."""
    (signs, cut), (others, others_cut) = taught(told, language), taught(read, language)
    shares = np.concatenate([np.ones(len(signs)), np.full(len(others), READ_SHARE)])
    steps = make_pipeline(StandardScaler(), LogisticRegression(C=INVERSE_PENALTY))
    steps.fit(
        np.concatenate([signs, others]),
        [*cut, *others_cut],
        logisticregression__sample_weight=shares,
    )
    scale, found = steps[0], steps[-1]
    weights = found.coef_[0] / scale.scale_
    intercept = float(found.intercept_[0] - weights @ scale.mean_)
    return CuttingModel(weights=weights, intercept=intercept, threshold=THRESHOLD)


def measure(name: str, told: list[Message], language: Language, model: CuttingModel) -> None:
    """Print the precision and recall of the cuts, and how many messages are cut as readers do."""
    made = right = wanted = heard = same = 0
    for text, starts in told:
        cuts = [unit.start for unit in units_of_meaning(text, language.read_passages, model)[1:]]
        found = [cut for cut in cuts if any(abs(cut - start) <= _SAME for start in starts)]
        missed = [start for start in starts if all(abs(cut - start) > _SAME for cut in cuts)]
        made, right = made + len(cuts), right + len(found)
        wanted, heard = wanted + len(starts), heard + len(starts) - len(missed)
        same += len(found) == len(cuts) and not missed
    print(
        f"{name}: {len(told)} messages, {same} cut as the reader does; {made} cuts, {right} hers"
        f" (precision {right / max(made, 1):.2f}); {heard} of her {wanted} found"
        f" (recall {heard / max(wanted, 1):.2f})"
    )


def main() -> None:
    """Measure on halves, train on everything, write the weights, measure on unseen messages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    language = load_language(PlaceNames())
    told, lived, read = messages(TAUGHT), stories(), statements(parser.parse_args().data)
    for half in (0, 1):
        model = fitted([*told[half::2], *lived[half::2]], read[half::2], language)
        unseen = slice(1 - half, None, 2)
        measure(f"half {half + 1}, unseen", told[unseen], language, model)
        measure("  stories of one need", lived[unseen], language, model)
        measure("  statements", read[unseen], language, model)
    model = fitted([*told, *lived], read, language)
    np.savez_compressed(
        OUT, weights=model.weights, intercept=model.intercept, threshold=model.threshold
    )
    measure("measured", messages(MEASURED), language, model)


if __name__ == "__main__":
    main()
