from monitoring.forms.decisions import DismissForm

__all__ = ["DismissForm"]
