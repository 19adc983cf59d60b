"""The sixteen sectors and the two labels beside them: name, glyph and order on screen.

Colours are in the style sheet, under the class `secteur-<code>`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A sector as people see it; `glyph` is the name of an icon."""

    code: str
    name: str
    glyph: str

    @property
    def css_class(self) -> str:
        """Return the class that carries the colour of the tile in both themes."""
        return f"secteur-{self.code.replace('_', '-')}"


SECTORS: dict[str, Sector] = {
    code: Sector(code=code, name=name, glyph=glyph)
    for code, name, glyph in (
        ("mobilite", "Mobilité", "bus"),
        ("alimentation", "Alimentation", "carrot"),
        ("habitat", "Habitat", "house"),
        ("autonomie", "Autonomie", "armchair"),
        ("sante", "Santé", "stethoscope"),
        ("enfance", "Petite enfance, famille", "baby"),
        ("jeunesse_education", "Jeunesse, éducation", "graduation-cap"),
        ("insertion_emploi", "Insertion, emploi", "briefcase"),
        ("circulaire", "Réemploi, déchets", "recycle"),
        ("energie", "Énergie", "zap"),
        ("environnement", "Environnement", "trees"),
        ("numerique", "Numérique", "laptop"),
        ("acces_services", "Accès aux services", "landmark"),
        ("commerce", "Commerce, artisanat", "store"),
        ("lien_social", "Lien social", "coffee"),
        ("culture_tourisme", "Culture, sport, tourisme", "theater"),
        ("transversal", "Transversal", "shapes"),
        ("hors_champ", "Hors champ", "circle-slash"),
    )
}


def sector(code: str) -> Sector:
    """Return the sector of this code; KeyError if there is none."""
    return SECTORS[code]
