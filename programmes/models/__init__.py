from programmes.models.adequacy import AdequacyFinding, RiskStatus
from programmes.models.claims import Claim, ClaimMovement
from programmes.models.conditions import ConditionKind, ConditionState, PolicyCondition
from programmes.models.declarations import Declaration, DeclarationBasis
from programmes.models.policies import PARENT_KINDS, Policy, PolicyInsured, PolicyKind, PolicyState, Section
from programmes.models.premiums import PREMIUM_KINDS, Instalment, PremiumKind, PremiumPart
from programmes.models.renewals import Renewal, RenewalOutcome, RenewalPolicy, RenewalStage
from programmes.models.terms import (
    AttachmentBasis,
    AverageBasis,
    CoverageTrigger,
    CoverBasis,
    CoverTerm,
    DefenceCosts,
    LimitBasis,
    Participation,
    PercentOf,
    Terms,
    TermsLocation,
)

__all__ = [
    "PARENT_KINDS",
    "PREMIUM_KINDS",
    "AdequacyFinding",
    "AttachmentBasis",
    "AverageBasis",
    "Claim",
    "ClaimMovement",
    "ConditionKind",
    "ConditionState",
    "CoverBasis",
    "CoverTerm",
    "CoverageTrigger",
    "Declaration",
    "DeclarationBasis",
    "DefenceCosts",
    "Instalment",
    "LimitBasis",
    "Participation",
    "PercentOf",
    "Policy",
    "PolicyCondition",
    "PolicyInsured",
    "PolicyKind",
    "PolicyState",
    "PremiumKind",
    "PremiumPart",
    "Renewal",
    "RenewalOutcome",
    "RenewalPolicy",
    "RenewalStage",
    "RiskStatus",
    "Section",
    "Terms",
    "TermsLocation",
]
