"""The closed lists matching reasons with: scales of a zone, stages of a project, kinds of help.
Which help is wanted at which stage is a rule of the trade and stands here too."""

import enum


class ZoneScale(enum.StrEnum):
    """How a zone is given; codes are INSEE codes or SIREN of that scale."""

    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"
    COUNTRY = "country"


class Stage(enum.StrEnum):
    """Stages of a project as support actors name them."""

    IDEA = "idea"
    OPPORTUNITY = "opportunity"
    FEASIBILITY = "feasibility"
    CREATION = "creation"
    START_UP = "start_up"
    CONSOLIDATION = "consolidation"
    SCALING = "scaling"


class HelpKind(enum.StrEnum):
    """What a support actor can give."""

    GRANT = "grant"
    LOAN = "loan"
    RECOVERABLE_ADVANCE = "recoverable_advance"
    GUARANTEE = "guarantee"
    EQUITY = "equity"
    TECHNICAL_ENGINEERING = "technical_engineering"
    FINANCIAL_ENGINEERING = "financial_engineering"
    LEGAL_ENGINEERING = "legal_engineering"
    HOSTING = "hosting"
    TRAINING = "training"
    MENTORING = "mentoring"
    NETWORKING = "networking"
    RESEARCH = "research"
    ACTIVITY_TEST = "activity_test"


# Read from the table of support actors and what they give at each stage, method §6: before a
# structure exists people need studies and contacts; then a frame, premises and money.
WANTED_HELP: dict[Stage, frozenset[HelpKind]] = {
    Stage.IDEA: frozenset({HelpKind.NETWORKING, HelpKind.TECHNICAL_ENGINEERING, HelpKind.RESEARCH}),
    Stage.OPPORTUNITY: frozenset(
        {
            HelpKind.TECHNICAL_ENGINEERING,
            HelpKind.FINANCIAL_ENGINEERING,
            HelpKind.RESEARCH,
            HelpKind.NETWORKING,
            HelpKind.GRANT,
        }
    ),
    Stage.FEASIBILITY: frozenset(
        {
            HelpKind.MENTORING,
            HelpKind.TECHNICAL_ENGINEERING,
            HelpKind.FINANCIAL_ENGINEERING,
            HelpKind.LEGAL_ENGINEERING,
            HelpKind.ACTIVITY_TEST,
            HelpKind.GRANT,
        }
    ),
    Stage.CREATION: frozenset(
        {
            HelpKind.MENTORING,
            HelpKind.LEGAL_ENGINEERING,
            HelpKind.HOSTING,
            HelpKind.GRANT,
            HelpKind.LOAN,
            HelpKind.RECOVERABLE_ADVANCE,
            HelpKind.GUARANTEE,
            HelpKind.ACTIVITY_TEST,
        }
    ),
    Stage.START_UP: frozenset(
        {
            HelpKind.HOSTING,
            HelpKind.TRAINING,
            HelpKind.MENTORING,
            HelpKind.LOAN,
            HelpKind.GUARANTEE,
            HelpKind.EQUITY,
        }
    ),
    Stage.CONSOLIDATION: frozenset(
        {HelpKind.FINANCIAL_ENGINEERING, HelpKind.TRAINING, HelpKind.LOAN, HelpKind.EQUITY}
    ),
    Stage.SCALING: frozenset({HelpKind.EQUITY, HelpKind.LOAN, HelpKind.FINANCIAL_ENGINEERING}),
}
