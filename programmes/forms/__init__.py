from programmes.forms.acts import BindForm, CancelForm, WithdrawForm
from programmes.forms.policies import PolicyForm, SectionForm
from programmes.forms.terms import TermsEntry

__all__ = ["BindForm", "CancelForm", "PolicyForm", "SectionForm", "TermsEntry", "WithdrawForm"]
