"""The columns of a file of claims: one row for each of a claim's figures. Found by name, in any order."""

import unicodedata

HEADINGS = {
    "reference": "Claim reference",
    "customer": "Customer",
    "policy": "Policy number",
    "inception": "Inception",
    "section": "Section",
    "lost_on": "Date of loss",
    "made_on": "Claim made on",
    "notified_on": "Notified on",
    "closed_on": "Closed on",
    "insurer_reference": "Insurer reference",
    "category": "Cause",
    "location": "Location",
    "description": "Description",
    "stood_on": "As at",
    "outstanding": "Outstanding",
    "paid": "Paid",
    "note": "Note",
}
"""What an exported file calls each column, in its order. Not translated: a file reads back in any language."""

OTHER_NAMES = {
    "reference": "claim, claim no, claim number, claim ref, our reference, 賠案編號, 索償編號",
    "customer": "client, insured, customer name, client name, 客戶",
    "policy": "policy, policy no, policy ref, policy reference, 保單號碼",
    "inception": "inception date, policy inception, policy from, policy start, 生效日期",
    "section": "section reference, section ref, section no, 分項",
    "lost_on": "loss date, date of occurrence, occurrence date, date of accident, accident date, dol, 出險日期",
    "made_on": "made on, claim made, claim date, date claim made, date made, 提出索償日期",
    "notified_on": "notified, notification date, date notified, reported, date reported, reported on, 通知日期",
    "closed_on": "closed, date closed, closure date, settled on, 結案日期",
    "insurer_reference": "insurers reference, insurer ref, insurer claim reference, insurer claim no, 保險公司編號",
    "category": "cause of loss, cause code, risk category, peril, 原因",
    "location": "location reference, location ref, loc no, site, 地點",
    "description": "what happened, details, loss description, narrative, 經過",
    "stood_on": "figures as at, valuation date, valued on, as at date, status date, 截至",
    "outstanding": "outstanding amount, os, o s, reserve, reserves, outstanding reserve, 未決賠款",
    "paid": "paid to date, paid so far, total paid, amount paid, 已付賠款",
    "note": "remark, remarks, comment, 備註",
}
"""Further names by which brokers and insurers call them."""

NEEDED = ("reference", "policy")


def bare(heading: str) -> str:
    """A heading by its letters and digits alone: "Claim No." is "claimno"."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(character for character in folded if character.isalnum())


FIELDS = {bare(heading): field for field, heading in HEADINGS.items()} | {
    bare(name): field for field, names in OTHER_NAMES.items() for name in names.split(",")
}
"""The field that a bare heading means."""
