"""The catalogue of sentences: a stable code on one side, the French people read on the other.

Codes come from errors of the domains and from refused fields; facts fill the braces.
"""

from collections.abc import Mapping

from fabrique.web.labels import capture, imports, matching, steering

_OTHERWISE = "Indiquez le dossier d'un autre modèle, ou videz ce réglage pour garder le nôtre."
_HOUSE = {
    "sign_in.needed": "Connectez-vous pour continuer.",
    "sign_in.email_invalid": "Écrivez une adresse e-mail complète, par exemple nom@exemple.fr.",
    "sign_in.too_many": "Trop de codes ont été demandés. Réessayez dans une heure.",
    "sign_in.code_refused": "Ce code n'est pas, ou n'est plus, valable. Demandez-en un autre.",
    "access.forbidden": "Vous pouvez lire ce dossier, pas le modifier.",
    "page.unknown": "Cette page n'existe pas, ou vous n'y avez pas accès.",
    "request.refused": "Cette demande n'a pas pu être comprise. Revenez en arrière et réessayez.",
    "request.too_large": "Ce que vous envoyez est trop lourd. Gardez l'essentiel et réessayez.",
    "service.silent": "Ce service extérieur ne répond pas. Le reste fonctionne.",
    "service.unreadable": "Ce service extérieur répond mal ({service}). Rien n'est changé.",
    "unexpected": "Une erreur est arrivée de notre côté. Rien n'est perdu.",
    "vectoriser.unknown": (
        "FABRIQUE_VECTORISER_PATH : le dossier « {folder} » ne contient ni modèle spaCy ni modèle"
        f" sentence-transformers. {_OTHERWISE}"
    ),
    "vectoriser.no_vectors": (
        "FABRIQUE_VECTORISER_PATH : le modèle spaCy du dossier « {folder} » n'a pas de vecteurs."
        f" {_OTHERWISE}"
    ),
    "vectoriser.package_missing": (
        "FABRIQUE_VECTORISER_PATH : le dossier « {folder} » contient un modèle"
        " sentence-transformers, et ce paquet n'est pas installé. Installez-le (README, Modèle plus"
        " grand), ou videz ce réglage pour garder notre modèle."
    ),
    "vectoriser.unreadable": (
        "FABRIQUE_VECTORISER_PATH : le modèle du dossier « {folder} » ne peut pas être lu"
        f" ({{reason}}). {_OTHERWISE}"
    ),
    "fabrique.none": "Aucune fabrique n'est installée à cette adresse.",
    "fabrique.unknown": "Cette fabrique n'existe pas ici.",
    "place.unknown": (
        "Nous ne trouvons pas « {name} ». Vérifiez l'orthographe ou donnez le code postal."
    ),
    "place.homonyms": "Plusieurs communes s'appellent {name} : laquelle ?",
    "text.too_long": (
        "Ce texte est très long ({length} signes). Gardez l'essentiel, {limit} signes suffisent."
    ),
}

# The codes of a domain have their sentences beside its other words.
SENTENCES: dict[str, str] = {
    **_HOUSE,
    **capture.SENTENCES,
    **imports.SENTENCES,
    **matching.SENTENCES,
    **steering.SENTENCES,
}

FIELD_SENTENCES: dict[str, str] = {
    "missing": "Répondez à cette question.",
    "string_too_short": "Écrivez au moins {min_length} signes.",
    "string_too_long": "Gardez l'essentiel : {max_length} signes au plus.",
    "string_pattern_mismatch": "Vérifiez ce que vous avez écrit.",
    "string_type": "Écrivez votre réponse en quelques mots.",
    "int_parsing": "Écrivez un nombre entier, par exemple 12.",
    "int_from_float": "Écrivez un nombre entier, par exemple 12.",
    "float_parsing": "Écrivez un nombre, par exemple 12,5.",
    "decimal_parsing": "Écrivez un nombre, par exemple 12,5.",
    "decimal_max_places": "Gardez au plus {decimal_places} chiffres après la virgule.",
    "finite_number": "Écrivez un nombre, par exemple 12,5.",
    "greater_than": "Donnez un nombre plus grand que {gt}.",
    "greater_than_equal": "Donnez un nombre d'au moins {ge}.",
    "less_than": "Donnez un nombre plus petit que {lt}.",
    "less_than_equal": "Donnez un nombre d'au plus {le}.",
    "date_parsing": "Écrivez une date, par exemple 23/11/2026.",
    "date_from_datetime_parsing": "Écrivez une date, par exemple 23/11/2026.",
    "date_future": "Donnez une date à venir.",
    "date_past": "Donnez une date passée.",
    "time_parsing": "Écrivez une heure, par exemple 14:30.",
    "datetime_parsing": "Écrivez une date et une heure.",
    "datetime_from_date_parsing": "Écrivez une date et une heure.",
    "bool_parsing": "Choisissez oui ou non.",
    "enum": "Choisissez une des réponses proposées.",
    "literal_error": "Choisissez une des réponses proposées.",
    "too_short": "Choisissez au moins {min_length} réponses.",
    "too_long": "Choisissez au plus {max_length} réponses.",
    "url_parsing": "Écrivez une adresse complète, par exemple https://exemple.fr.",
    "url_scheme": "Écrivez une adresse qui commence par https://.",
    "value_error": "Vérifiez cette réponse.",
}


def sentence(code: str, facts: Mapping[str, object] | None = None) -> str:
    """Return the sentence of an error code with its facts; KeyError if the code has none."""
    return SENTENCES[code].format_map(dict(facts or {}))


def field_sentence(
    error_type: str, facts: Mapping[str, object], overrides: Mapping[str, str]
) -> str:
    """Return the sentence of a refused field: the form's own, the catalogue's, or a general one."""
    pattern = (
        overrides.get(error_type)
        or FIELD_SENTENCES.get(error_type)
        or SENTENCES.get(error_type)
        or FIELD_SENTENCES["value_error"]
    )
    return pattern.format_map(dict(facts))
