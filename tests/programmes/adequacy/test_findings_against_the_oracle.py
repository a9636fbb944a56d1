"""Random programmes, registers and strategies, judged by the SQL and by the oracle: no difference."""

from hypothesis import strategies as st

from tests.programmes.adequacy.drawing import books, worlds
from tests.programmes.adequacy.judging import customer_findings, verdict

ALL_CODES = {
    *("UNINSURED", "EXCLUDED", "LIMIT_SHORTFALL", "TOWER_GAP", "SHARE_UNPLACED", "SHARE_OVERPLACED"),
    *("DOUBLE_INSURANCE", "RETENTION_EXCEEDED", "INDEMNITY_PERIOD_SHORT", "AVERAGE_APPLIES", "AGGREGATE_ERODED"),
    *("SECURITY_BELOW_FLOOR", "CONCENTRATION_EXCEEDED", "COVER_ENDS", "LEVEL_ABOVE_TOLERANCE", "STRATEGY_MISMATCH"),
    *("UNKNOWN", "COMPULSORY_MISSING", "APPETITE_EXCEEDED"),
}
ALL_STATUSES = {
    *("UNINSURED", "EXCLUDED", "SHORTFALL", "UNKNOWN", "MISMATCH", "WATCH", "RETAINED_AS_PLANNED", "ADEQUATE"),
}

programmes = st.one_of(books(), books(), worlds())


def said_of(world, risks):
    """Codes and statuses that the oracle finds."""
    verdicts = [found for risk in risks if (found := verdict(world, risk)) is not None]
    codes = {code for found in verdicts for code in found.findings} | set(customer_findings(world, risks))
    return codes | {found.status for found in verdicts}
