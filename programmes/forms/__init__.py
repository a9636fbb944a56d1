from programmes.forms.acts import BindForm, CancelForm, EndForm, ReinstateForm, ResumeForm, WithdrawForm
from programmes.forms.policies import PolicyForm, SectionForm
from programmes.forms.terms import TermsEntry

__all__ = [
    "BindForm",
    "CancelForm",
    "EndForm",
    "PolicyForm",
    "ReinstateForm",
    "ResumeForm",
    "SectionForm",
    "TermsEntry",
    "WithdrawForm",
]
