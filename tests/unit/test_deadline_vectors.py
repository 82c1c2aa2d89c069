"""Worked examples of the laws, each a row; where a regulator published the example the row says so."""

from datetime import date

import pytest

from bot.domain.laws import ClockFacts, Deadlines, LawPack, deadlines

DE = ("DE",)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def counted(
    law: str,
    received: str,
    *,
    holidays: tuple[str, ...] = (),
    request_type: str = "access",
    verified: str | None = None,
    paused: int = 0,
    extended: bool = False,
    fee: str | None = None,
) -> Deadlines:
    facts = ClockFacts(date.fromisoformat(received), day(verified), paused, extended, fee=day(fee))
    return deadlines(LawPack.load()[law], facts, request_type=request_type, holidays=holidays)


# law, day of receipt, legal day to respond, day to act by, what else happened
RESPONSES = [
    # GDPR, one month: the same day of the next month, else its last (EDPB Guidelines 01/2022, examples 32 and 33).
    ("gdpr", "2027-03-05", "2027-04-05", "2027-04-05", {"holidays": DE}),
    ("gdpr", "2026-08-31", "2026-09-30", "2026-09-30", {"holidays": DE}),
    ("gdpr", "2028-01-31", "2028-02-29", "2028-02-29", {"holidays": DE}),
    ("gdpr", "2027-01-31", "2027-03-01", "2027-02-26", {"holidays": DE}),
    ("gdpr", "2028-02-29", "2028-03-29", "2028-03-29", {"holidays": DE}),
    ("gdpr", "2026-11-30", "2026-12-30", "2026-12-30", {"holidays": DE}),
    # The end rolls over weekends and the holidays of the Member State (Reg. 1182/71 Art. 3(4)).
    ("gdpr", "2026-03-05", "2026-04-07", "2026-04-02", {"holidays": DE}),
    ("gdpr", "2026-03-05", "2026-04-06", "2026-04-03", {}),
    ("gdpr", "2026-12-01", "2027-01-04", "2026-12-31", {"holidays": DE}),
    ("gdpr", "2026-11-25", "2026-12-28", "2026-12-24", {"holidays": DE}),
    ("gdpr", "2026-04-01", "2026-05-04", "2026-04-30", {"holidays": DE}),
    ("gdpr", "2026-04-01", "2026-05-01", "2026-05-01", {"holidays": ("NL",)}),
    ("gdpr", "2026-04-01", "2026-05-01", "2026-05-01", {"holidays": ("IE",)}),
    ("gdpr", "2026-06-14", "2026-07-15", "2026-07-13", {"holidays": ("FR",)}),
    ("gdpr", "2026-12-06", "2027-01-07", "2027-01-05", {"holidays": ("DE-BY",)}),
    ("gdpr", "2026-12-06", "2027-01-06", "2027-01-06", {"holidays": ("DE-BE",)}),
    # Extended: three months from receipt in one go; one and then two would end on 28 April.
    ("gdpr", "2025-11-30", "2026-03-02", "2026-02-27", {"holidays": DE, "extended": True}),
    ("gdpr", "2026-01-31", "2026-04-30", "2026-04-30", {"holidays": DE, "extended": True}),
    # A wait for proof may suspend the month, which is disputed: neither the due day nor the alarm moves.
    ("gdpr", "2026-04-01", "2026-05-04", "2026-04-30", {"holidays": DE, "verified": "2026-04-22", "paused": 21}),
    # UK GDPR (the ICO's examples); bank holidays of England unless the controller sits elsewhere.
    ("uk_gdpr", "2026-09-03", "2026-10-05", "2026-10-02", {}),
    ("uk_gdpr", "2024-11-25", "2024-12-27", "2024-12-24", {}),
    ("uk_gdpr", "2026-01-31", "2026-03-02", "2026-02-27", {}),
    ("uk_gdpr", "2026-11-25", "2026-12-29", "2026-12-24", {}),
    ("uk_gdpr", "2026-12-02", "2027-01-05", "2026-12-31", {"holidays": ("GB-SCT",)}),
    ("uk_gdpr", "2026-12-02", "2027-01-04", "2026-12-31", {}),
    ("uk_gdpr", "2026-03-06", "2026-04-07", "2026-04-02", {"holidays": ("GB",)}),
    ("uk_gdpr", "2026-02-17", "2026-03-18", "2026-03-16", {"holidays": ("GB-NIR",)}),
    # Proof of identity restarts the clock; days spent on clarification do not count (Art. 12A).
    ("uk_gdpr", "2026-03-02", "2026-04-10", "2026-04-10", {"verified": "2026-03-10"}),
    ("uk_gdpr", "2026-03-02", "2026-04-10", "2026-04-10", {"verified": "2026-03-04", "fee": "2026-03-10"}),
    ("uk_gdpr", "2026-03-02", "2026-04-10", "2026-04-09", {"paused": 8}),
    ("uk_gdpr", "2026-03-02", "2026-06-10", "2026-06-09", {"paused": 8, "extended": True}),
    ("uk_gdpr", "2026-03-02", "2026-04-20", "2026-04-17", {"verified": "2026-03-10", "paused": 8}),
    # CCPA: the plan counts the day of receipt, the legal day does not; nothing pauses and nothing rolls over.
    ("ccpa", "2026-05-15", "2026-06-29", "2026-06-26", {}),
    ("ccpa", "2026-05-15", "2026-06-29", "2026-06-26", {"verified": "2026-06-01", "paused": 12}),
    ("ccpa", "2026-05-15", "2026-08-13", "2026-08-12", {"extended": True}),
    ("ccpa", "2028-01-31", "2028-03-16", "2028-03-15", {}),
    ("ccpa", "2026-06-15", "2026-07-08", "2026-07-06", {"request_type": "opt_out"}),
    # Other American states: 45 days from receipt, told once of 45 more; Colorado alone rolls over.
    ("us_va", "2026-01-31", "2026-03-17", "2026-03-17", {}),
    ("us_va", "2026-01-31", "2026-05-01", "2026-05-01", {"extended": True}),
    ("us_va", "2026-01-31", "2026-03-17", "2026-03-17", {"verified": "2026-02-20"}),
    ("us_va", "2026-06-01", "2026-07-31", "2026-07-31", {"request_type": "appeal"}),
    ("us_co", "2026-05-06", "2026-06-22", "2026-06-19", {}),
    ("us_co", "2026-06-01", "2026-07-16", "2026-07-16", {"request_type": "appeal"}),
    ("us_co", "2026-06-01", "2026-09-14", "2026-09-14", {"request_type": "appeal", "extended": True}),
    ("us_ct", "2026-11-30", "2027-01-14", "2027-01-14", {}),
    ("us_tx", "2028-01-15", "2028-02-29", "2028-02-29", {}),
    ("us_or", "2028-01-15", "2028-02-29", "2028-02-29", {}),
    ("us_or", "2026-06-01", "2026-07-16", "2026-07-16", {"request_type": "appeal"}),
    ("us_ia", "2026-01-31", "2026-05-01", "2026-05-01", {}),
    ("us_ut", "2026-11-30", "2027-01-14", "2027-01-14", {}),
    # Elsewhere: days from receipt; only Singapore rolls, and only over Sundays and holidays.
    ("lgpd", "2026-01-31", "2026-02-15", "2026-02-13", {}),
    ("pipeda", "2026-01-31", "2026-03-02", "2026-03-02", {}),
    ("pipeda", "2026-01-31", "2026-04-01", "2026-04-01", {"extended": True}),
    ("pipeda", "2026-11-26", "2026-12-26", "2026-12-24", {}),
    ("quebec", "2026-05-25", "2026-06-24", "2026-06-23", {}),
    ("fadp", "2026-01-31", "2026-03-02", "2026-03-02", {}),
    # Where a fee is asked, the 30 days start after the ten in which the requester may withdraw.
    ("fadp", "2026-01-31", "2026-03-17", "2026-03-17", {"fee": "2026-02-05"}),
    ("fadp", "2026-01-31", "2026-03-02", "2026-03-02", {"verified": "2026-02-05", "paused": 6}),
    ("pipa", "2026-01-31", "2026-02-10", "2026-02-10", {}),
    ("appi", "2026-01-31", None, None, {}),
    ("dpdp", "2027-06-01", None, None, {}),
    ("dpdp", "2027-06-01", "2027-08-30", "2027-08-30", {"request_type": "complaint"}),
    ("au_privacy", "2026-01-31", "2026-03-02", "2026-03-02", {}),
    ("sg_pdpa", "2026-02-13", "2026-03-16", "2026-03-13", {}),
    ("sg_pdpa", "2026-02-12", "2026-03-14", "2026-03-13", {}),
    ("sg_pdpa", "2026-01-18", "2026-02-19", "2026-02-16", {}),
]

