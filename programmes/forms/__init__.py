from programmes.forms.acts import (
    BindForm,
    CancelForm,
    EndForm,
    ReinstateForm,
    ResumeForm,
    ReviewForm,
    WithdrawForm,
)
from programmes.forms.claims import (
    ClaimForm,
    ClaimsFileForm,
    CloseForm,
    FiguresForm,
    NewClaimForm,
    RemoveFiguresForm,
    ReopenForm,
)
from programmes.forms.policies import PACKAGE, PolicyForm, SectionForm
from programmes.forms.terms import TermsEntry

__all__ = [
    "PACKAGE",
    "BindForm",
    "CancelForm",
    "ClaimForm",
    "ClaimsFileForm",
    "CloseForm",
    "EndForm",
    "FiguresForm",
    "NewClaimForm",
    "PolicyForm",
    "ReinstateForm",
    "RemoveFiguresForm",
    "ReopenForm",
    "ResumeForm",
    "ReviewForm",
    "SectionForm",
    "TermsEntry",
    "WithdrawForm",
]
