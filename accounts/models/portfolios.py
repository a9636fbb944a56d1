"""A portfolio: the customers one account manager looks after, with assistants, inside a team."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Team, User
from common.history import tracked
from common.models import Record


class PortfolioQuerySet(models.QuerySet["Portfolio"]):
    def visible_to(self, user: User) -> "PortfolioQuerySet":
        return user.reach.limit_visible(self, "pk")

    def editable_by(self, user: User) -> "PortfolioQuerySet":
        return user.reach.limit_editable(self, "pk")


@tracked
class Portfolio(Record):
    """Customers belong to a portfolio, and permission follows from it."""

    name = models.CharField(_("name"), max_length=80)
    team = models.ForeignKey(Team, models.PROTECT, related_name="portfolios", verbose_name=_("team"))
    manager = models.ForeignKey(User, models.PROTECT, related_name="portfolios", verbose_name=_("account manager"))
    assistants = models.ManyToManyField(
        User, related_name="assisted_portfolios", blank=True, verbose_name=_("assistants")
    )

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("portfolio"), _("portfolios")
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="accounts_portfolio_name")]

    def __str__(self) -> str:
        return self.name
