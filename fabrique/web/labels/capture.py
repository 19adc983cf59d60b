"""French words of the capture domain: one table per enumeration, keyed by value, and one sentence
per error code. No rule here: only what people read."""

from collections.abc import Mapping

from fabrique.web.labels.sectors import SECTORS

SECTOR_NAMES = {code: sector.name for code, sector in SECTORS.items()}

NEED_KINDS = {
    "need": "Un besoin",
    "idea": "Une idée",
    "place": "Un lieu, une ressource",
    "seen_elsewhere": "Une solution vue ailleurs",
}
NEED_KIND_HINTS = {
    "need": "ce qui manque",
    "idea": "ce qu'on pourrait faire",
    "place": "un local vide, un terrain…",
    "seen_elsewhere": "ça marche, pourquoi pas ici ?",
}

NEED_STATES = {
    "received": "Publié",
    "to_review": "À relire",
    "hidden": "Masqué",
    "withdrawn": "Retiré",
}

# Where the coordination looks for needs, and how it sorts groupings: values of the address.
SHELVES = {
    "a-relire": "À relire",
    "isoles": "Isolés",
    "hors-champ": "Hors champ",
    "groupes": "Rangés",
    "masques": "Masqués",
}
ORDERS = {
    "temoignages": "Témoignages",
    "communes": "Communes",
    "recents": "Le plus récent",
}

EXTENTS = {
    "a_few": "Quelques personnes",
    "tens": "Des dizaines",
    "hundreds": "Des centaines",
    "more": "Davantage",
    "unknown": "Je ne sais pas",
}

POLARITIES = {
    "lack": "Un manque",
    "proposal": "Une proposition",
    "asset": "Un atout",
}

# The families of SPIRAL (Council of Europe), in plain words.
DIMENSIONS = {
    "A": "accès aux moyens de vie",
    "B": "cadre de vie",
    "C": "relations avec les institutions",
    "D": "relations personnelles",
    "E": "équilibre de la société",
    "F": "équilibre personnel",
    "G": "sentiments de bien-être ou de mal-être",
    "H": "attitudes et initiatives",
}

HOW_KNOWN = {
    "lived": "Je le vis",
    "observed": "Je le vois dans mon travail",
    "survey": "Une enquête",
    "study": "Une étude",
    "meeting": "Une réunion, un atelier",
}

PARTICIPATIONS = {
    "project_group": "Oui, pour en parler avec d'autres",
    "possible_holder": "Oui, et je pourrais porter le projet",
    "no": "Non",
}

NEWS_FREQUENCIES = {
    "daily": "Chaque jour s'il y a du nouveau",
    "weekly": "Une fois par semaine",
    "never": "Jamais",
}

STILL_THERE = {
    "yes": "Oui, toujours",
    "solved": "Ça s'est arrangé",
    "unknown": "Je ne sais pas",
}

# The list of data·inclusion, schema v1 (« publics »), in our words.
AUDIENCES = {
    "familles": "Familles",
    "jeunes": "Jeunes",
    "etudiants": "Étudiants",
    "seniors": "Personnes âgées",
    "femmes": "Femmes",
    "actifs": "Personnes en emploi",
    "demandeurs-emploi": "Demandeurs d'emploi",
    "beneficiaires-des-minimas-sociaux": "Bénéficiaires de minimas sociaux",
    "personnes-en-situation-de-handicap": "Personnes en situation de handicap",
    "personnes-en-situation-durgence": "Personnes en situation d'urgence",
    "personnes-en-situation-juridique-specifique": "Personnes sous main de justice ou protégées",
    "personnes-exilees": "Personnes exilées",
    "residents-qpv-frr": "Habitants de quartiers ou de villages prioritaires",
    "tous-publics": "Tout le monde",
}

