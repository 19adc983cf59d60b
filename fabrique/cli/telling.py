"""What the commands of the river say when they end: sentences for people."""

from collections.abc import Sequence
from pathlib import Path

from capture.needs_file import NeedsFile, Refusal
from fabrique.jobs import PassageCounts
from fabrique.web.labels.numbers import count, number, plural
from fabrique.web.labels.sentences import sentence
from fabrique.web.labels.typography import typo
from matching.proposals import MatchCounts
from steering.queries.agenda import AgendaPage

# A terminal shows the first refusals; the JSON object holds them all.
_SHOWN_REFUSALS = 20


def regroup_lines(passage: PassageCounts, seconds: float) -> list[str]:
    """How many needs went where, and what waits for an answer."""
    counts, heard = passage.regrouped, passage.heard_again
    learnt = f"{count(heard, 'besoin relu', 'besoins relus')} d’après les secteurs choisis."
    return [
        *([learnt] if heard else []),
        f"{count(counts.needs, 'besoin', 'besoins')} : {number(counts.grouped)} dans "
        f"{count(counts.clusters, 'regroupement', 'regroupements')}, "
        f"{count(counts.isolated, 'isolé', 'isolés')}, {number(counts.out_of_scope)} hors champ.",
        f"{count(counts.changes, 'changement proposé', 'changements proposés')} sur des "
        f"regroupements confirmés ({number(seconds, decimals=1)} s).",
    ]


def match_lines(counts: MatchCounts) -> list[str]:
    """How many introductions are proposed, and how many opportunities have nobody."""
    return [
        f"{count(counts.opportunities, 'opportunité', 'opportunités')} : "
        f"{count(counts.proposed, 'rapprochement proposé', 'rapprochements proposés')}, "
        f"{count(counts.decided, 'décidé', 'décidés')} par des personnes, "
        f"{count(counts.without_holder, 'opportunité', 'opportunités')} sans porteur."
    ]


def agenda_lines(page: AgendaPage, files: Sequence[Path]) -> list[str]:
    """How full the meeting is, and where the documents are."""
    minutes = sum(point.minutes for point in page.points)
    return [
        f"Ordre du jour de {page.head.reference} : {count(len(page.points), 'point', 'points')}, "
        f"{minutes} minutes sur {page.head.minutes}.",
        *(f"Écrit : {file}" for file in files),
    ]


def refusal_json(refusal: Refusal) -> dict[str, str | int]:
    """A refused line as the JSON object tells it."""
    return {
        "line": refusal.line,
        "source_id": refusal.source_id,
        "field": refusal.field,
        "reason": _refusal_sentence(refusal),
    }


def _refusal_sentence(refusal: Refusal) -> str:
    return typo(sentence(f"import.{refusal.reason}", {"value": refusal.value}))


def import_lines(read: NeedsFile, accepted: int, known: int, *, dry_run: bool) -> list[str]:
    """How many lines became needs, and why the others did not."""
    verbs = ("serait ajouté", "seraient ajoutés") if dry_run else ("ajouté", "ajoutés")
    lines = [
        f"{count(len(read.entries) + len(read.refusals), 'ligne lue', 'lignes lues')} : "
        f"{count(accepted, 'besoin', 'besoins')} {plural(accepted, *verbs)}, "
        f"{count(known, 'déjà connu', 'déjà connus')}, "
        f"{count(len(read.refusals), 'ligne refusée', 'lignes refusées')}."
    ]
    lines += [
        f"Ligne {refusal.line}, {refusal.field} : {_refusal_sentence(refusal)}"
        for refusal in read.refusals[:_SHOWN_REFUSALS]
    ]
    hidden = len(read.refusals) - _SHOWN_REFUSALS
    if hidden > 0:
        lines.append(f"… et {hidden} autres ; « --json » les donne toutes.")
    return lines
