"""French words of matching: enumerations, facts of a proposal, gates, and one sentence per error
code. No rule here: only what people read."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from fabrique.core.text import sentence_list
from fabrique.web.labels.capture import STAGES
from fabrique.web.labels.dates import short_month
from fabrique.web.labels.numbers import count, number
from fabrique.web.labels.sectors import SECTORS

Value = str | int | float | list[str]
Values = Mapping[str, Value]

OPPORTUNITY_STAGES = STAGES

ZONE_SCALES = {
    "commune": "Des communes",
    "epci": "Des intercommunalités",
    "departement": "Des départements",
    "region": "Une région",
    "country": "Toute la France",
}

PROJECT_STAGES = {
    "idea": "idée",
    "opportunity": "étude d'opportunité",
    "feasibility": "étude de faisabilité",
    "creation": "création",
    "start_up": "démarrage, moins de trois ans",
    "consolidation": "consolidation",
    "scaling": "changement d'échelle",
}

HELP_KINDS = {
    "grant": "subvention",
    "loan": "prêt",
    "recoverable_advance": "avance remboursable",
    "guarantee": "garantie",
    "equity": "fonds propres",
    "technical_engineering": "appui technique",
    "financial_engineering": "appui financier",
    "legal_engineering": "appui juridique",
    "hosting": "locaux",
    "training": "formation",
    "mentoring": "mentorat",
    "networking": "mise en réseau",
    "research": "recherche",
    "activity_test": "test d'activité",
}

HOLDER_KINDS = {
    "association": "Association",
    "scop": "Scop",
    "scic": "Scic",
    "coop_activity": "Coopérative d'activité",
    "siae": "Structure d'insertion",
    "company": "Entreprise",
    "municipality": "Commune ou intercommunalité",
    "collective": "Collectif d'habitants",
    "individual": "Porteur individuel",
}

ACTOR_KINDS = {
    "cress": "Chambre régionale de l'économie sociale",
    "fabrique": "Fabrique à initiatives",
    "incubator": "Incubateur",
    "scop_network": "Réseau des Scop",
    "dla": "Dispositif local d'accompagnement",
    "solidarity_finance": "Finance solidaire",
    "business_nursery": "Pépinière, couveuse",
    "coop_activity": "Coopérative d'activité",
    "local_authority": "Collectivité",
    "state_service": "Service de l'État",
    "foundation": "Fondation",
    "laboratory": "Laboratoire, université",
    "siae": "Structure d'insertion",
    "third_place": "Tiers-lieu, pôle local",
    "consular_chamber": "Chambre consulaire",
    "thematic_network": "Réseau thématique",
    "other": "Autre",
}

CONDITION_KINDS = {
    "population_min": "Taille du bassin",
    "partner": "Partenaire",
    "skill": "Compétence",
    "place": "Local, terrain",
    "budget": "Budget",
    "agreement": "Accord, convention",
}

MATCH_STATES = {
    "proposed": "Proposé",
    "put_aside": "Écarté",
    "introduced": "Mis en relation",
}

PUT_ASIDE_REASONS = {
    "out_of_zone": "Hors zone",
    "full": "Plein",
    "other_trade": "Autre métier",
    "conflict": "Conflit d'intérêts",
    "other": "Autre raison",
}

INTRODUCTION_STATES = {
    "sent": "Envoyée",
    "seen": "Vue, sans réponse",
    "interested": "Réponse favorable",
    "refused": "Refusée",
    "engaged": "Engagement pris",
    "silent": "Restée sans réponse",
    "suspended": "Relances suspendues",
}
INTRODUCTION_CHIPS = {
    "sent": ("info", "mail"),
    "seen": ("attention", "clock"),
    "interested": ("ok", "check"),
    "refused": ("danger", "x"),
    "engaged": ("person", "handshake"),
    "silent": ("neutral", "clock"),
    "suspended": ("neutral", "bell"),
}
ANSWERS = {
    "seen": ("Message vu", "mais pas encore de réponse"),
    "interested": ("Cela l'intéresse", "une rencontre est à prévoir"),
    "engaged": ("Engagement pris", "une place est comptée en moins"),
    "refused": ("Refus", "avec les mots qui l'expliquent"),
}

# The lines of the sieve after each gate; presence and conflict are read together.
_SIEVE_LINES = {
    "sector": "sur le sujet",
    "stage": "à cette étape",
    "legal_form": "pour cette forme juridique",
    "capacity": "avec de la place",
    "conflict": "présents, sans conflit d'intérêts",
}
GATES = {
    "zone": "la zone",
    "sector": "le sujet",
    "stage": "l'étape",
    "legal_form": "la forme juridique",
    "capacity": "la place disponible",
    "presence": "la présence",
    "conflict": "les choix déjà faits",
}
REFUSALS = {
    "zone": "Ne travaille pas ici",
    "sector": "Autre métier",
    "stage": "N'intervient pas à cette étape",
    "legal_form": "N'aide pas cette forme juridique",
    "capacity": "Plus de place",
    "presence": "Absence en ce moment",
    "conflict": "Écarté ou refusé pour cette opportunité",
}

# Lines of the history: what comes after the name of the person, or after « La machine ».
ACTS = {
    "opportunity.matched": "a cherché qui pourrait porter ou aider",
    "match.put_aside": "a écarté un rapprochement",
    "match.brought_back": "a repris un rapprochement écarté",
    "introduction.sent": "a envoyé une mise en relation",
    "introduction.answered": "a noté une réponse",
    "introduction.reminded": "a relancé",
    "introduction.suspended": "a suspendu les relances",
    "introduction.resumed": "a repris les relances",
    "introduction.silent": "a clos une mise en relation restée sans réponse",
    "holder.registered": "a inscrit un porteur",
    "holder.updated": "a mis à jour un porteur",
    "actor.registered": "a inscrit un acteur de l'accompagnement",
    "actor.updated": "a mis à jour un acteur de l'accompagnement",
    "initiative.added": "a écrit la fiche d'une initiative",
}

TWO_CONSENTS = "Double accord demandé : son nom n'est montré à personne avant son oui."
HIDDEN_NAME = "Une personne qui veut porter un projet"

SENTENCES = {
    "match.unknown": "Ce rapprochement n'existe plus, ou vous n'y avez pas accès.",
    "match.not_proposed": "Ce rapprochement n'est plus une proposition : quelqu'un a déjà choisi.",
    "match.not_put_aside": "Ce rapprochement n'est pas écarté.",
    "match.opportunity_closed": "Cette opportunité est close : plus rien ne part en son nom.",
    "introduction.needs_a_person": "Une mise en relation part toujours d'une personne.",
    "introduction.message_missing": "Écrivez le message : il partira tel que vous l'aurez relu.",
    "introduction.contact_missing": "Aucune adresse n'est connue : ajoutez-la dans l'annuaire.",
    "introduction.not_sent": "Aucune mise en relation n'est encore partie.",
    "introduction.not_an_answer": "Choisissez une des réponses proposées.",
    "introduction.words_missing": "Écrivez en quelques mots pourquoi c'est non.",
    "introduction.answered": "Une réponse est déjà notée : il n'y a plus à relancer.",
    "introduction.reminded_today": "Un message est déjà parti depuis moins d'un jour.",
    "introduction.not_suspended": "Les relances ne sont pas suspendues.",
    "party.unknown": "Cette fiche n'existe pas, ou vous n'y avez pas accès.",
    "party.name_missing": "Donnez un nom.",
    "party.sector_missing": "Choisissez au moins un secteur.",
    "party.zone_missing": "Dites où : au moins un code de commune, de SIREN ou de département.",
    "party.capacity_negative": "Le nombre de places ne peut pas être négatif.",
    "party.already_known": "« {name} » est déjà dans l'annuaire.",
    "zone.code_unknown": "Nous ne trouvons pas « {code} ».",
    "initiative.expires_before_verified": "La date de fin doit venir après la date de lecture.",
}


def fact_sentence(code: str, values: Values) -> str:
    """One reason in French; KeyError if the code has no sentence."""
    return _FACTS[code](values)


def sieve_lines(
    known: int, left: Sequence[tuple[str, int]], communes: int
) -> list[tuple[str, int]]:
    """The bars « Du fichier aux propositions »; a gate that says nothing new is left out."""
    zone = f"sur la zone ({count(communes, 'commune', 'communes')})" if communes else "sur la zone"
    counts = dict(left)
    lines = [("porteurs et acteurs connus", known), (zone, counts["zone"])]
    for gate, label in _SIEVE_LINES.items():
        if gate != "legal_form" or counts[gate] != counts["stage"]:
            lines.append((label, counts[gate]))
    return lines


def clock_notes(sent_on: dt.date, day: int, done: Sequence[int]) -> list[tuple[int, str]]:
    """The words under the line of 45 days: what was done, and the dates to come."""
    notes = [(0, "envoi")]
    for mark in (9, 21, 45):
        told = f"{mark} j"
        if mark in done:
            told += " ✓"
        elif mark == 45:
            told += " : arrêt"
        elif mark > day:
            on = sent_on + dt.timedelta(days=mark)
            told += f" : {on.day} {short_month(on)}"
        notes.append((mark, told))
    return notes


def allotment_sentence(first: str, allotted: str | None, elsewhere: Sequence[str]) -> str:
    """Why the overall allocation does not begin with the first of the simple ranking."""
    name = first or HIDDEN_NAME
    if not elsewhere:
        return f"{name} arrive en tête, mais n'a plus de place : mieux vaut ne pas y compter."
    where = sentence_list(elsewhere)
    begin = (
        "et chercher encore ici"
        if allotted is None
        else f"et commencer ici par {allotted or HIDDEN_NAME}"
    )
    return (
        f"{name} arrive en tête sur plusieurs opportunités. Pour les servir toutes, il vaut mieux "
        f"le proposer à {where} {begin}."
    )


def offer_facts(
    help_kinds: Sequence[str],
    stages: Sequence[str],
    legal_forms: Sequence[str],
    amount_max: int | None,
) -> list[tuple[str, str]]:
    """What an offer gives, when, to whom, how much."""
    lines = [
        ("Aide", sentence_list(HELP_KINDS[kind] for kind in help_kinds)),
        ("Étapes", _stages(stages)),
        (
            "Pour",
            sentence_list(_legal_form(form) for form in legal_forms)
            or "toutes les formes juridiques",
        ),
    ]
    if amount_max is not None:
        lines.append(("Montant", f"{number(amount_max)} € au plus"))
    return lines


def zone_facts(scale: str, zone: Sequence[str]) -> list[tuple[str, str]]:
    """Where a party works."""
    where = sentence_list(zone) if zone else ZONE_SCALES["country"]
    return [("Zone", where if scale != "country" else ZONE_SCALES["country"])]


def stage_facts(stages: Sequence[str]) -> list[tuple[str, str]]:
    """At which stages a holder may come."""
    return [("Étapes", _stages(stages))]


def _legal_form(form: str) -> str:
    """A legal form inside a sentence: « association », but « Scop »."""
    name = HOLDER_KINDS[form]
    return name if form in {"scop", "scic"} else name[0].lower() + name[1:]


def _stages(stages: Sequence[str]) -> str:
    return sentence_list(PROJECT_STAGES[stage] for stage in stages) or "toutes"


def _number(values: Values, name: str) -> int:
    value = values[name]
    return round(value) if isinstance(value, int | float) else 0


def _words(values: Values, name: str) -> list[str]:
    value = values[name]
    return value if isinstance(value, list) else [str(value)]


def _sector(values: Values, name: str = "sector") -> str:
    return SECTORS[str(values[name])].name


def _near(values: Values) -> str:
    near, total = _number(values, "near"), _number(values, "total")
    within = f"à moins de {_number(values, 'kilometres')} km"
    if total == 1:
        return f"Sur place : {within}"
    if near == total:
        return f"Sur place : les {total} communes sont {within}"
    return f"Sur place : {near} des {total} communes {'est' if near == 1 else 'sont'} {within}"


def _whole(values: Values) -> str:
    total = _number(values, "total")
    return "Travaille dans la commune" if total == 1 else f"Travaille dans les {total} communes"


def _bassin(values: Values, here: str) -> str:
    return f"Un bassin de {number(_number(values, 'wanted'))} habitants ou plus ({here})."


_FACTS: dict[str, Callable[[Values], str]] = {
    "sector_main": lambda values: f"C'est son métier : {_sector(values)}",
    "sector_known": lambda values: f"Connaît le sujet : {_sector(values)}",
    "sector_neighbour": lambda values: (
        f"Sujet voisin : {_sector(values, 'met')}, pour un besoin en {_sector(values)}"
    ),
    "sector_general": lambda _: "Travaille sur tous les sujets, sans spécialité ici",
    "words_shared": lambda values: f"Mots en commun : {sentence_list(_words(values, 'words'))}",
    "zone_whole": _whole,
    "zone_part": lambda values: (
        f"Travaille dans {_number(values, 'covered')} des {_number(values, 'total')} communes"
    ),
    "zone_unknown": lambda _: "Zone de travail à préciser",
    "zone_outside": lambda values: (
        f"Ne travaille pas ici d'habitude : son siège est à {_number(values, 'kilometres')} km"
    ),
    "place_near": _near,
    "place_far": lambda values: (
        f"Loin : {_number(values, 'kilometres')} km de la commune la plus proche"
    ),
    "stage_now": lambda values: (
        f"Intervient à cette étape : {PROJECT_STAGES[str(values['stage'])]}"
    ),
    "stage_next": lambda values: (
        f"Intervient à l'étape suivante : {PROJECT_STAGES[str(values['stage'])]}"
    ),
    "help_offered": lambda values: (
        f"Propose : {sentence_list(HELP_KINDS[kind] for kind in _words(values, 'kinds'))}"
    ),
    "help_other": lambda _: "Ne propose pas l'aide attendue à cette étape",
    "offer_unknown": lambda _: "Offre à préciser : rien n'est encore écrit",
    "legal_forms_limited": lambda values: (
        f"Réservé à : {sentence_list(_legal_form(form) for form in _words(values, 'forms'))}"
    ),
    "no_structure": lambda _: "Pas encore de structure : compagnonnage à prévoir",
    "territory_large_enough": lambda values: _bassin(
        values, f"ici {number(_number(values, 'here'))}"
    ),
    "territory_too_small": lambda values: _bassin(
        values, f"ici {number(_number(values, 'here'))} seulement"
    ),
    "territory_unknown": lambda values: _bassin(values, "population d'ici à vérifier"),
    "condition": lambda values: str(values["sentence"]),
}
