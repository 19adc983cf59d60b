"""Why a line of an imported file is refused, in one French sentence; ``value`` is what was read."""

SENTENCES = {
    "import.commune.unknown": (
        "Nous ne trouvons pas « {value} ». Vérifiez l'orthographe ou donnez le code postal."
    ),
    "import.commune.homonyms": (
        "Plusieurs communes s'appellent « {value} ». Donnez aussi le code postal."
    ),
    "import.text.too_short": "Le texte est vide ou trop court (10 lettres au moins).",
    "import.text.not_words": "Une phrase est attendue ici, pas une liste : « {value} ».",
    "import.text.too_long": (
        "Le texte est trop long ({value} signes). Gardez l'essentiel, ou coupez-le en plusieurs "
        "besoins."
    ),
    "import.date.unreadable": (
        "« {value} » n'est pas une date que nous savons lire, par exemple 23/11/2026."
    ),
    "import.line.broken": "La ligne ne se lit pas : « {value} ».",
}
