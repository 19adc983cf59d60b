"""Needs told in several ways, that more than one test reads."""

BUS = (
    "Pas de bus le soir pour rentrer du travail, il faudrait plus de transports en commun.",
    "Plus de bus le soir : les transports en commun manquent pour rentrer du travail.",
    "Il manque des transports en commun le soir, aucun bus pour rentrer du travail.",
    "Sans bus le soir on ne peut pas rentrer du travail, il manque des transports en commun.",
)
TRANSPORT = (
    "Plus de bus le soir entre la gare et le village",
    "Il faudrait un transport à la demande pour aller chez le médecin",
    "Créer un transport à la demande dans le canton",
    "Le transport à la demande ne passe jamais le samedi",
)
REPAIR = (
    "Un atelier de réparation de vélos",
    "Ouvrir un atelier de réparation pour les petits appareils",
    "On jette tout, il manque un atelier de réparation",
)
# What a coordination may sort in its own way, and a need like them.
WASTE = (
    "Trop de déchets jetés au bord des chemins",
    "Les déchets débordent des poubelles du village",
    "Il faudrait ramasser les déchets dans la nature",
    "Des déchets sauvages dans la forêt communale",
    "Mieux trier les déchets et les ramasser",
    "Une journée pour ramasser les déchets",
)
WASTE_TOO = "Ramasser les déchets qui traînent dans le bois"
