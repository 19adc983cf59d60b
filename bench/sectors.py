"""Does the machine read the sector that a person reads, and is it as sure as it should be?

`learnt` of the `n` texts were taught with their sector: figures on those are not of unseen texts.
"""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from bench.answers import Answer, Figures, Table
from bench.engine import load_engine
from bench.gold import GoldNeed, read_gold
from bench.learnt import load_learnt
from bench.measures import CalibrationBin, calibration, expected_calibration_error, macro_f1
from capture.nlp.lexical import load_lexical_features
from capture.nlp.sectors import Sector, SectorReading


def measure_sectors(path: Path) -> Answer:
    """Measure the likeliest sector of each need, and what the machine says when it does answer."""
    needs = _needs_with_sector(path)
    texts, gold = [need.text for need in needs], [need.sector for need in needs]
    readings = [reading.sector for reading in load_engine().read(texts)]
    found = [max(reading.scores, key=lambda sector: reading.scores[sector]) for reading in readings]
    right = np.array([one == other for one, other in zip(found, gold, strict=True)])
    sure = np.array([max(reading.scores.values()) for reading in readings])
    bins = calibration(sure, right)
    answered = np.array([reading.principal is not None for reading in readings])
    figures: Figures = {
        "macro_f1": macro_f1(gold, found),
        "accuracy": float(right.mean()),
        "ece": expected_calibration_error(bins),
        "n": len(gold),
        "learnt": load_learnt().with_sector(texts),
        "answered": float(answered.mean()),
        "accuracy_answered": float(right[answered].mean()) if answered.any() else None,
        "secondary_named": _secondary_named(
            gold, [reading.secondary for reading in readings], right
        ),
    }
    secondary = secondary_figures([need.secondary for need in needs], readings)
    by_sector = _by_sector(gold, found)
    words = key_words_alone(texts)
    peer: Figures = {
        "macro_f1": macro_f1(gold, words),
        "accuracy": float(np.mean([one == other for one, other in zip(words, gold, strict=True)])),
    }
    return Answer(
        key="sectors",
        figures={
            **figures,
            "secondary": secondary,
            "calibration": [asdict(one) for one in bins],
            "by_sector": by_sector,
            "peers": {"key_words": peer},
        },
        tables=(
            _summary(figures, peer, title=f"{path.name} : {len(gold)} besoins"),
            _secondary_table(secondary),
            _calibration_table(bins),
            Table(
                title="Par secteur",
                columns=("", "besoins", "F1"),
                rows=[(name, line["n"], line["f1"]) for name, line in by_sector.items()],
            ),
        ),
    )


def _needs_with_sector(path: Path) -> list[GoldNeed]:
    needs = [need for one in read_gold([path]) for need in one.needs if need.sector]
    if not needs:
        raise typer.BadParameter(f"{path} : aucun besoin n’a de « sector ».")
    known = [sector.value for sector in Sector]
    for need in needs:
        for name in (need.sector, *(need.secondary or ())):
            if name not in known:
                raise typer.BadParameter(
                    f"{need.where} : le secteur « {name} » n’existe pas."
                    f" Les secteurs sont : {', '.join(known)}."
                )
    return needs


def key_words_alone(texts: Sequence[str]) -> list[str]:
    """Return the sector with most reviewed words in each text; out of scope when there is none."""
    features = load_lexical_features()
    names = features.names
    found = []
    for text in texts:
        hits = features.lexicon_hits([lemma for _, _, lemma in features.contents(text)])
        counts = np.bincount(
            list(chain.from_iterable(sectors for _, _, sectors in hits)), minlength=len(names)
        )
        found.append(names[int(counts.argmax())] if counts.any() else Sector.HORS_CHAMP.value)
    return found


def secondary_figures(
    gold: Sequence[Sequence[str] | None], readings: Sequence[SectorReading]
) -> Figures:
    """Return precision and recall of the secondary sectors, all needs together.

    `n` needs are counted, those whose secondary sectors a person was asked for (not None), `gold`
    sectors were told and `named` were found; a sector named that the person told as the main one is
    wrong. None where nothing is named, or nothing was told.
    """
    asked = [
        (set(told), set(map(str, reading.secondary)))
        for told, reading in zip(gold, readings, strict=True)
        if told is not None
    ]
    told_in_all = sum(len(told) for told, _ in asked)
    named_in_all = sum(len(named) for _, named in asked)
    both = sum(len(told & named) for told, named in asked)
    return {
        "n": len(asked),
        "gold": told_in_all,
        "named": named_in_all,
        "precision": both / named_in_all if named_in_all else None,
        "recall": both / told_in_all if told_in_all else None,
    }


def _secondary_named(
    gold: Sequence[str], secondary: Sequence[Sequence[str]], right: NDArray[np.bool_]
) -> float | None:
    """Return how often the person's sector is at least a secondary one when the first is wrong."""
    wrong = [
        one in others for one, others, ok in zip(gold, secondary, right, strict=True) if not ok
    ]
    return sum(wrong) / len(wrong) if wrong else None


def _by_sector(gold: Sequence[str], found: Sequence[str]) -> dict[str, dict[str, float]]:
    names = sorted(set(gold))
    scores = f1_score(gold, found, labels=names, average=None, zero_division=0)
    return {
        name: {"n": gold.count(name), "f1": float(score)}
        for name, score in zip(names, scores, strict=True)
    }


def _summary(figures: Figures, peer: Figures, *, title: str) -> Table:
    columns = ("macro_f1", "accuracy", "ece", "answered", "accuracy_answered")
    return Table(
        title=title,
        columns=("", "F1 macro", "exactitude", "ECE", "réponses", "exactitude des réponses"),
        rows=[
            ("moteur", *(figures[name] for name in columns)),
            ("mots-clés seuls", *(peer.get(name) for name in columns)),
        ],
        note=(
            f"textes dont le modèle a appris le secteur, donc pas nouveaux : {figures['learnt']}"
            f" sur {figures['n']} ; ECE : Guo et al. 2017, 15 tranches"
        ),
    )


def _secondary_table(secondary: Figures) -> Table:
    columns = ("n", "gold", "named", "precision", "recall")
    return Table(
        title="Secteurs secondaires",
        columns=("besoins lus", "donnés", "nommés", "précision", "rappel"),
        rows=[[secondary[name] for name in columns]],
    )


def _calibration_table(bins: Sequence[CalibrationBin]) -> Table:
    return Table(
        title="Confiance annoncée et exactitude obtenue",
        columns=("tranche", "besoins", "confiance", "exactitude"),
        rows=[
            (f"{one.low:.2f}–{one.high:.2f}", one.count, one.confidence, one.accuracy)
            for one in bins
        ],
    )