# law, type, day of receipt, legal day to acknowledge, day to act by
ACKNOWLEDGEMENTS = [
    # Ten business days, with Memorial Day (legal) and without (plan); an opt-out needs no confirmation of receipt.
    ("ccpa", "access", "2026-05-15", "2026-06-01", "2026-05-29"),
    ("ccpa", "deletion", "2026-05-16", "2026-06-01", "2026-05-29"),
    ("ccpa", "correction", "2026-05-11", "2026-05-26", "2026-05-22"),
    ("ccpa", "opt_out", "2026-05-15", None, None),
    # A complaint: 30 days, with the day of receipt (the Act) or from the next (the ICO, which also rolls over).
    ("uk_gdpr", "complaint", "2026-07-01", "2026-07-31", "2026-07-30"),
    ("uk_gdpr", "complaint", "2026-07-02", "2026-08-03", "2026-07-31"),
    ("uk_gdpr", "access", "2026-07-01", None, None),
    ("gdpr", "access", "2026-07-01", None, None),
]


@pytest.mark.parametrize(("law", "received", "respond_by", "act_by", "more"), RESPONSES)
def test_a_request_is_due(law, received, respond_by, act_by, more):
    found = counted(law, received, **more)
    assert (found.respond_by, found.act_by) == (day(respond_by), day(act_by))


