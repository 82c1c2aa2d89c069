"""The law pack as data, the rule in words, and what holds for every law on every day."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendars import Calendar, calendar_code
from bot.domain.lawpack import CLOCK_TYPES, PauseKind
from bot.domain.lawpage import law_page
from bot.domain.laws import (
    ClockFacts,
    LawPack,
    UnknownCalendar,
    UnknownLaw,
    Wait,
    deadlines,
    record_until,
    stops,
)

PACK = LawPack.load()
LAWS = [PACK[code] for code in PACK.codes()]
CODES = """gdpr uk_gdpr ccpa us_va us_co us_ct us_tx us_or us_ia us_ut lgpd pipeda quebec fadp pipa appi dpdp
au_privacy sg_pdpa"""
REGIONS = ["DE", "DE-BY", "FR", "GB-SCT", "GB", "US", "US-CA", "SG", "IN", "CA-QC", "JP", "KR"]
MINIMAL = """
title = "the Act of Freedonia"
short = "Freedonia Act"
citation = "No. 1"
authority = "the Minister"
denial = [{ key = "reasons", text = "Say why.", citation = "s. 2" }]
"""
CLOCK = 'clocks = [{ length = 7, citation = "s. 1", confidence = "low" }]\n'

days = st.dates(date(1990, 1, 1), date(2200, 12, 31))
laws = st.sampled_from(LAWS)
types = st.sampled_from(sorted(CLOCK_TYPES))
regions = st.lists(st.sampled_from(REGIONS), max_size=3).map(tuple)
thorough = settings(deadline=None, max_examples=150)


def rule(code: str, received: date, holidays: tuple[str, ...] = (), request_type: str = "access", **facts) -> str:
    return deadlines(PACK[code], ClockFacts(received, **facts), request_type=request_type, holidays=holidays).rule


# The data


def test_the_pack_holds_every_law_that_the_desk_names():
    assert set(PACK.codes()) >= set(CODES.split())


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.code)
def test_every_number_stands_beside_its_citation(law):
    assert law.citation
    assert law.record_citation
    assert not law.roll_over or law.roll_over_citation
    assert all(denial.citation and denial.text for denial in law.denial)
    for clock in law.clocks:
        assert clock.citation
        assert clock.length or clock.note or clock.duty == "acknowledge"
        assert not clock.extension or clock.extension_citation
        assert all(pause.citation for pause in clock.pauses)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.code)
def test_no_lawyer_has_signed_yet_and_every_law_names_an_authority(law):
    assert law.reviewed_by == ""
    assert law.authority


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.code)
def test_every_calendar_and_country_of_the_pack_exists(law):
    places = [*law.countries, *law.residents, *law.authorities, *([law.calendar] if law.calendar else [])]
    assert [calendar_code(place) for place in places] == places


def test_a_european_refusal_names_reasons_authority_and_court():
    for code in ("gdpr", "uk_gdpr"):
        assert {"reasons", "authority", "court"} <= {denial.key for denial in PACK[code].denial}
    assert "complaint" in {denial.key for denial in PACK["uk_gdpr"].denial}


@pytest.mark.parametrize("code", ["us_va", "us_co", "us_ct", "us_tx", "us_or", "us_ia"])
def test_a_refusal_in_a_state_with_appeals_says_how_to_appeal(code):
    assert "appeal" in {denial.key for denial in PACK[code].denial}


def test_the_page_for_lawyers_is_made_from_the_pack():
    page = Path(__file__).resolve().parents[2] / "docs/laws.md"
    assert page.read_text("utf-8") == law_page(PACK), "run: python -m bot laws > docs/laws.md"


def test_the_page_says_each_citation_and_who_signed():
    page = law_page(PACK)
    for law in LAWS:
        said = [law.record_citation, law.fee_citation, *(each.citation for each in (*law.clocks, *law.denial))]
        assert [each for each in said if each not in page] == []
        assert law.checksum in page
    signed = law_page(
        LawPack({"gdpr": replace(PACK["gdpr"], reviewed_by="R. F.", reviewed=PACK["gdpr"].checksum)})
    )
    assert "signed by R. F." in signed


def test_a_signature_holds_only_for_what_was_signed():
    law = PACK["gdpr"]
    signed = replace(law, reviewed_by="R. Firefly", reviewed=law.checksum)
    assert law.signature_fault == "nobody has signed it"
    assert signed.signature_fault is None
    changed = replace(signed, record_months=12)
    assert changed.signature_fault == "it is not what R. Firefly signed"


def test_a_checksum_is_the_same_in_every_process_and_changes_with_any_number():
    code = "from bot.domain.laws import LawPack; print(LawPack.load().checksum)"
    options = {"capture_output": True, "text": True, "check": True, "cwd": Path(__file__).resolve().parents[2]}
    other = subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, **options)
    assert other.stdout.strip() == PACK.checksum
    clock = PACK["us_co"].clocks[0]
    longer = replace(PACK["us_co"], clocks=(replace(clock, length=46), *PACK["us_co"].clocks[1:]))
    assert longer.checksum != PACK["us_co"].checksum


def test_a_record_is_kept_for_so_many_months_from_the_final_answer():
    assert record_until(PACK["ccpa"], date(2026, 3, 10)) == date(2028, 3, 10)
    assert record_until(PACK["us_co"], date(2026, 2, 28)) == date(2028, 2, 28)
    assert record_until(PACK["dpdp"], date(2028, 2, 29)) == date(2029, 2, 28)
    assert record_until(PACK["gdpr"], date(2026, 3, 10)) is None


def test_where_the_law_names_no_number_the_desk_plans_by_its_operators_target():
    found = deadlines(PACK["appi"], ClockFacts(date(2026, 1, 30)), holidays=("JP",))
    assert (found.respond_by, found.act_by, found.target_by) == (None, None, date(2026, 2, 27))
    assert deadlines(PACK["gdpr"], ClockFacts(date(2026, 1, 30))).target_by is None
    assert deadlines(PACK["ccpa"], ClockFacts(date(2026, 1, 30)), request_type="appeal").target_by is None


def test_records_are_kept_as_long_as_the_law_says():
    assert {law.code: law.record_months for law in LAWS if law.record_months} == {
        "ccpa": 24,
        "us_co": 24,
        "dpdp": 12,
    }


def test_the_authority_follows_the_region_then_the_country_then_the_law():
    gdpr = PACK["gdpr"]
    assert "Bayerisches" in gdpr.authority_in(["GB-SCT", "DE-BY"])
    assert gdpr.authority_in(["FR-GES"]) == gdpr.authorities["FR"]
    assert gdpr.authority_in(["US"]) == gdpr.authority == gdpr.authority_in([])


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        ("DE", ("gdpr",)),
        ("de-by", ("gdpr",)),
        ("UK", ("uk_gdpr",)),
        ("GB-SCT", ("uk_gdpr",)),
        ("US-CA", ("ccpa",)),
        ("US-NY", ()),
        ("US", ()),
        ("CA", ("pipeda",)),
        ("CA-QC", ("quebec",)),
        ("BR", ("lgpd",)),
        ("", ()),
        ("nowhere", ()),
    ],
)
def test_a_place_has_the_law_of_its_region_else_of_its_country(place, codes):
    assert PACK.of_place(place) == codes


def test_an_unknown_law_is_named_in_one_line():
    with pytest.raises(UnknownLaw, match=r"^unknown law 'atlantis': one of gdpr, .*sg_pdpa$"):
        PACK["atlantis"]
    assert "atlantis" not in PACK
    assert "gdpr" in PACK


def test_an_operators_file_adds_laws_and_replaces_single_fields(tmp_path):
    path = tmp_path / "laws.toml"
    path.write_text(f'[gdpr]\nreviewed_by = "R. Firefly, 2026-03-01"\n[freedonia]\n{MINIMAL}{CLOCK}')
    pack = LawPack.load(path)
    assert pack["gdpr"].reviewed_by == "R. Firefly, 2026-03-01"
    assert pack["gdpr"].clocks == PACK["gdpr"].clocks
    assert deadlines(pack["freedonia"], ClockFacts(date(2026, 3, 2))).respond_by == date(2026, 3, 9)
    assert PACK["gdpr"].reviewed_by == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[gdpr", "Expected"),
        ('gdpr = "x"', "gdpr: a law is a table, such as"),
        ("[gdpr]\nrecord_months = 'many'", r"gdpr.record_months: .*integer"),
        ("[gdpr]\nrecord_months = 99999", r"gdpr.record_months: .*3660"),
        ("[gdpr]\ncolour = 'red'", r"gdpr.colour: .*"),
        ("[x]\n" + MINIMAL, "x.clocks: Field required"),
        ("[x]\n" + MINIMAL + CLOCK.replace("length", "duty = 'acknowledge', length"), "x: no clock to respond"),
        ("[x]\n" + MINIMAL + CLOCK.replace("length", "types = ['wish'], length"), "unknown request type 'wish'"),
        ("[x]\n" + MINIMAL + CLOCK.replace("length", "lenght"), r"x.clocks.0.lenght: .*"),
    ],
)
def test_a_faulty_file_is_told_in_one_line_that_names_the_place(tmp_path, text, complaint):
    path = tmp_path / "laws.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint) as raised:
        LawPack.load(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_or_not_text_is_told_in_one_line(tmp_path):
    (tmp_path / "laws.toml").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none.toml", tmp_path / "laws.toml"):
        with pytest.raises(ValueError, match=path.name):
            LawPack.load(path)


def test_the_holidays_are_loaded_only_when_a_calendar_is_needed():
    code = "import sys; from bot.domain.laws import LawPack; LawPack.load(); sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The rule in words


def test_the_rule_cites_the_law_and_shows_the_arithmetic():
    assert rule("gdpr", date(2026, 3, 5), ("DE",)) == (
        "GDPR Art. 12(3): one month from receipt on 5 March 2026 is 5 April 2026, a Sunday; "
        "Regulation (EEC, Euratom) 1182/71 Art. 3(4) moves it to 7 April 2026 "
        "(6 April 2026 is Easter Monday in DE). "
        "Act by 2 April 2026, the last working day on or before 5 April 2026 (a Sunday)."
    )


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("ccpa", {"paused_days": 5}, "Nothing stops this clock"),
        ("uk_gdpr", {"paused_days": 5}, "and 5 days of waiting that do not count, is"),
        ("uk_gdpr", {"verified": date(2026, 3, 9)}, "from proof of identity on 9 March 2026"),
        ("gdpr", {"paused_days": 5}, "Suspended by the days of this wait it would end on 9 April 2026"),
        ("gdpr", {"verified": date(2026, 3, 9)}, "disputed and moves no date"),
        ("us_va", {"verified": date(2026, 3, 9)}, "yet the days run from receipt"),
        ("fadp", {"paused_days": 5}, "Only a fee moves the start"),
        ("gdpr", {"extended": True}, "3 months from receipt"),
        ("quebec", {"extended": True}, "no extension of a fixed length"),
        ("appi", {}, "no number of days"),
        ("ccpa", {}, "On the stricter reading"),
    ],
)
def test_the_rule_says_what_a_fact_did_or_that_it_did_nothing(code, facts, words):
    assert words in rule(code, date(2026, 3, 5), **facts)


def test_what_is_disputed_says_so():
    assert "disputed" in rule("ccpa", date(2026, 3, 5))
    assert "disputed" in rule("uk_gdpr", date(2026, 7, 1), request_type="complaint")
    assert "Interpretation Act" in rule("pipeda", date(2026, 11, 26))
    assert "Interpretation Act" not in rule("pipeda", date(2026, 11, 23))


def test_a_refusal_under_the_gdpr_is_owed_in_the_first_month_extended_or_not():
    received = date(2026, 3, 10)
    for extended in (False, True):
        found = deadlines(PACK["gdpr"], ClockFacts(received, extended=extended))
        assert found.refuse_by == date(2026, 4, 10)
        assert ("A refusal was due by 10 April 2026" in found.rule) is extended


def test_a_refusal_under_uk_law_is_owed_when_the_answer_is():
    found = deadlines(PACK["uk_gdpr"], ClockFacts(date(2026, 3, 10), extended=True))
    assert found.refuse_by == found.respond_by == date(2026, 6, 10)
    assert "refusal" not in found.rule


def test_an_extension_can_be_announced_until_the_first_period_ends_and_no_later():
    extended = deadlines(PACK["us_va"], ClockFacts(date(2026, 1, 31), extended=True))
    assert extended.notice_by == date(2026, 3, 17)
    assert deadlines(PACK["quebec"], ClockFacts(date(2026, 1, 31))).notice_by is None


def test_a_law_may_count_the_day_of_receipt(tmp_path):
    path = tmp_path / "laws.toml"
    path.write_text("[x]\n" + MINIMAL + CLOCK.replace("length", "day_one = 'receipt', length"))
    assert deadlines(LawPack.load(path)["x"], ClockFacts(date(2026, 3, 2))).respond_by == date(2026, 3, 8)


# Waits


def waited(code: str, *waits: tuple[str, str], **facts) -> tuple[date | None, date | None]:
    counted = tuple(Wait(date.fromisoformat(asked), date.fromisoformat(answered)) for asked, answered in waits)
    found = deadlines(PACK[code], ClockFacts(date(2026, 3, 2), waits=counted, **facts))
    return found.respond_by, found.strict_by


def test_the_days_of_a_wait_are_left_out_with_both_ends_or_strictly_with_one():
    assert waited("uk_gdpr", ("2026-03-05", "2026-03-12")) == (date(2026, 4, 10), date(2026, 4, 9))


def test_several_waits_add_up_and_days_in_two_of_them_count_once():
    apart = waited("uk_gdpr", ("2026-03-05", "2026-03-06"), ("2026-03-10", "2026-03-12"))
    assert apart == (date(2026, 4, 7), date(2026, 4, 5))
    assert waited("uk_gdpr", ("2026-03-05", "2026-03-10"), ("2026-03-08", "2026-03-12"))[0] == date(2026, 4, 10)
    assert waited("uk_gdpr", ("2026-03-05", "2026-03-12"), ("2026-03-08", "2026-03-09"))[0] == date(2026, 4, 10)


def test_of_a_wait_only_what_lies_after_the_start_of_the_clock_counts():
    before = waited("uk_gdpr", ("2026-02-20", "2026-03-03"))
    assert before == waited("uk_gdpr", ("2026-03-02", "2026-03-03"))
    assert waited("uk_gdpr", ("2026-03-03", "2026-03-09"), verified=date(2026, 3, 10))[0] == date(2026, 4, 10)


@pytest.mark.parametrize("code", ["gdpr", "ccpa", "us_va", "pipeda"])
def test_under_most_laws_a_wait_moves_nothing(code):
    assert waited(code, ("2026-03-05", "2026-03-12")) == waited(code)


def test_only_british_clocks_stand_still():
    assert {law.code for law in LAWS if stops(law, "access", proof=False)} == {"uk_gdpr"}
    assert {law.code for law in LAWS if stops(law, "access", proof=True)} == {"uk_gdpr"}
    assert not stops(PACK["uk_gdpr"], "complaint", proof=False)


def test_the_rule_is_silent_about_what_did_not_happen():
    quiet = rule("uk_gdpr", date(2026, 3, 10))
    assert quiet == "UK GDPR Art. 12(3), 12A: one month from receipt on 10 March 2026 is 10 April 2026."


# What holds for every law on every day


@thorough
@given(laws, days, types, regions, st.integers(0, 40), st.booleans())
def test_the_day_to_act_is_never_after_the_strictest_reading(law, received, request_type, codes, paused, extended):
    facts = ClockFacts(received, paused_days=paused, extended=extended)
    found = deadlines(law, facts, request_type=request_type, holidays=codes)
    if found.act_by and found.strict_by and found.respond_by:
        assert found.act_by <= found.strict_by <= found.respond_by
        assert not found.refuse_by or found.refuse_by <= found.respond_by


@thorough
@given(days, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=4))
def test_waits_never_shorten_a_clock_and_count_no_day_twice(received, spans):
    if received.year > 2199:
        return
    waits = tuple(
        Wait(received + timedelta(days=start), received + timedelta(days=start + more)) for start, more in spans
    )
    plain = deadlines(PACK["uk_gdpr"], ClockFacts(received))
    found = deadlines(PACK["uk_gdpr"], ClockFacts(received, waits=waits))
    left_out = {
        each.asked + timedelta(days=n) for each in waits for n in range((each.answered - each.asked).days + 1)
    }
    one = deadlines(PACK["uk_gdpr"], ClockFacts(received, paused_days=len(left_out)))
    assert found.respond_by == one.respond_by
    assert plain.strict_by <= found.strict_by <= one.strict_by


TEN = ["DE-BY", "FR", "NL", "IE", "GB-ENG", "GB-SCT", "US", "CA", "SG", "JP"]


@thorough
@given(st.sampled_from(["gdpr", "uk_gdpr"]), days, st.sampled_from(TEN))
def test_a_european_day_never_ends_on_a_day_of_rest_of_its_own_region(code, received, region):
    found = deadlines(PACK[code], ClockFacts(received), holidays=(region,))
    place = Calendar(PACK[code].regions((region,)))
    assert found.respond_by is not None
    assert place.rest(found.respond_by) is None
    assert found.respond_by - received >= timedelta(days=28)


@thorough
@given(laws, days, types, regions)
def test_the_desk_acts_on_a_working_day_on_or_before_the_legal_one(law, received, request_type, codes):
    found = deadlines(law, ClockFacts(received), request_type=request_type, holidays=codes)
    planning = Calendar(tuple(calendar_code(code) for code in codes))
    for legal, act in [(found.respond_by, found.act_by), (found.acknowledge_by, found.acknowledge_act_by)]:
        assert (legal is None) == (act is None)
        if legal and act:
            assert act <= legal
            assert planning.rest(act) is None


@thorough
@given(laws, days, st.integers(0, 40), types, regions, st.booleans())
def test_who_writes_later_is_never_due_earlier(law, received, later, request_type, codes, extended):
    then = min(received + timedelta(days=later), date(2200, 12, 31))
    first, second = (
        deadlines(law, ClockFacts(day, extended=extended), request_type=request_type, holidays=codes)
        for day in (received, then)
    )
    if first.respond_by and second.respond_by and first.act_by and second.act_by:
        assert first.respond_by <= second.respond_by
        assert first.act_by <= second.act_by


@thorough
@given(laws, days, st.integers(0, 400), st.integers(0, 400), types, regions)
def test_neither_pause_nor_late_proof_shortens_a_clock(law, received, paused, proof, request_type, codes):
    verified = min(received + timedelta(days=proof), date(2200, 12, 31))
    plain = deadlines(law, ClockFacts(received), request_type=request_type, holidays=codes)
    waited = deadlines(
        law, ClockFacts(received, verified, paused, fee=verified), request_type=request_type, holidays=codes
    )
    if plain.respond_by and waited.respond_by and plain.act_by and waited.act_by:
        assert plain.respond_by <= waited.respond_by
        assert plain.act_by <= waited.act_by
        moves = {*PauseKind} - {PauseKind.MAY_SUSPEND, PauseKind.NO_DUTY_UNTIL_AUTHENTICATED}
        if not any(pause.kind in moves for clock in law.clocks for pause in clock.pauses):
            assert (plain.respond_by, plain.act_by) == (waited.respond_by, waited.act_by)


@thorough
@given(days, st.booleans())
def test_a_month_is_a_calendar_month_from_its_start(received, extended):
    end = received + relativedelta(months=3 if extended else 1)
    rolled = end + timedelta(days={5: 2, 6: 1}.get(end.weekday(), 0))
    found = deadlines(PACK["gdpr"], ClockFacts(received, extended=extended))
    assert found.respond_by == rolled
    assert found.act_by == end - timedelta(days=max(0, end.weekday() - 4))


@thorough
@given(laws, days, types, regions)
def test_an_extension_is_never_earlier_and_is_what_the_extended_clock_says(law, received, request_type, codes):
    plain = deadlines(law, ClockFacts(received), request_type=request_type, holidays=codes)
    longer = deadlines(law, ClockFacts(received, extended=True), request_type=request_type, holidays=codes)
    assert plain.extended_by == longer.extended_by
    assert longer.respond_by == (plain.extended_by or plain.respond_by)
    assert not (plain.extended_by and plain.respond_by) or plain.respond_by < plain.extended_by
    assert plain.acknowledge_by == longer.acknowledge_by


@thorough
@given(
    st.dates(),
    st.none() | st.dates(),
    st.integers(-5, 9999),
    st.text(max_size=12) | types,
    st.lists(st.text(max_size=8)),
)
def test_whatever_is_asked_the_answer_is_dates_or_one_clear_line(received, verified, paused, request_type, codes):
    facts = ClockFacts(received, verified, paused, extended=True)
    for law in LAWS:
        try:
            answer = deadlines(law, facts, request_type=request_type, holidays=codes).rule
        except (ValueError, UnknownCalendar) as error:
            answer = str(error)
        assert len(answer.splitlines()) == 1


@pytest.mark.parametrize("received", [date.min, date(1989, 12, 31), date(2201, 1, 1), date.max])
def test_a_year_that_no_mail_is_from_is_refused(received):
    with pytest.raises(ValueError, match="outside the years 1990 to 2200"):
        deadlines(PACK["gdpr"], ClockFacts(received))
    with pytest.raises(ValueError, match="outside the years 1990 to 2200"):
        deadlines(PACK["gdpr"], ClockFacts(date(2026, 3, 5), verified=received))


@pytest.mark.parametrize("paused", [-1, 3661, 10**12])
def test_a_pause_of_impossible_length_is_refused(paused):
    with pytest.raises(ValueError, match="a pause of"):
        deadlines(PACK["uk_gdpr"], ClockFacts(date(2026, 3, 5), paused_days=paused))


def test_an_unknown_request_type_is_refused():
    with pytest.raises(ValueError, match=r"^unknown request type 'erasure': one of access, appeal,"):
        deadlines(PACK["gdpr"], ClockFacts(date(2026, 3, 5)), request_type="erasure")
