"""Who reads which page: the table that the tests of the application hold every page to."""

import re

ANONYMOUS, SENSOR, MEMBER, FACILITATOR, ADMINISTRATOR = (
    "anonymous",
    "idea_sensor",
    "committee_member",
    "facilitator",
    "administrator",
)
ROLES = (ANONYMOUS, SENSOR, MEMBER, FACILITATOR, ADMINISTRATOR)

OPEN = "200 200 200 200 200"
SIGNED_IN = "303 200 200 200 200"
COMMITTEE = "303 403 200 200 200"
COORDINATION = "303 403 403 200 200"
# The working agenda does not exist for those who only read frozen ones.
DRAFT = "303 403 404 200 200"
# What each page answers to: nobody, a sensor, a member of a committee, the coordination, the
# administration.
PAGES = {
    "/": OPEN,
    "/accessibilite": OPEN,
    "/mentions-legales": OPEN,
    "/donnees-personnelles": OPEN,
    "/connexion": OPEN,
    "/compte": SIGNED_IN,
    "/besoins": OPEN,
    "/besoins/nouveau": OPEN,
    "/besoins/{need}": OPEN,
    "/suivi/{token}": OPEN,
    "/suivi/{token}/merci": OPEN,
    "/regroupements": COORDINATION,
    "/regroupements/{cluster}": COORDINATION,
    "/regroupements/{cluster}/besoins": COORDINATION,
    "/regroupements/{cluster}/renommer": COORDINATION,
    "/regroupements/{cluster}/fusionner": COORDINATION,
    "/regroupements/{cluster}/scinder": COORDINATION,
    "/regroupements/{cluster}/ouvrir": COORDINATION,
    "/opportunites": COMMITTEE,
    "/opportunites/{opportunity}": COMMITTEE,
    "/opportunites/{opportunity}/decisions": COMMITTEE,
    "/opportunites/{opportunity}/avis": COMMITTEE,
    "/opportunites/{opportunity}/rapprochements": COMMITTEE,
    "/opportunites/{opportunity}/deja-fait-ailleurs": COMMITTEE,
    "/opportunites/{opportunity}/rapprochements/ecartes": COORDINATION,
    "/opportunites/{opportunity}/rapprochements/{match}/mise-en-relation": COORDINATION,
    "/opportunites/{opportunity}/rapprochements/{match}/ecarter": COORDINATION,
    "/opportunites/{opportunity}/rapprochements/{match}/reponse": COORDINATION,
    "/rapprochements": COORDINATION,
    "/rapprochements/repartition": COORDINATION,
    "/annuaire": COORDINATION,
    "/annuaire/porteurs": COORDINATION,
    "/annuaire/acteurs": COORDINATION,
    "/annuaire/initiatives": COORDINATION,
    "/annuaire/porteurs/nouveau": COORDINATION,
    "/annuaire/acteurs/nouveau": COORDINATION,
    "/annuaire/porteurs/{holder}": COORDINATION,
    "/annuaire/acteurs/{actor}": COORDINATION,
    "/annuaire/initiatives/{initiative}": COMMITTEE,
    "/comites": COMMITTEE,
    "/comites/nouvelle-seance": COORDINATION,
    "/comites/{meeting}": COMMITTEE,
    "/comites/{meeting}/modifier": COORDINATION,
    "/comites/{meeting}/decisions": COMMITTEE,
    "/comites/{meeting}/decisions/{number}/corriger": COORDINATION,
    "/comites/{meeting}/decisions/{number}/action": COORDINATION,
    "/comites/{meeting}/ordre-du-jour": COMMITTEE,
    "/comites/{meeting}/ordre-du-jour/version/{version}": COMMITTEE,
    "/comites/{meeting}/ordre-du-jour/figer": DRAFT,
    "/comites/{meeting}/ordre-du-jour/points/nouveau": DRAFT,
    "/comites/{meeting}/ordre-du-jour/points/{item}/modifier": DRAFT,
    "/comites/{meeting}/ordre-du-jour.docx": COMMITTEE,
    "/comites/{meeting}/ordre-du-jour.pdf": COMMITTEE,
    "/comites/{meeting}/releve.docx": COMMITTEE,
    "/comites/{meeting}/releve.pdf": COMMITTEE,
    "/decisions": COMMITTEE,
    "/actions/{follow_up}": COMMITTEE,
    "/bilan": COMMITTEE,
}
LISTS = tuple(
    page
    for page in PAGES
    if not re.search(r"nouveau|nouvelle|renommer|ouvrir|ecarter|reponse|docx|pdf|action$", page)
)
