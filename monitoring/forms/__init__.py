from monitoring.forms.decisions import AcceptForm, AnswerForm, DeclineForm, DismissForm, WayForm, WithdrawForm

__all__ = ["AcceptForm", "AnswerForm", "DeclineForm", "DismissForm", "WayForm", "WithdrawForm"]