# Only the quality of a speaker is ever shown, never the name.
QUALITIES = {
    "resident": "Habitant·e",
    "association": "Association",
    "elected": "Élu·e",
    "technician": "Agent·e de collectivité",
    "business": "Entreprise",
    "employer": "Employeur",
    "social_worker": "Travail social",
    "health": "Santé",
    "education": "Éducation, formation",
    "state_service": "Service de l'État",
    "other": "Autre",
}
# The same as groups of voices, in the plural, for « Qui le dit ».
VOICES = {
    "resident": "Habitants",
    "association": "Associations",
    "elected": "Élus",
    "technician": "Agents de collectivités",
    "business": "Entreprises",
    "employer": "Employeurs",
    "social_worker": "Travail social",
    "health": "Santé",
    "education": "Éducation, formation",
    "state_service": "Services de l'État",
    "other": "Autres",
}

# The optional questions of the form, as they are read afterwards.
QUESTIONS = {
    "audiences": "Qui est concerné",
    "extent": "Combien de personnes",
    "how_known": "Comment c'est su",
    "urgency": "Depuis quand, à quel point",
    "causes": "D'où vient ce manque",
    "existing_answers": "Ce qui existe déjà",
    "solution": "Idée de solution",
    "seen_elsewhere": "Vu ailleurs",
    "interested_actors": "Qui pourrait s'y intéresser",
    "participation": "Prêt à participer",
}

ROLES = {
    "idea_sensor": "Capteur d'idées",
    "facilitator": "Coordination",
    "committee_member": "Membre de comité",
    "administrator": "Administration",
}

CLUSTER_STATES = {
    "proposed": "Proposé",
    "confirmed": "Confirmé",
    "set_aside": "Mis de côté",
    "merged": "Fusionné",
    "dissolved": "Dissous",
}

CHANGE_KINDS = {
    "enters": "Entrée",
    "leaves": "Sortie",
    "merges": "Réunion",
    "splits": "Scission",
    "disappears": "Disparition",
}

CHANGE_ANSWERS = {
    "waiting": "En attente",
    "accepted": "Accepté",
    "refused": "Refusé",
    "outdated": "Dépassé",
}

CONSTRAINT_KINDS = {
    "together": "Toujours ensemble",
    "apart": "Jamais ensemble",
    "pinned": "Épinglé ici",
    "clusters_apart": "Jamais avec",
    "locked": "Titre verrouillé",
    "alone": "Laissé seul",
}

STAGES = {
    "need_proven": "Besoin avéré",
    "idea": "Idée",
    "study": "Étude d'opportunité",
    "call": "Appel à porteur",
    "handover": "Transfert",
    "project": "Projet",
}
# How far an opportunity has come, for people outside: « étude en cours ».
STAGE_NEWS = {
    "need_proven": "besoin avéré",
    "idea": "opportunité ouverte",
    "study": "étude en cours",
    "call": "on cherche un porteur",
    "handover": "confié à un porteur",
    "project": "projet lancé",
}

VERDICTS = {
    "call": "Lancer l'appel à porteur",
    "study": "Lancer l'étude d'opportunité",
    "deepen": "Approfondir",
    "redirect": "Réorienter",
    "adjourn": "Ajourner",
    "abandon": "Abandonner",
    "hand_over": "Transférer à un porteur",
}
# What a verdict of a committee means for those who spoke.
VERDICT_NEWS = {
    "call": "Le comité a décidé de chercher qui peut le porter.",
    "study": "Le comité a lancé une étude.",
    "deepen": "Le comité demande d'approfondir.",
    "redirect": "Le comité propose une autre voie.",
    "adjourn": "Le comité a remis sa décision à plus tard.",
    "abandon": "Le comité n'a pas retenu cette idée.",
    "hand_over": "Le comité a confié le projet à un porteur.",
}
REFUSALS = frozenset({"abandon", "adjourn", "redirect"})

SHEET_HEADINGS = {
    "need": "Besoin et ampleur",
    "existing_supply": "Offre existante",
    "done_elsewhere": "Déjà fait ailleurs",
    "solution": "Solutions et périmètre",
    "market": "Marché, payeurs, premier modèle",
    "partners": "Partenaires et engagement",
    "legal_form": "Formes juridiques et portage",
    "impact": "Impact attendu",
    "risks": "Risques et verrous",
    "conclusion": "Conclusion et calendrier",
}

