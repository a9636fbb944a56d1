from risk.models.categories import RiskCategory
from risk.models.drafts import StatementDraft
from risk.models.exposures import COUNTED_KINDS, LOSS_KINDS, Exposure, ExposureKind, ExposureValue, ValuationBasis

__all__ = [
    "COUNTED_KINDS",
    "LOSS_KINDS",
    "Exposure",
    "ExposureKind",
    "ExposureValue",
    "RiskCategory",
    "StatementDraft",
    "ValuationBasis",
]
