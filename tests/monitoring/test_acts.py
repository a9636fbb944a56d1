"""Where the button of a finding leads."""

import pytest
from django.urls import reverse

from common.ids import uuid7
from common.monitor import catalogue
from monitoring.models import Finding
from monitoring.selectors.acts import OF_A_CUSTOMER, OF_A_POLICY, OF_A_RISK, act_of
from programmes.monitors import adequacy


def found(code):
    return Finding(monitor=code, customer_id=uuid7(), subject_id=uuid7(), about_id=uuid7(), facts={})


@pytest.mark.parametrize("code", OF_A_RISK)
def test_what_was_found_of_a_risk_leads_to_its_cover(code):
    finding = found(code)
    act = act_of(finding)
    assert (act.url, act.how) == (reverse("programmes:risk-cover", args=[finding.about_id]), "LINK")


@pytest.mark.parametrize("code", OF_A_POLICY)
def test_what_was_found_of_a_section_leads_to_its_policy(code):
    finding = found(code)
    assert act_of(finding).url == reverse("programmes:policy", args=[finding.about_id])


@pytest.mark.parametrize("code", OF_A_CUSTOMER)
def test_what_was_found_of_a_customer_leads_to_its_risks_against_its_cover(code):
    finding = found(code)
    assert act_of(finding).url == reverse("programmes:adequacy", args=[finding.customer_id])


def test_every_finding_of_adequacy_has_an_act():
    declared = {monitor.code for monitor in catalogue() if monitor.prepare is adequacy.prepare}
    assert declared == {*OF_A_RISK, *OF_A_POLICY, *OF_A_CUSTOMER}
