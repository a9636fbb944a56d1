from programmes.forms.acts import (
    BindForm,
    CancelForm,
    EndForm,
    ReinstateForm,
    ResumeForm,
    ReviewForm,
    WithdrawForm,
)
from programmes.forms.policies import PACKAGE, PolicyForm, SectionForm
from programmes.forms.terms import TermsEntry

__all__ = [
    "PACKAGE",
    "BindForm",
    "CancelForm",
    "EndForm",
    "PolicyForm",
    "ReinstateForm",
    "ResumeForm",
    "ReviewForm",
    "SectionForm",
    "TermsEntry",
    "WithdrawForm",
]
