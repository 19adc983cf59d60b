"""French words of steering: enumerations, reasons of an agenda, warnings, and one sentence per
error code. No rule here: only what people read."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from markupsafe import Markup

from fabrique.web.labels.capture import STAGES, VERDICTS
from fabrique.web.labels.dates import day, long_day
from fabrique.web.labels.numbers import count, number, plural
from fabrique.web.labels.sectors import SECTORS

Values = Mapping[str, str | int | float | bool | None]


class Told(Protocol):
    """A fact as the domain gives it: a code and its values."""

    @property
    def code(self) -> str: ...

    @property
    def values(self) -> Values: ...


COMMITTEE_KINDS = {"copil": "Comité de pilotage", "cotech": "Comité technique"}
COMMITTEE_SHORT = {"copil": "COPIL", "cotech": "COTECH"}

MEETING_STATES = {
    "planned": "À venir",
    "open": "Séance ouverte",
    "closed": "Terminée",
    "cancelled": "Annulée",
}

ITEM_KINDS = {"information": "Information", "exchange": "Échange", "decision": "Décision"}
ITEM_ORIGINS = {"mandatory": "Obligatoire", "proposed": "Proposé", "added": "Ajouté"}

DECISION_OUTCOMES = {
    "adopted": "Adopté",
    "adopted_with_reserves": "Adopté avec réserves",
    "adjourned": "Ajourné",
    "rejected": "Rejeté",
    "noted": "Pris acte",
}

FOLLOW_UP_STATES = {"to_do": "À faire", "done": "Fait", "dropped": "Abandonné"}

PROJECT_STATES = {
    "running": "En cours",
    "in_difficulty": "En difficulté",
    "launched": "Lancé",
    "stopped": "Arrêté",
}

# The six steps of the yearly report.
FUNNEL_STEPS = {
    "needs": "besoins dits",
    "clusters": "regroupements confirmés",
    "opportunities": "opportunités ouvertes",
    "studies": "études lancées",
    "projects": "projets portés",
    "jobs": "emplois (ETP)",
}

# What somebody did, in a history.
ACTIONS = {
    "agenda.prepared": "a préparé l'ordre du jour",
    "agenda.readjusted": "a réajusté l'ordre du jour",
    "agenda.item_added": "a ajouté un point",
    "agenda.item_edited": "a récrit un point",
    "agenda.item_moved": "a déplacé un point",
    "agenda.item_resized": "a changé la durée d'un point",
    "agenda.item_pinned": "a épinglé un point",
    "agenda.item_unpinned": "a libéré un point",
    "agenda.item_brought_in": "a fait entrer un point",
    "agenda.item_removed": "a retiré un point",
    "agenda.frozen": "a figé l'ordre du jour",
    "agenda.reopened": "a ouvert une nouvelle version de travail",
    "committee.opened": "a ouvert le comité",
    "seat.added": "a ajouté un siège",
    "year.opened": "a ouvert l'année",
    "year.closed": "a clos l'année",
    "meeting.planned": "a prévu la séance",
    "meeting.moved": "a changé la date, la durée ou le lieu",
    "meeting.cancelled": "a annulé la séance",
    "meeting.opened": "a ouvert la séance",
    "meeting.attendance_recorded": "a noté les présences",
    "meeting.closed": "a clos la séance",
    "decision.recorded": "a enregistré la décision",
    "decision.corrected": "a corrigé une décision",
    "follow_up.opened": "a demandé une action",
    "follow_up.reported": "a donné des nouvelles d'une action",
    "project.started": "a lancé le projet",
    "project.jobs_reported": "a compté les emplois",
    "project.state_reported": "a donné des nouvelles du projet",
    "milestone.promised": "a promis une étape",
    "milestone.reached": "a atteint une étape",
}

SENTENCES = {
    "agenda.already_open": "Une version de travail est déjà ouverte.",
    "agenda.empty": "Cet ordre du jour est vide : ajoutez un point avant de le figer.",
    "agenda.frozen": (
        "Cet ordre du jour est figé. Ouvrez une nouvelle version de travail pour le changer."
    ),
    "agenda.item_unknown": "Ce point n'est plus à l'ordre du jour.",
    "agenda.minutes_out_of_range": "Donnez une durée de 1 à {longest} minutes.",
    "agenda.none": "Aucun ordre du jour n'est encore préparé pour cette séance.",
    "agenda.title_missing": "Donnez un titre à ce point.",
    "committee.already_open": "Ce comité existe déjà sur ce territoire.",
    "committee.name_missing": "Donnez un nom au comité.",
    "committee.notice_days_out_of_range": "Donnez un délai de convocation de 0 à 60 jours.",
    "committee.unknown": "Ce comité n'existe pas, ou vous n'y avez pas accès.",
    "decision.already_corrected": (
        "Cette décision est déjà corrigée par {reference}. Corrigez plutôt celle-ci."
    ),
    "decision.needs_a_person": "Une décision s'enregistre au nom d'une personne connectée.",
    "decision.reason_missing": (
        "Écrivez le motif : il sera lu par le comité et dit aux personnes concernées."
    ),
    "decision.text_missing": "Écrivez ce qui est décidé.",
    "decision.unknown": "Cette décision n'existe pas, ou vous n'y avez pas accès.",
    "decision.verdict_without_opportunity": "Dites de quelle opportunité il s'agit.",
    "decision.votes_negative": "Un nombre de voix ne peut pas être négatif.",
    "follow_up.not_yours": "Cette action est confiée à quelqu'un d'autre.",
    "follow_up.owner_missing": "Dites qui s'en charge.",
    "follow_up.task_missing": "Dites ce qu'il y a à faire.",
    "follow_up.unknown": "Cette action n'existe pas, ou vous n'y avez pas accès.",
    "meeting.minutes_out_of_range": "Donnez une durée de 1 à {longest} minutes.",
    "meeting.not_open": "La séance n'est pas ouverte.",
    "meeting.not_planned": "La séance a déjà eu lieu ou est annulée.",
    "meeting.other_year": "Choisissez une date de {year}.",
    "meeting.over": "La séance est terminée : son ordre du jour ne change plus.",
    "meeting.present_out_of_range": "Donnez un nombre de présents de 0 à {voting}.",
    "meeting.unknown": "Cette séance n'existe pas, ou vous n'y avez pas accès.",
    "milestone.already_reached": "Cette étape est déjà atteinte.",
    "milestone.title_missing": "Donnez un titre à cette étape.",
    "milestone.unknown": "Cette étape n'existe pas.",
    "holder.unknown": "Ce porteur n'existe pas, ou vous n'y avez pas accès.",
    "person.unknown": "Cette personne n'a pas de compte dans cette fabrique.",
    "project.already_started": "Cette opportunité a déjà un projet : {reference}.",
    "project.jobs_out_of_range": "Donnez un nombre d'emplois de 0 à 10 000.",
    "project.unknown": "Ce projet n'existe pas, ou vous n'y avez pas accès.",
    "seat.name_missing": "Dites qui occupe ce siège.",
    "territory.unknown": "Ce territoire n'existe pas, ou vous n'y avez pas accès.",
    "year.already_open": "L'année {year} est déjà ouverte sur ce territoire.",
    "year.closed": "L'année {year} est close.",
    "year.has_meetings": "La séance {reference} n'est pas terminée : l'année ne peut pas se clore.",
    "year.not_open": "Ouvrez d'abord l'année {year} sur ce territoire.",
    "year.unknown": "Cette année n'est pas ouverte sur ce territoire.",
}


def fact(code: str, values: Values) -> str:
    """Return the words of a reason or of a warning; KeyError if the code has none."""
    return FACTS[code](values)


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def because(facts: Sequence[Told], shown: int = 3) -> str:
    """Return the first reasons of a point on one line."""
    return " · ".join(fact(told.code, told.values) for told in facts[:shown])


def known(facts: Sequence[Told]) -> list[tuple[str, str]]:
    """Return what to know as pairs: `check` when something is to be done, else `for`."""
    return [
        ("for" if told.code in REASSURING else "check", fact(told.code, told.values))
        for told in facts
    ]


def too_long(mandatory: int, available: int) -> str:
    """Return what to say when the obligations alone exceed the meeting."""
    return (
        f"Les points obligatoires prennent déjà {mandatory} minutes sur {available}. "
        "Allongez la séance ou reportez un point obligatoire."
    )


def verdict(code: str | None) -> str:
    """Return the words of a verdict, or nothing."""
    return VERDICTS[code] if code else ""


def votes(pour: int | None, contre: int | None, abstentions: int | None) -> str:
    """Return « 8 pour, 1 contre, 2 abstentions », without what was not counted."""
    parts = [
        f"{number(pour)} pour" if pour is not None else "",
        f"{number(contre)} contre" if contre is not None else "",
        count(abstentions, "abstention", "abstentions") if abstentions is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _n(values: Values, name: str = "count") -> int:
    value = values[name]
    return int(value) if isinstance(value, int | float) else 0


def _day_of(values: Values) -> dt.date | None:
    value = values.get("day")
    return dt.date.fromisoformat(value) if isinstance(value, str) else None


def _days(values: Values) -> str:
    return count(_n(values, "days"), "jour", "jours")


def _since(values: Values) -> str:
    return f"depuis {_days(values)}" if _n(values, "days") > 0 else "depuis aujourd'hui"


def _voices(values: Values) -> str:
    said = count(_n(values, "testimonies"), "témoignage", "témoignages")
    places = _n(values, "communes")
    return f"{said}, {count(places, 'commune', 'communes')}" if places else said


def _contacted(values: Values) -> str:
    contacted, refusals = _n(values, "contacted"), _n(values, "refusals")
    if not contacted:
        return "personne n'a encore été contacté"
    words = f"{number(contacted)} {plural(contacted, 'porteur contacté', 'porteurs contactés')}"
    return f"{words}, {number(refusals)} refus" if refusals else words


def _late_actions(values: Values) -> str:
    late, very_late = _n(values, "late"), _n(values, "very_late")
    if not late:
        return "aucune action en retard"
    words = count(late, "action en retard", "actions en retard")
    return f"{words}, dont {number(very_late)} de plus de 30 jours" if very_late else words


def _late_milestones(values: Values) -> str:
    late = count(_n(values), "étape en retard", "étapes en retard")
    return f"{late}, jusqu'à {_days(values)}"


def _does_not_fit(values: Values) -> str:
    left = _n(values, "minutes_left")
    return f"ne tient pas, il reste {left} min" if left else "ne tient pas dans la durée"


def _on_day(before: str, values: Values) -> str:
    when = _day_of(values)
    return f"{before} du {_short(when)}" if when else before


def _short(when: dt.date) -> str:
    return day(when, today=when)


def _weekday(when: dt.date) -> str:
    return long_day(when).rpartition("\u00a0")[0]


_CONVOCATION_DUE = Markup(
    "La convocation doit partir <strong>{day}</strong> au plus tard ({notice})."
)
_CONVOCATION_LATE = Markup("La convocation devait partir <strong>{day}</strong> ({notice} avant).")
_RECUSAL = Markup(
    "Point {number} : <strong>{member}</strong> doit se déporter, son organisation est candidate."
)


def _convocation(pattern: Markup, values: Values) -> Markup:
    when = _day_of(values)
    notice = count(_n(values, "notice_days"), "jour", "jours")
    return pattern.format(day=_weekday(when) if when else "", notice=notice)


def _rapporteurs(values: Values) -> str:
    n = _n(values)
    return f"{count(n, 'point', 'points')} {plural(n, 'n’a', 'n’ont')} pas de rapporteur."


def _new_needs(values: Values) -> str:
    return f"{count(_n(values), 'besoin', 'besoins')} depuis la dernière séance"


def _groupings(values: Values) -> str:
    n = _n(values)
    word = plural(n, "regroupement proposé", "regroupements proposés")
    return f"{number(n)} {word} par la machine"


def _introductions(values: Values) -> str:
    n = _n(values)
    return f"{count(n, 'mise', 'mises')} en relation sans réponse depuis plus de 15 jours"


def _sector(values: Values) -> str:
    name = SECTORS[str(values["sector"])].name
    return f"secteur « {name} » sans décision en {values['year']}"


FACTS: dict[str, Callable[[Values], str]] = {
    # Why a point is there.
    "voices": _voices,
    "study_returned": lambda values: f"étude rendue {_since(values)}",
    "orphan": lambda values: f"aucun porteur après {_days(values)}",
    "holders_contacted": _contacted,
    "candidates": lambda values: count(_n(values), "porteur intéressé", "porteurs intéressés"),
    "in_stage": lambda values: (
        f"à l'étape « {STAGES[str(values['stage'])].lower()} » {_since(values)}"
    ),
    "late_follow_ups": lambda values: count(_n(values), "action en retard", "actions en retard"),
    "sector_undecided": _sector,
    "area_undecided": lambda values: f"aucune décision en {values['year']} dans ce département",
    "in_difficulty": lambda _: "le projet est en difficulté",
    "late_milestones": _late_milestones,
    "late_actions": _late_actions,
    "new_needs": _new_needs,
    "groupings_to_review": _groupings,
    "introductions_waiting": _introductions,
    # Why a point is left out.
    "does_not_fit": _does_not_fit,
    "awaits_opinion": lambda values: _on_day("avis attendu du COTECH", values),
    "settled_by_cotech": lambda _: "réglé par le COTECH, pour information au dossier",
    "study_running": lambda values: f"étude en cours {_since(values)}",
    "holder_sought": lambda values: f"porteur recherché {_since(values)} seulement",
    "is_a_project": lambda _: "déjà un projet, suivi à part",
    "waits_for_copil": lambda values: _on_day("prêt pour le COPIL", values),
    "with_introductions": lambda _: "suivi avec les mises en relation",
    "project_on_track": lambda _: "projet en cours, sans alerte",
    "put_aside": lambda _: "retiré par la coordination",
    # What to know before the meeting.
    "over_run": lambda values: f"L'ordre du jour dépasse de {_n(values, 'over')} min.",
    "convocation_due": lambda values: _convocation(_CONVOCATION_DUE, values),
    "convocation_late": lambda values: _convocation(_CONVOCATION_LATE, values),
    "recusal": lambda values: _RECUSAL.format(**values),
    "quorum": lambda values: (
        f"Quorum : {count(_n(values, 'needed'), 'siège votant', 'sièges votants')} "
        f"sur {values['voting']}."
    ),
    "no_voting_seat": lambda _: "Aucun siège votant n'est inscrit à ce comité.",
    "no_proposal": lambda values: (
        f"Point {values['number']} : aucune proposition de décision n'est écrite."
    ),
    "no_rapporteur": _rapporteurs,
}

# What is good to know but asks for nothing.
REASSURING = frozenset({"quorum"})
