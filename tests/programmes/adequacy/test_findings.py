"""Each finding of adequacy, in each case that it has words for, from real rows."""

import pytest
from django.utils import translation

from common import sentences
from common.monitor import catalogue, monitor_of
from monitoring.services import runs
from programmes.models import RiskStatus
from programmes.selectors.adequacy import adequacy_of
from tests.factories import TODAY
from tests.programmes.adequacy import scenes

OF_THE_CUSTOMER = {"COMPULSORY_MISSING", "APPETITE_EXCEEDED"}
STATUS = {
    "UNINSURED": RiskStatus.UNINSURED,
    "EXCLUDED": RiskStatus.EXCLUDED,
    "LIMIT_SHORTFALL": RiskStatus.SHORTFALL,
    "TOWER_GAP": RiskStatus.SHORTFALL,
    "SHARE_UNPLACED": RiskStatus.SHORTFALL,
    "RETENTION_EXCEEDED": RiskStatus.SHORTFALL,
    "INDEMNITY_PERIOD_SHORT": RiskStatus.SHORTFALL,
    "STRATEGY_MISMATCH": RiskStatus.MISMATCH,
    "UNKNOWN": RiskStatus.UNKNOWN,
}


def test_there_is_a_scene_for_every_finding_and_every_case_of_its_words():
    judged = [monitor for monitor in catalogue() if monitor.prepare is not None]
    assert {code for code, _case in scenes.SCENES} == {monitor.code for monitor in judged}
    for monitor in judged:
        assert set(monitor.sentences) <= {case for code, case in scenes.SCENES if code == monitor.code}


@pytest.mark.parametrize(("code", "case"), scenes.SCENES, ids=lambda word: word or "usual")
def test_a_finding_is_found_and_explains_itself(db, code, case):
    scene = scenes.SCENES[code, case]()
    customer_id = scene.pk if code == "COMPULSORY_MISSING" else scene.customer_id
    (row,) = [
        row
        for row in runs.preview(on=TODAY, customer_ids=[customer_id])
        if (row.monitor, row.facts["case"]) == (code, case)
    ]
    for language in ["en", "zh-hant"]:
        with translation.override(language):
            for words in [
                sentences.sentence(monitor_of(code), row.facts),
                sentences.plain(monitor_of(code), row.facts),
            ]:
                assert "{" not in words
                assert "None" not in words
            assert all(label and value for label, value in sentences.figures(monitor_of(code), row.facts))
    for name in monitor_of(code).material:
        assert name in row.facts
    judged = adequacy_of(customer_id, on=TODAY)
    if code in OF_THE_CUSTOMER:
        assert code in [found.code for found in judged.findings]
        return
    (risk,) = judged.risks
    assert code in [found.code for found in risk.findings]
    assert code not in STATUS or list(RiskStatus).index(risk.status) <= list(RiskStatus).index(STATUS[code])
