from accounts.models.people import Office, Role, Team, User, UserKind
from accounts.models.portfolios import Portfolio
from accounts.models.record import AuditEntry, CustomerCheck

__all__ = ["AuditEntry", "CustomerCheck", "Office", "Portfolio", "Role", "Team", "User", "UserKind"]
