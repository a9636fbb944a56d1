from risk.models.categories import RiskCategory
from risk.models.exposures import Exposure, ExposureKind, ExposureValue, ValuationBasis

__all__ = ["Exposure", "ExposureKind", "ExposureValue", "RiskCategory", "ValuationBasis"]
