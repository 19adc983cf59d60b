"""Letters in French that a person reads again and changes before they leave."""

from collections.abc import Sequence

from fabrique.core.text import sentence_list
from fabrique.web.labels.numbers import count


def draft_letter(
    kind: str,
    *,
    title: str,
    summary: str,
    reference: str,
    testimonies: int,
    places: Sequence[str],
    is_person: bool,
    sender: str,
    signature: str,
) -> str:
    """The message a person reads again before it leaves; kind is holder, actor or initiative."""
    where = sentence_list([*places[:3], *(["d'autres communes"] if len(places) > 3 else [])])
    voices = count(testimonies, "personne nous dit", "personnes nous disent")
    told = f"{voices} la même chose" + (f", à {where}" if where else "")
    asked = _ASKED[kind] + (f"\n\n{_NAME_KEPT}" if is_person else "")
    return (
        f"Bonjour,\n\n{told}. De leurs mots est née une opportunité : « {title} ».\n\n"
        + (f"{summary}\n\n" if summary else "")
        + f"{asked}\n\nUn mot suffit pour répondre, même pour dire non.\n\n"
        f"Référence du dossier : {reference}\n\nBien à vous,\n{sender}\n{signature}"
    )


_ASKED = {
    "holder": (
        "Nous cherchons qui pourrait porter ce projet, et nous pensons à vous. Seriez-vous "
        "d'accord pour en parler une demi-heure, sans engagement ?"
    ),
    "actor": (
        "Nous cherchons qui pourrait aider ce projet à cette étape, et ce que vous proposez y "
        "répond. Seriez-vous d'accord pour en parler une demi-heure ?"
    ),
    "initiative": (
        "Vous avez déjà fait quelque chose qui y ressemble. Accepteriez-vous de nous raconter ce "
        "qui a marché, ce qui a coincé, et ce qu'il faudrait réunir ici ?"
    ),
}
_NAME_KEPT = "Votre nom n'est donné à personne tant que vous n'avez pas dit oui."
