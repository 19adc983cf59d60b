"""Are the needs shown as « already told » the same? At the thresholds people see."""

from functools import partial
from inspect import signature
from pathlib import Path

import typer

from bench.answers import Answer, Figures, Table
from bench.gold import Pairs, read_pairs
from bench.likeness import Likeness, of_letters, of_minilm, of_shared_words, of_suggestion
from bench.measures import average_precision, precision_and_recall, precision_at_recall
from bench.peers import or_absent
from capture.nlp.duplicates import near_duplicates

_PEERS: dict[str, Likeness] = {
    "shared_words": of_shared_words,
    "letters_3_5": of_letters,
    "minilm": of_minilm,
}


def measure_duplicates(path: Path) -> Answer:
    """Measure the suggestion on labelled pairs; a peer is read at the recall of the engine.

    `threshold` is the likeness from which a need is shown; `same` is the one from which it is
    shown as the same need.
    """
    pairs = read_pairs(path)
    if not pairs.labels:
        raise typer.BadParameter(f"{path} : il faut « label » (pareil ou non) sur chaque ligne")
    likeness = of_suggestion(pairs).tolist()
    shown, same = (_at(pairs, likeness, name) for name in ("related", "same"))
    peers = {
        name: or_absent(partial(_peer, of, pairs, float(str(shown["recall"] or 0.0))))
        for name, of in _PEERS.items()
    }
    whole = average_precision(pairs.labels, likeness)
    figures: Figures = {
        **shown,
        "average_precision": whole,
        "same": same,
        "n": len(pairs.labels),
        "positives": sum(pairs.labels),
        "peers": peers,
    }
    rows = [
        ("moteur, montré", shown["threshold"], shown["precision"], shown["recall"], whole),
        ("moteur, même besoin", same["threshold"], same["precision"], same["recall"], None),
        *(
            (
                name,
                peer.get("absent"),
                peer.get("precision"),
                shown["recall"],
                peer.get("average_precision"),
            )
            for name, peer in peers.items()
        ),
    ]
    return Answer(
        key="duplicates",
        figures=figures,
        tables=(
            Table(
                title=f"{path.name} : {len(pairs.labels)} paires, {sum(pairs.labels)} pareilles",
                columns=("", "seuil", "précision", "rappel", "précision moyenne"),
                rows=rows,
                note="une référence n’a pas de seuil : sa précision est lue au rappel du moteur",
            ),
        ),
    )


def _at(pairs: Pairs, likeness: list[float], kind: str) -> Figures:
    threshold = float(signature(near_duplicates).parameters[kind].default)
    precision, recall = precision_and_recall(pairs.labels, likeness, threshold=threshold)
    return {"precision": precision, "recall": recall, "threshold": threshold}


def _peer(likeness: Likeness, pairs: Pairs, recall: float) -> Figures:
    found = likeness(pairs).tolist()
    return {
        "precision": precision_at_recall(pairs.labels, found, recall=recall),
        "average_precision": average_precision(pairs.labels, found),
    }
