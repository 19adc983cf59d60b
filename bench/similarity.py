"""Does the machine find alike what people find alike? Rank correlation, or average precision."""

from functools import partial
from pathlib import Path

from bench.answers import Answer, Figures, Table
from bench.gold import Pairs, read_pairs
from bench.likeness import Likeness, of_engine, of_letters, of_minilm, of_words
from bench.measures import average_precision, spearman
from bench.peers import or_absent

_PEERS: dict[str, Likeness] = {
    "words_tfidf": of_words,
    "letters_3_5": of_letters,
    "minilm": of_minilm,
}


def measure_similarity(path: Path) -> Answer:
    """Measure our vectoriser and the peers on a file of pairs."""
    pairs = read_pairs(path)
    engine = _figures(of_engine, pairs)
    peers = {name: or_absent(partial(_figures, of, pairs)) for name, of in _PEERS.items()}
    measure = "spearman" if pairs.scores else "average_precision"
    return Answer(
        key="similarity",
        figures={**engine, "n": len(pairs.first), "peers": peers},
        tables=(
            Table(
                title=f"{path.name} : {len(pairs.first)} paires",
                columns=("", measure),
                rows=[
                    ("moteur", engine[measure]),
                    *(
                        (name, peer.get(measure, peer.get("absent")))
                        for name, peer in peers.items()
                    ),
                ],
            ),
        ),
    )


def _figures(likeness: Likeness, pairs: Pairs) -> Figures:
    found = likeness(pairs).tolist()
    if pairs.scores:
        return {"spearman": spearman(pairs.scores, found)}
    return {"average_precision": average_precision(pairs.labels, found)}
