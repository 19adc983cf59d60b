"""Communes, parties and opportunities as the pure room sees them, for its tests."""

from hypothesis import strategies as st

from fabrique.core.places import Commune, Located
from matching.scoring.features import Dossier, Offer, Party, PartyKind, Zone
from matching.scoring.vocabulary import HelpKind, Stage, ZoneScale

SECTORS = ("mobilite", "alimentation", "commerce", "transversal")


def a_place(code: str = "02381", **values: object) -> Commune:
    """Hirson unless told otherwise."""
    return Commune(
        **{  # type: ignore[arg-type]
            "insee_code": code,
            "name": "Hirson",
            "postal_codes": ("02500",),
            "epci": "240200477",
            "departement": code[:2],
            "region": "32",
            "population": 8_800,
            "latitude": 49.92,
            "longitude": 4.08,
            "located": Located.EXACT,
        }
        | values
    )


HIRSON = a_place()
VERVINS = a_place("02789", epci="240200444", latitude=49.83, longitude=3.91, population=2_500)
LILLE = a_place("59350", epci="200093201", latitude=50.63, longitude=3.07, population=238_000)
NICE = a_place("06088", epci="200030195", region="93", latitude=43.7, longitude=7.27)


def an_offer(**values: object) -> Offer:
    return Offer(
        **{  # type: ignore[arg-type]
            "help_kinds": frozenset({HelpKind.MENTORING, HelpKind.GRANT}),
            "stages": frozenset({Stage.FEASIBILITY}),
            "legal_forms": frozenset(),
        }
        | values
    )


def a_party(key: str = "holder:1", **values: object) -> Party:
    """A holder of the Aisne that repairs cars, unless told otherwise."""
    return Party(
        **{  # type: ignore[arg-type]
            "key": key,
            "kind": PartyKind.HOLDER,
            "zone": Zone(scale=ZoneScale.DEPARTEMENT, codes=frozenset({"02"})),
            "seat": HIRSON,
            "sectors": ("mobilite",),
            "stages": frozenset({Stage.FEASIBILITY}),
            "offers": (),
            "legal_form": "association",
            "capacity": 3,
            "capacity_left": 2,
            "absent_until": None,
            "words": frozenset({"garage", "voiture"}),
            "text": None,
        }
        | values
    )


def an_actor(key: str = "actor:1", **values: object) -> Party:
    return a_party(
        key,
        **{"kind": PartyKind.ACTOR, "offers": (an_offer(),), "legal_form": "incubator"} | values,
    )


def a_dossier(**values: object) -> Dossier:
    """A garage wanted in Hirson and Vervins, under study, unless told otherwise."""
    return Dossier(
        **{  # type: ignore[arg-type]
            "key": "1",
            "sector": "mobilite",
            "secondary": ("commerce",),
            "places": (HIRSON, VERVINS),
            "stages": frozenset({Stage.OPPORTUNITY, Stage.FEASIBILITY}),
            "next_stages": frozenset({Stage.CREATION}),
            "legal_form": None,
            "words": ("garage", "voitures", "permis"),
            "barred": frozenset(),
            "introduced": frozenset(),
            "text": None,
        }
        | values
    )


_zones = st.one_of(
    st.just(Zone(scale=ZoneScale.COUNTRY, codes=frozenset())),
    st.builds(
        Zone,
        scale=st.just(ZoneScale.DEPARTEMENT),
        codes=st.frozensets(st.sampled_from(["02", "59", "06"])),
    ),
    st.builds(
        Zone,
        scale=st.just(ZoneScale.COMMUNE),
        codes=st.frozensets(st.sampled_from(["02381", "02789", "59350"])),
    ),
)
_stages = st.frozensets(st.sampled_from(Stage), max_size=3)
_offers = st.builds(
    Offer,
    help_kinds=st.frozensets(st.sampled_from(HelpKind), max_size=3),
    stages=_stages,
    legal_forms=st.frozensets(st.sampled_from(["association", "scop"])),
)


_numbers = st.integers(1, 999)


@st.composite
def parties(draw: st.DrawFn, numbers: st.SearchStrategy[int] = _numbers) -> Party:
    kind = draw(st.sampled_from(PartyKind))
    number = draw(numbers)
    is_actor = kind is PartyKind.ACTOR
    capacity = draw(st.integers(0, 4))
    return a_party(
        f"{kind.value}:{number}",
        kind=kind,
        zone=draw(_zones),
        seat=draw(st.sampled_from([HIRSON, VERVINS, LILLE, NICE, None])),
        sectors=tuple(draw(st.lists(st.sampled_from(SECTORS), unique=True, max_size=3))),
        stages=frozenset() if is_actor else draw(_stages),
        offers=tuple(draw(st.lists(_offers, max_size=3))) if is_actor else (),
        legal_form=draw(st.sampled_from(["association", "individual"])),
        capacity=capacity,
        capacity_left=draw(st.integers(-1, capacity)),
        words=draw(st.frozensets(st.sampled_from(["garage", "voiture", "pain"]))),
    )


directories = st.lists(parties(), max_size=6, unique_by=lambda party: party.key)
dossiers = st.builds(
    a_dossier,
    sector=st.sampled_from(SECTORS),
    secondary=st.sampled_from([(), ("commerce",)]),
    places=st.sampled_from([(), (HIRSON,), (HIRSON, VERVINS), (LILLE,)]),
    stages=_stages,
    next_stages=_stages,
    legal_form=st.sampled_from([None, "association", "scop"]),
    barred=st.frozensets(st.sampled_from(["holder:1", "actor:2"])),
)
