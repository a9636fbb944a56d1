from risk.models.categories import RiskCategory
from risk.models.drafts import StatementDraft
from risk.models.exposures import COUNTED_KINDS, LOSS_KINDS, Exposure, ExposureKind, ExposureValue, ValuationBasis
from risk.models.profiles import LEVELS, CompulsoryRequirement, RiskProfile, ScaleStep, Tolerance
from risk.models.register import Control, ControlOrigin, Risk, RiskExposure, Treatment

__all__ = [
    "COUNTED_KINDS",
    "LEVELS",
    "LOSS_KINDS",
    "CompulsoryRequirement",
    "Control",
    "ControlOrigin",
    "Exposure",
    "ExposureKind",
    "ExposureValue",
    "Risk",
    "RiskCategory",
    "RiskExposure",
    "RiskProfile",
    "ScaleStep",
    "StatementDraft",
    "Tolerance",
    "Treatment",
    "ValuationBasis",
]
