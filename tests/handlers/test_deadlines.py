"""Time passes at a desk: staff and requesters are reminded once, and staff are given what to decide."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters import cards
from bot.clock import Clock as ClockService
from bot.domain.events import Added, Asked, Closed, Extended, Heard, Proven
from bot.domain.laws import LawPack
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import inbox, outbox, views
from handlers import actions, approvals
from handlers.deadlines import tick
from handlers.desk import Desk
from handlers.recounting import recount
from tests.handlers.conftest import ADA, BEN, ERASE, LUNCH, NOW, UNSUBSCRIBE, Bench, code_of, text_of

ACCESS, DELETION = RequestType.ACCESS, RequestType.DELETION
DAY = timedelta(days=1)


async def said(bench: Bench, kind: str = "reminder") -> list[str]:
    return [str(each.facts["text"]) for each in await bench.queued(outbox.SLACK) if each.kind == kind]


async def on(bench: Bench, day: str) -> None:
    """The clock strikes on a morning."""
    bench.clock.at = datetime.fromisoformat(f"{day}T08:30").replace(tzinfo=UTC)
    await tick(bench.desk)


async def days(bench: Bench, first: str, last: str) -> None:
    """The clock strikes every morning."""
    bench.clock.at = datetime.fromisoformat(f"{first}T08:30").replace(tzinfo=UTC)
    while f"{bench.clock().date()}" <= last:
        await tick(bench.desk)
        bench.clock.forward(days=1)


async def wait_long(bench: Bench) -> None:
    for day in ("2026-03-03", "2026-03-06", "2026-03-09", "2026-03-14", "2026-03-20"):
        await on(bench, day)


# ---- staff -------------------------------------------------------------------------------------------------


async def test_the_assignee_is_reminded_in_the_tickets_thread(bench):
    case = await bench.proven()
    await actions.assign(bench.desk, case.reference, ADA, ADA)
    await days(bench, "2026-03-30", "2026-04-02")
    texts = await said(bench)
    assert [each[:40] for each in texts if "left to act" in each or "Today" in each][-3:] == [
        "3 working days left to act, until 2 Apri",
        "1 working day left to act, until 2 April",
        "Today is the day to act. The law's day i",
    ]
    assert all(each.ticket_id == case.id for each in await bench.queued(outbox.SLACK) if each.kind == "reminder")
    assert "reminded_staff" in await bench.events(case)


async def test_what_is_overdue_goes_to_the_alert_channel_once(bench):
    case = await bench.proven()
    await actions.assign(bench.desk, case.reference, ADA, ADA)
    await days(bench, "2026-04-02", "2026-04-06")
    assert await bench.alerts() == [f"{case.reference} is overdue. The law's day is 2 April 2026."]


async def test_the_notice_of_extension_is_offered_while_it_is_lawful_and_not_after(bench):
    case = await bench.proven()
    await actions.assign(bench.desk, case.reference, ADA, ADA)
    await on(bench, "2026-03-24")
    assert "a notice of extension may leave until 2 April 2026" in (await said(bench))[-1]
    await actions.extend(bench.desk, case.reference, ADA, "There are three archives.")
    draft = (await bench.drafts())[-1]
    bench.clock.at = datetime(2026, 4, 3, 9, tzinfo=UTC)
    for late in (
        actions.extend(bench.desk, case.reference, ADA, "There are three archives."),
        approvals.approve_draft(bench.desk, draft.id or 0, BEN, draft.digest),
    ):
        with pytest.raises(approvals.Refused, match="too late to extend"):
            await late


async def test_an_extended_ticket_is_counted_down_anew_without_another_offer(bench):
    case = await bench.proven()
    await actions.assign(bench.desk, case.reference, ADA, ADA)
    await bench.happen(case.reference, Extended(bench.clock()))
    await on(bench, "2026-05-22")
    (text,) = [each for each in await said(bench) if "left to act" in each and "draft" not in each]
    assert text.startswith("7 working days left to act, until 2 June 2026")
    assert "extension" not in text


async def test_a_ticket_that_nobody_takes_and_a_draft_that_nobody_approves_are_said(bench):
    await bench.proven()
    await on(bench, "2026-03-03")
    assert await said(bench) == []
    await bench.happen((await bench.cases())[0].reference, Heard(bench.clock()))
    bench.clock.at = NOW + DAY
    await tick(bench.desk)
    assert [each.partition(".")[0] for each in await said(bench)] == [
        "A draft has waited for approval for a day",
        "Nobody has taken this ticket yet",
    ]


async def test_what_is_to_be_sorted_and_what_is_in_quarantine_runs_on_the_clock_too(bench):
    item = await bench.write("There is something odd with my personal data.", subject="My data")
    aside = await bench.write("Hello", sender="")
    assert ((await bench.case(item)).row.status, aside.state) == ("triage", "quarantined")
    bench.clock.at = NOW + DAY
    await tick(bench.desk)
    assert "Nobody has taken this ticket yet" in (await said(bench))[0]
    assert f"Quarantined item {aside.id} still waits for a decision" in (await bench.alerts())[-1]
    await on(bench, "2026-03-30")
    assert f"Quarantined item {aside.id}: 3 working days left to act" in (await bench.alerts())[-1]
    await on(bench, "2026-04-03")
    assert f"Quarantined item {aside.id} is overdue." in (await bench.alerts())[-1]


async def test_what_is_in_quarantine_has_to_be_acknowledged_where_the_law_wants_that(bench):
    californian = replace(bench, desk=replace(bench.desk, default_law="ccpa"))
    aside = await californian.write("Hello", sender="")
    await on(californian, "2026-03-11")
    told = [each for each in await bench.alerts() if "receipt must be acknowledged by 16 March 2026" in each]
    assert [each.partition(":")[0] for each in told] == [f"Quarantined item {aside.id}"]


async def test_a_morning_begins_with_one_digest_on_working_days_alone(bench):
    await bench.proven()
    await bench.write(LUNCH)
    await days(bench, "2026-03-06", "2026-03-09")
    digests = await said(bench, "digest")
    assert len([each for each in digests if each.startswith("Good morning")]) == 2
    assert "No matter of privacy, to be forwarded or closed (1)" in digests[-1]
    assert "Open: 1." in digests[-1]


async def test_before_eight_there_is_no_digest(bench):
    await bench.proven()
    bench.clock.at = datetime(2026, 3, 3, 7, 59, tzinfo=UTC)
    await tick(bench.desk)
    assert await said(bench, "digest") == []


async def test_after_a_week_of_silence_each_person_gets_one_digest_of_what_was_missed(bench):
    references = []
    for person in (ADA, ADA, BEN):
        case = await bench.case(
            await bench.write(UNSUBSCRIBE, sender=f"{person}{len(references)}@letters.example")
        )
        await actions.assign(bench.desk, case.reference, ADA, person)
        references.append(case.reference)
    await on(bench, "2026-03-29")
    missed = [each for each in await bench.queued(outbox.SLACK) if each.kind == "digest"]
    assert sorted(each.facts["assignee"] for each in missed) == [ADA, BEN]
    assert all(reference in repr([each.facts for each in missed]) for reference in references)
    assert await said(bench) == []
    await on(bench, "2026-03-29")
    assert len([each for each in await bench.queued(outbox.SLACK) if each.kind == "digest"]) == 2


async def test_without_slack_the_same_comes_by_mail(quiet):
    await quiet.proven()
    await days(quiet, "2026-04-02", "2026-04-03")
    texts = [text_of(each) for each in await quiet.letters() if each["To"] == "alerts@linden.example"]
    assert any("Today is the day to act" in each for each in texts)
    assert any("is overdue" in each for each in texts)
    assert any("Good morning" in each for each in texts)


# ---- requesters --------------------------------------------------------------------------------------------


async def test_without_proof_a_new_code_is_mailed_once_and_it_works(bench):
    item = await bench.write(ERASE)
    await days(bench, "2026-03-03", "2026-03-08")
    letter = (await bench.letters())[-1]
    assert await bench.kinds() == ["acknowledgement", "code_reminder"]
    assert letter["Auto-Submitted"] == "auto-replied"
    bench.clock.at = datetime(2026, 3, 6, 9, tzinfo=UTC)
    await bench.write(code_of(letter), answers=letter)
    assert (await bench.case(item)).row.verified


async def test_then_staff_get_the_letter_that_closes_and_the_clock_runs_on(bench):
    case = await bench.case(await bench.write(ERASE))
    await wait_long(bench)
    (draft,) = await bench.drafts()
    assert (draft.letter, draft.outcome, draft.author) == ("could_not_verify", "unverified", None)
    assert any("No proof of identity has come" in each for each in await said(bench))
    assert (await bench.case(case.reference)).row.due_at == case.row.due_at
    assert (await bench.case(case.reference)).row.status == "verifying"


async def test_proof_that_comes_after_all_takes_that_letter_away(bench):
    case = await bench.case(await bench.write(ERASE))
    await wait_long(bench)
    await bench.happen(case.reference, Proven(bench.clock()))
    assert [each.letter for each in await bench.drafts()] == ["fulfilled"]


async def test_californians_are_offered_categories_and_the_opt_out_before_anything_is_closed(bench):
    californian = replace(bench, desk=replace(bench.desk, default_law="ccpa"))
    await californian.write(ERASE)
    await days(californian, "2026-03-03", "2026-03-06")
    text = text_of((await californian.letters())[-1])
    assert "which categories of personal information" in text
    assert "opt out of the sale" in text
    await bench.write(ERASE, sender="eve@elsewhere.example")
    await days(bench, "2026-03-07", "2026-03-12")
    assert "categories" not in text_of((await bench.letters())[-1])


async def test_a_further_right_that_waits_for_proof_is_reminded_of_though_the_ticket_is_open(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    await bench.happen(case.reference, Added(bench.clock(), (DELETION,)))
    await days(bench, "2026-03-03", "2026-03-06")
    assert (await bench.kinds())[-1] == "code_reminder"


async def test_where_nothing_may_leave_by_itself_no_reminder_does(bench):
    await bench.write(ERASE, automatic=False)
    await wait_long(bench)
    assert await bench.kinds() == []


async def test_a_question_is_asked_again_and_then_staff_go_on_with_what_is_there(bench):
    case = await bench.proven()
    await bench.happen(case.reference, Asked(bench.clock()))
    await on(bench, "2026-03-09")
    assert (await bench.kinds())[-1] == "question_reminder"
    assert (await bench.case(case.reference)).row.status == "waiting"
    await on(bench, "2026-03-14")
    assert (await bench.case(case.reference)).row.status == "open"
    assert any("The requester has not answered" in each for each in await said(bench))
    assert (await bench.kinds()).count("question_reminder") == 1


# ---- once, whoever looks -----------------------------------------------------------------------------------


async def heard_of(bench: Bench) -> list[str]:
    (case,) = await bench.cases()
    return [str(each.detail["kind"]) for each in await bench.journal(case) if each.event == "reminded_staff"]


async def test_a_desk_that_starts_again_says_nothing_again(bench):
    await bench.proven()
    for _ in range(3):
        await on(bench, "2026-04-02")
    assert await heard_of(bench) == ["today"]


async def test_two_desks_that_look_at_once_say_it_once(bench_on_postgres):
    bench = bench_on_postgres
    await bench.write(ERASE)
    bench.clock.at = NOW + 3 * DAY
    await asyncio.gather(*(tick(bench.desk) for _ in range(4)))
    assert await bench.kinds() == ["acknowledgement", "code_reminder"]
    bench.clock.at = datetime(2026, 4, 2, 9, tzinfo=UTC)
    await asyncio.gather(*(tick(bench.desk) for _ in range(4)))
    assert (await heard_of(bench)).count("today") == 1


async def test_only_the_desk_that_holds_the_clock_speaks_until_it_is_gone(bench):
    await bench.proven()
    bench.clock.at = datetime(2026, 4, 2, 9, tzinfo=UTC)
    one, other = ClockService(bench.desk, "one"), ClockService(bench.desk, "other")
    assert await one.strike() > 0
    assert await other.strike() == 0
    bench.clock.forward(days=1)
    assert await other.strike() > 0


async def test_a_clock_that_was_set_back_says_nothing_again(bench):
    await bench.proven()
    await days(bench, "2026-04-01", "2026-04-03")
    heard = [*await said(bench), *await bench.alerts()]
    await days(bench, "2026-04-01", "2026-04-03")
    assert [*await said(bench), *await bench.alerts()] == heard


async def test_of_a_closed_ticket_nothing_is_said(bench):
    case = await bench.proven()
    await bench.happen(case.reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    await days(bench, "2026-04-01", "2026-04-06")
    assert await said(bench) == await said(bench, "digest") == await bench.alerts() == []


def test_a_reminder_mentions_its_person_and_nobody_whom_a_text_names():
    posting = cards.reminder("Look at <!channel>", "U0ADA")
    assert posting.blocks[0]["text"]["text"] == ":alarm_clock: <@U0ADA> Look at &lt;!channel&gt;"
    assert "<@" not in str(cards.reminder("Look", "root").blocks)


# ---- waits and extensions ----------------------------------------------------------------------------------


def british(bench: Bench) -> Bench:
    return replace(bench, desk=replace(bench.desk, default_law="uk_gdpr"))


async def test_under_british_law_the_days_until_the_answer_are_left_out(bench):
    uk = british(bench)
    case = await uk.proven()
    assert f"{case.row.due_at}" == "2026-04-02"
    await uk.happen(case.reference, Asked(NOW + 3 * DAY))
    waiting = (await uk.case(case.reference)).row
    assert (waiting.paused, f"{waiting.due_at}") == (True, "2026-04-02")
    await uk.happen(case.reference, Heard(NOW + 10 * DAY))
    answered = (await uk.case(case.reference)).row
    assert (answered.paused, f"{answered.due_at}", f"{answered.act_by}") == (False, "2026-04-10", "2026-04-09")
    assert "8 days of waiting that do not count" in answered.due_rule


async def test_a_question_that_is_never_answered_moves_nothing(bench):
    uk = british(bench)
    case = await uk.proven()
    await uk.happen(case.reference, Asked(NOW + DAY))
    await wait_long(uk)
    assert f"{(await uk.case(case.reference)).row.due_at}" == "2026-04-02"


async def test_under_european_law_the_same_wait_moves_nothing_and_is_told_in_the_rule(bench):
    case = await bench.proven()
    await bench.happen(case.reference, Asked(NOW + 3 * DAY))
    assert not (await bench.case(case.reference)).row.paused
    await bench.happen(case.reference, Heard(NOW + 10 * DAY))
    row = (await bench.case(case.reference)).row
    assert f"{row.due_at}" == "2026-04-02"
    assert "disputed and moves no date here" in row.due_rule


async def test_while_proof_is_awaited_a_british_clock_stands_still(bench):
    case = await british(bench).case(await british(bench).write(ERASE))
    assert case.row.paused
    await british(bench).happen(case.reference, Proven(NOW + 4 * DAY))
    row = (await bench.case(case.reference)).row
    assert (row.paused, f"{row.due_at}") == (False, "2026-04-07")


async def test_a_notice_that_came_too_late_extends_nothing(bench):
    case = await bench.proven()
    await bench.happen(case.reference, Extended(NOW + 40 * DAY))
    assert f"{(await bench.case(case.reference)).row.due_at}" == "2026-04-02"


async def test_what_can_be_extended_is_though_another_request_of_the_ticket_cannot(bench):
    californian = replace(bench, desk=replace(bench.desk, default_law="ccpa"))
    case = await californian.case(await californian.write(UNSUBSCRIBE))
    await californian.happen(case.reference, Added(NOW, (DELETION,)))
    await actions.extend(californian.desk, case.reference, ADA, "There are three archives.")
    assert [each.letter for each in await californian.drafts()][-1] == "extension"


async def test_a_law_without_days_is_planned_by_the_operators_target(bench):
    japanese = replace(bench, desk=replace(bench.desk, default_law="appi"))
    case = await japanese.proven()
    assert (case.row.due_at, f"{case.row.act_by}") == (None, "2026-04-01")
    async with bench.desk.store.reading() as work:
        assert (await views.why_due(work, case.reference)).endswith("Our own target is 2026-04-01.")
    await on(japanese, "2026-04-01")
    assert any("Today is the day to act" in each for each in await said(japanese))


# ---- laws that change --------------------------------------------------------------------------------------


def in_bavaria(desk: Desk) -> Desk:
    return replace(desk, holidays=("DE-BY",))


async def test_where_laws_and_holidays_are_the_same_nothing_is_said(bench):
    await bench.proven()
    await bench.write(UNSUBSCRIBE)
    before = await bench.queued(outbox.SLACK)
    assert await recount(bench.desk) == 0
    assert await bench.queued(outbox.SLACK) == before


async def test_dates_that_change_with_the_law_are_told_to_staff_and_stand_in_the_journal(bench):
    item = await bench.write(ERASE, received_at=NOW + 4 * DAY, now=NOW + 4 * DAY)
    case = await bench.case(item)
    assert f"{case.row.due_at}" == "2026-04-06"
    desk = in_bavaria(bench.desk)
    assert await recount(desk) == 1
    row = (await bench.case(case.reference)).row
    assert (f"{row.due_at}", f"{row.act_by}") == ("2026-04-07", "2026-04-02")
    (text,) = await bench.alerts()
    assert f"{case.reference}: due 2026-04-06 → 2026-04-07; to act on 2026-04-06 → 2026-04-02" in text
    entry = (await bench.journal(case))[-1]
    assert (entry.event, entry.detail["due_at"]) == ("recounted", ["2026-04-06", "2026-04-07"])
    assert entry.detail["laws"] == desk.laws.checksum
    assert await recount(desk) == 0
    assert len(await bench.alerts()) == 1


async def test_the_clock_counts_anew_at_its_start_before_it_says_anything(bench):
    item = await bench.write(ERASE, received_at=NOW + 4 * DAY, now=NOW + 4 * DAY)
    running = asyncio.create_task(ClockService(in_bavaria(bench.desk), "one").run())
    while not await bench.alerts():
        await asyncio.sleep(0.01)
    running.cancel()
    assert "due 2026-04-06 → 2026-04-07" in (await bench.alerts())[0]
    assert f"{(await bench.case(item)).row.due_at}" == "2026-04-07"


async def test_a_law_that_the_operator_changed_is_counted_anew_and_told(bench, tmp_path):
    case = await bench.proven()
    path = tmp_path / "laws.toml"
    path.write_text('[[gdpr.clocks]]\nlength = 20\ncitation = "Our own law"\nconfidence = "low"\n')
    desk = replace(bench.desk, laws=LawPack.load(path))
    assert await recount(desk) == 1
    assert f"{case.reference}: due 2026-04-02 → 2026-03-23" in (await bench.alerts())[-1]
    assert (await bench.journal(case))[-1].detail["laws"] == desk.laws.checksum


async def test_what_is_closed_keeps_its_dates(bench):
    case = await bench.case(await bench.write(ERASE, received_at=NOW + 4 * DAY, now=NOW + 4 * DAY))
    await bench.happen(case.reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    assert await recount(in_bavaria(bench.desk)) == 0


async def test_an_item_in_quarantine_is_counted_anew_too(bench):
    aside = await bench.write("Hello", sender="", received_at=NOW + 4 * DAY, now=NOW + 4 * DAY)
    assert await recount(in_bavaria(bench.desk)) == 1
    assert f"quarantined item {aside.id}: due 2026-04-06 → 2026-04-07" in (await bench.alerts())[-1]
    async with bench.desk.store.reading() as work:
        assert [f"{each.due_at}" for each in await inbox.quarantined(work)] == ["2026-04-07"]


async def test_a_law_that_was_taken_out_of_the_pack_is_told_and_stops_no_clock(bench):
    lost = await bench.proven()
    await actions.set_law(bench.desk, lost.reference, ADA, "pipa", "They live in Seoul.")
    kept = await bench.case(await bench.write(UNSUBSCRIBE, sender="eve@elsewhere.example"))
    pack = LawPack({code: bench.desk.laws[code] for code in bench.desk.laws.codes() if code != "pipa"})
    poorer = replace(bench, desk=replace(bench.desk, laws=pack))
    assert await recount(poorer.desk) == 1
    assert f"{lost.reference}: the law pipa is not in the pack any more" in (await bench.alerts())[-1]
    await on(poorer, "2026-03-30")
    assert any(each.ticket_id == kept.id for each in await bench.queued(outbox.SLACK) if each.kind == "reminder")
    await actions.set_law(poorer.desk, lost.reference, ADA, "gdpr", "It is all there is.")
    assert f"{(await bench.case(lost.reference)).row.due_at}" == "2026-04-02"
