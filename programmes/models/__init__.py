from programmes.models.policies import Policy, PolicyState, Section
from programmes.models.renewals import Renewal, RenewalOutcome, RenewalPolicy, RenewalStage
from programmes.models.terms import (
    AttachmentBasis,
    AverageBasis,
    CoverageTrigger,
    CoverBasis,
    CoverTerm,
    LimitBasis,
    Participation,
    PercentOf,
    Terms,
    TermsLocation,
)

__all__ = [
    "AttachmentBasis",
    "AverageBasis",
    "CoverBasis",
    "CoverTerm",
    "CoverageTrigger",
    "LimitBasis",
    "Participation",
    "PercentOf",
    "Policy",
    "PolicyState",
    "Renewal",
    "RenewalOutcome",
    "RenewalPolicy",
    "RenewalStage",
    "Section",
    "Terms",
    "TermsLocation",
]