CRITERIA = {
    "g1": "Besoin avéré",
    "g2": "Non couvert",
    "g3": "Plausibilité économique",
    "g4": "Mobilisation locale",
    "g5": "Portage possible",
    "g6": "Utilité sociale",
    "g7": "Pas de doublon",
}
CRITERIA_HELP = {
    "g1": "Des témoignages nombreux et différents, des chiffres publics.",
    "g2": "Ce qui existe déjà ne répond pas, ou pas ici.",
    "g3": "On sait qui pourrait payer, et à peu près combien.",
    "g4": "Au moins une collectivité et un acteur de l'économie sociale sont prêts.",
    "g5": "Quelqu'un de crédible pourrait s'en charger, ou un appel le trouverait.",
    "g6": "Ce que cela change pour les gens, et ce que cela a de neuf.",
    "g7": "Aucun projet en cours ne fait la même chose.",
}
OPINION_LEVELS = {
    "0": "pas du tout",
    "1": "un peu",
    "2": "à moitié",
    "3": "plutôt",
    "4": "tout à fait",
}

# Lines of the history: what comes after the name of the person, or after « La machine ».
ACTS = {
    "need.logged": "a dit ce besoin",
    "need.confirmed_here": "a confirmé ce besoin",
    "need.withdrawn": "a retiré ce témoignage",
    "need.published": "a publié ce besoin après relecture",
    "need.hidden": "a masqué ce besoin",
    "need.sector_chosen": "a corrigé le secteur",
    "need.still_there": "a dit si ce besoin est encore là",
    "need.cut_out": "a fait de certaines phrases un besoin à part",
    "need.cut_from": "a entendu ce besoin dans un autre message",
    "need.moved": "a déplacé ce besoin",
    "need.pinned": "a épinglé ce besoin dans son regroupement",
    "need.tied": "a demandé de toujours le ranger avec un autre besoin",
    "need.parted": "a demandé de ne jamais le ranger avec un autre besoin",
    "cluster.confirmed": "a confirmé le regroupement",
    "cluster.gathered": "a fait ce regroupement de besoins isolés",
    "cluster.renamed": "a choisi le titre, qui est verrouillé",
    "cluster.merged": "a réuni un autre regroupement à celui-ci",
    "cluster.split": "a scindé le regroupement",
    "cluster.set_aside": "a mis le regroupement de côté",
    "cluster.kept_apart": "a demandé de ne jamais réunir deux regroupements",
    "change.accepted": "a accepté une proposition",
    "change.refused": "a refusé une proposition",
    "constraint.withdrawn": "a retiré une consigne",
    "opportunity.opened": "a ouvert l'opportunité",
    "opportunity.section_written": "a écrit une rubrique de l'étude",
    "opportunity.verdict_proposed": "a proposé un verdict",
    "opportunity.verdict_applied": "a appliqué la décision du comité",
    "opportunity.stage_set": "a changé l'étape",
}

