"""The programme's dates on one line each, for page and PDF alike."""

from django.urls import reverse
from django.utils.translation import gettext as _

from common.templatetags.ui import day_text
from common.ui.charts.period_line import WIDE, Lane, Measures, Period, Picture, picture
from programmes.models import Policy, PolicyState
from programmes.selectors.programme import Programme

KINDS = {PolicyState.IN_FORCE: "now", PolicyState.COMING: "next"}


def periods(programme: Programme, *, is_today: bool, wide_as: Measures = WIDE) -> Picture:
    """A lane for each policy, those bound to follow it behind; the one that ends first on top."""
    lanes = [
        Lane(
            str(chain.policies[0].class_of_business),
            tuple(_period(policy, programme) for policy in chain.policies),
        )
        for chain in programme.chains
    ]
    label = _("today") if is_today else day_text(programme.on)
    return picture(lanes, on=programme.on, day_label=label, wide_as=wide_as)


def _period(policy: Policy, programme: Programme) -> Period:
    return Period(
        label=policy.number,
        first=policy.inception_date,
        last=policy.expiry_date,
        kind=KINDS.get(policy.state(programme.on), "over"),
        cancelled_from=policy.cancelled_from,
        url=reverse("programmes:policy", args=[policy.pk]),
    )
