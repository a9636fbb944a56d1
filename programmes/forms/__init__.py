from programmes.forms.acts import BindForm, CancelForm, WithdrawForm
from programmes.forms.claims import (
    ClaimForm,
    ClaimsFileForm,
    CloseForm,
    FiguresForm,
    NewClaimForm,
    RemoveFiguresForm,
    ReopenForm,
)
from programmes.forms.policies import PolicyForm, SectionForm
from programmes.forms.terms import TermsEntry

__all__ = [
    "BindForm",
    "CancelForm",
    "ClaimForm",
    "ClaimsFileForm",
    "CloseForm",
    "FiguresForm",
    "NewClaimForm",
    "PolicyForm",
    "RemoveFiguresForm",
    "ReopenForm",
    "SectionForm",
    "TermsEntry",
    "WithdrawForm",
]