SENTENCES = {
    "need.unknown": "Ce besoin n'existe pas, ou vous n'y avez pas accès.",
    "need.already_withdrawn": "Ce témoignage est déjà retiré.",
    "need.passages_unknown": ("Ces passages ne sont plus ceux du message : cochez-les de nouveau."),
    "need.cut_needs_two_sides": (
        "Cochez les passages de l'autre besoin : il doit en rester pour celui-ci."
    ),
    "need.is_a_part": "Ce besoin vient déjà d'un message : c'est le message qu'il faut couper.",
    "need.already_cut": "Une de ces phrases est déjà celle d'un autre besoin.",
    "need.not_grouped": "Ce besoin n'est dans aucun regroupement : rangez-le d'abord.",
    "cluster.unknown": "Ce regroupement n'existe pas, ou vous n'y avez pas accès.",
    "cluster.not_alive": "Ce regroupement a été réuni à un autre, dissous ou mis de côté.",
    "cluster.already_confirmed": "Ce regroupement est déjà confirmé.",
    "cluster.title_missing": "Donnez un titre au regroupement.",
    "cluster.merge_with_itself": "Choisissez un autre regroupement que celui-ci.",
    "cluster.split_needs_two_sides": (
        "Cochez une partie des besoins : il doit en rester de chaque côté."
    ),
    "cluster.needs_a_person": "Cet acte demande une personne, pas une tâche automatique.",
    "tie.unknown_need": (
        "Ce numéro n'est celui d'aucun besoin : recopiez-le, par exemple B-2026-0012."
    ),
    "tie.same_need": "C'est ce besoin-ci : donnez le numéro de l'autre.",
    "tie.contradicts": "Une autre consigne dit le contraire : retirez-la d'abord.",
    "constraint.unknown": "Cette consigne n'existe plus.",
    "change.unknown": "Cette proposition n'existe plus.",
    "change.already_answered": "Quelqu'un a déjà répondu à cette proposition.",
    "change.overtaken": "Depuis, ces besoins ont été rangés ailleurs par quelqu'un, ou retirés.",
    "undo.unknown": "Cet acte ne peut pas être annulé.",
    "undo.too_late": "Quelqu'un a changé ce dossier depuis : l'acte ne peut plus être annulé.",
    "opportunity.unknown": "Cette opportunité n'existe pas, ou vous n'y avez pas accès.",
    "opportunity.closed": "Cette opportunité est close.",
    "opportunity.title_missing": "Donnez un titre à l'opportunité.",
    "opportunity.needs_a_person": "Une opportunité est signée par une personne.",
    "opinion.level_out_of_range": "Choisissez un niveau de 0 à 4.",
    "verdict.reason_missing": "Écrivez le motif : il sera lu par le comité et dit aux capteurs.",
    "file.kind_unknown": (
        "Un fichier « {suffix} » ne se lit pas : envoyez un CSV, un XLSX ou un JSON par lignes."
    ),
    "grouping.outdated": (
        "Quelqu'un a changé un regroupement pendant le passage. Relancez-le : rien n'est perdu."
    ),
    "cluster.gather_needs_two": "Choisissez au moins deux besoins à réunir.",
    "file.missing": "Nous ne trouvons pas le fichier « {name} ».",
    "file.not_text": (
        "Ce fichier n'est pas du texte : envoyez un CSV, un XLSX ou un JSON par lignes."
    ),
    "file.csv_broken": "La ligne {line} du CSV ne se lit pas : des guillemets restent ouverts.",
    "file.xlsx_broken": "Ce classeur XLSX ne s'ouvre pas : enregistrez-le à nouveau et réessayez.",
    "file.no_text_column": (
        "Aucune colonne ne contient le texte des besoins. Colonnes lues : {columns}."
    ),
    "line.broken": "Cette ligne n'a pas le même nombre de colonnes que la première.",
    "text.too_short": "Dites-nous le besoin en quelques mots (10 lettres au moins).",
    "commune.unknown": (
        "Nous ne trouvons pas « {value} ». Vérifiez l'orthographe ou donnez le code postal."
    ),
    "date.unreadable": "Cette date ne se lit pas : écrivez 23/11/2026 ou 2026-11-23.",
}

NUMBERS = ("Aucun", "Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix")


def in_words(n: int) -> str:
    """Return a small number in letters, « Deux », a larger one in figures."""
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def hinted(
    labels: Mapping[str, str], hints: Mapping[str, str] | None = None
) -> list[tuple[str, str, str | None]]:
    """Return the choices of an enumeration as (value, label, hint or None)."""
    return [(value, label, (hints or {}).get(value)) for value, label in labels.items()]


def answer(question: str, value: str) -> str:
    """Return an optional answer of the form as people read it."""
    match question:
        case "audiences":
            return ", ".join(AUDIENCES.get(code, code) for code in value.split(", "))
        case "extent":
            return EXTENTS[value]
        case "how_known":
            return HOW_KNOWN[value]
        case "participation":
            return PARTICIPATIONS[value]
        case _:
            return value