@pytest.mark.parametrize(("law", "request_type", "received", "acknowledge_by", "act_by"), ACKNOWLEDGEMENTS)
def test_an_acknowledgement_is_due(law, request_type, received, acknowledge_by, act_by):
    found = counted(law, received, request_type=request_type)
    assert (found.acknowledge_by, found.acknowledge_act_by) == (day(acknowledge_by), day(act_by))


@pytest.mark.parametrize(
    ("law", "extended_by"),
    [("gdpr", "2026-06-05"), ("uk_gdpr", "2026-06-05"), ("ccpa", "2026-06-03"), ("fadp", None), ("quebec", None)],
)
def test_the_extended_day_is_told_before_anybody_extends(law, extended_by):
    assert counted(law, "2026-03-05").extended_by == day(extended_by)


@pytest.mark.parametrize("law", ["ccpa", "us_ut"])
def test_a_law_without_appeals_has_no_date_for_one(law):
    found = counted(law, "2026-03-05", request_type="appeal")
    assert (found.acknowledge_by, found.respond_by, found.act_by) == (None, None, None)


@pytest.mark.parametrize(
    "request_type", ["policy_question", "status_inquiry", "not_privacy", "consent_withdrawal"]
)
def test_what_has_no_clock_of_its_own_runs_on_the_general_one(request_type):
    assert counted("gdpr", "2026-03-10", request_type=request_type).respond_by == date(2026, 4, 10)


def test_a_plan_avoids_the_holidays_of_every_region_and_the_due_day_rolls_over_those_of_the_law_alone():
    found = counted("gdpr", "2026-06-03", holidays=("DE", "US"))
    assert (found.respond_by, found.act_by) == (date(2026, 7, 3), date(2026, 7, 2))


def test_of_two_regions_of_one_law_the_earlier_due_day_counts():
    found = counted("gdpr", "2026-04-01", holidays=("DE", "NL"))
    assert (found.respond_by, found.act_by) == (date(2026, 5, 1), date(2026, 4, 30))


def test_a_region_refines_the_business_days_of_its_country():
    assert counted("ccpa", "2026-03-20", holidays=("US-CA",)).acknowledge_by == date(2026, 4, 6)
    assert counted("ccpa", "2026-03-20").acknowledge_by == date(2026, 4, 3)


def test_a_small_agent_in_brazil_has_twice_the_time():
    assert counted("lgpd_small", "2026-01-31").respond_by == date(2026, 3, 2)
    assert counted("lgpd", "2026-01-31").respond_by == date(2026, 2, 15)
