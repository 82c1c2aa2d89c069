"""The steps of the tour: a deletion request from Robin's letter to the report."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from itertools import chain

from bot.adapters import worklist
from bot.demo.play.mailbox import LETTERS
from bot.demo.play.tour import Step, Tour
from bot.demo.slack import Message
from bot.demo.stage import ADA, BEN, MORNING, REQUESTER, STAFF_CHANNEL, text_of
from bot.domain.codes import code_in

_REASON = "Your data lie in an archive that is opened once a month."
_CLAIM = "Claim 114 is open: legal keeps the conversation until it is settled."
_ADDED = "If anything is left unclear, simply reply to this mail."
_STAFF = {"user": ADA, "place": STAFF_CHANNEL}


async def _request(tour: Tour) -> None:
    letter = LETTERS[0]
    await tour.stage.write(letter["text"].lstrip(), subject=letter["subject"])
    await tour.stage.answer(1)
    await tour.ticket()
    await tour.until(tour.card)


async def _code(tour: Tour) -> None:
    acknowledgement = tour.stage.mail.inbox(REQUESTER)[0]
    code = code_in(text_of(acknowledgement)) or ""
    await tour.stage.write(code, subject=f"Re: {acknowledgement['Subject']}", answers=acknowledgement)
    await tour.until(tour.answer)


async def _wait(tour: Tour) -> None:
    ticket = await tour.ticket()
    if ticket and (day := ticket["due_at"]):
        on = date.fromisoformat(day) - timedelta(days=3)
        await tour.stage.push_to(datetime.combine(on, MORNING, tour.stage.desk.timezone))
    await tour.until(lambda: _reminder(tour).startswith("3 working"))


async def _extend(tour: Tour) -> None:
    if card := tour.card():
        await tour.fill(ADA, card, "ticket_extend", lambda: {"reason": _REASON})
    await tour.until(lambda: tour.draft("extension"))
    if draft := tour.draft("extension"):
        await tour.press(BEN, draft, "draft_approve")
    await tour.until(lambda: not tour.draft("extension"))


async def _keep(tour: Tour) -> None:
    if (tasks := tour.work_list()) and (choice := _choice(tasks, "Support", "kept")):
        await tour.fill(ADA, tasks, worklist.MENU, lambda: {"note": _CLAIM}, choice)
    await tour.until(
        lambda: tour.draft("partly fulfilled") and "1 of" in str(getattr(tour.work_list(), "text", ""))
    )


async def _edit(tour: Tour) -> None:
    if not tour.answer() and (card := tour.card()):
        await tour.press(ADA, card, "ticket_fulfil")
        await tour.until(tour.answer)
    if draft := tour.answer():
        await tour.fill(ADA, draft, "draft_edit", lambda: {"body": f"{_body(tour)}\n\n{_ADDED}\n"})
    await tour.until(lambda: _edited(tour))


async def _alone(tour: Tour) -> None:
    if draft := tour.answer():
        await tour.press(ADA, draft, "draft_approve")
    await tour.until(lambda: tour.whispered("somebody else has to approve"))


async def _approve(tour: Tour) -> None:
    if draft := tour.answer():
        await tour.press(BEN, draft, "draft_approve")
    await tour.until(lambda: not tour.answer())


async def _report(tour: Tour) -> None:
    await tour.stage.slack.command(ADA, STAFF_CHANNEL, "report")
    await tour.until(lambda: tour.whispered("Privacy requests from"))


def _reminder(tour: Tour) -> str:
    """The last one that has come."""
    return next((each.text for each in reversed(tour.thread()) if "working day" in each.text), "")


def _latest(tour: Tour) -> EmailMessage:
    return tour.stage.mail.inbox(REQUESTER)[-1]


def _latest_subject(tour: Tour) -> str:
    return f"Robin reads: {_latest(tour)['Subject']}"


def _shown_acknowledgement(tour: Tour) -> str:
    mail, card = _latest(tour), tour.card()
    lines = text_of(mail).splitlines()
    quoted = [line for line in lines if line.startswith(">")][:2]
    why = [line for line in lines if "Why this day" in line]
    return "\n".join([str(mail["Subject"]), *why, *quoted, f"Staff see: {card.text if card else ''}"])


def _shown_draft(tour: Tour) -> str:
    draft = tour.answer()
    return f"{_latest_subject(tour)}\n{draft.text if draft else ''}"


def _shown_list(tour: Tour) -> str:
    return "\n".join(each.text for each in (tour.work_list(), tour.answer()) if each)


def _shown_answer(tour: Tour) -> str:
    kept = [line for line in text_of(_latest(tour)).splitlines() if line.startswith(("We keep this", _ADDED))]
    return "\n".join([_latest_subject(tour), *kept])


def _choice(tasks: Message, name: str, result: str) -> str | None:
    """The option of the work list that ends the task of that name so."""
    menus = [
        each["accessory"]["options"] for each in tasks.blocks or [] if name in str(each) and "accessory" in each
    ]
    return next((each["value"] for each in chain(*menus) if each["value"].startswith(f"{result}:")), None)


def _edited(tour: Tour) -> bool:
    return "pencil2" in str(getattr(tour.answer(), "blocks", ""))


def _body(tour: Tour) -> str:
    view = tour.stage.slack.workspace.open_view(ADA)
    element = view.blocks[0].get("element") if view else None
    return str((element or {}).get("initial_value") or "").rstrip()


STEPS = (
    Step(
        "Robin asks for deletion",
        "Under Mail, choose the ready letter “English: delete my account” and send it. A few seconds later the "
        "desk's answer lies in Robin's mailbox, and a card stands in #privacy-desk.",
        {"address": REQUESTER},
        _request,
        lambda tour, ticket: True,
        _shown_acknowledgement,
    ),
    Step(
        "Robin proves the mailbox",
        "Open the desk's mail and reply with the eight digits that stand in it.",
        {"address": REQUESTER, "mail": ""},
        _code,
        lambda tour, ticket: bool(ticket["verified"]),
        _shown_draft,
    ),
    Step(
        "Time passes: a reminder",
        "Push the clock by weeks and days until three working days are left. Each morning the desk says in "
        "#privacy-desk how it stands; the reminder comes in the ticket's thread.",
        _STAFF,
        _wait,
        lambda tour, ticket: _reminder(tour).startswith("3 working") or bool(ticket["extended"]),
        _reminder,
    ),
    Step(
        "Ada needs more time",
        "As Ada, press “Draft: extend…” on the card and give a reason; the form says by when the notice must "
        "leave. Then, as Ben, approve the draft in the thread.",
        _STAFF,
        _extend,
        lambda tour, ticket: bool(ticket["extended"]),
        _latest_subject,
    ),
    Step(
        "Ada works through the list",
        "As Ada, open the card's thread. The work list names all kinds of data and everybody who received any. In "
        "the menu beside the support conversations choose “Kept…”, and the statement that justifies it.",
        _STAFF,
        _keep,
        lambda tour, ticket: bool(tour.draft("partly fulfilled")) or ticket["status"] == "closed",
        _shown_list,
    ),
    Step(
        "Ada edits the answer",
        "The draft of the answer has followed the list: it says what is erased, what is kept and why, with the "
        "statement. As Ada, press “Edit” below it, add a sentence and save.",
        _STAFF,
        _edit,
        lambda tour, ticket: _edited(tour) or ticket["status"] == "closed",
        lambda tour: f"She adds: “{_ADDED}”",
    ),
    Step(
        "Four eyes: Ada may not send it alone",
        "Still as Ada, press “Approve and send” below the draft. The desk refuses, for you alone to see.",
        _STAFF,
        _alone,
        lambda tour, ticket: bool(tour.whispered("somebody else has to approve")) or ticket["status"] == "closed",
        lambda tour: tour.whispered("somebody else has to approve"),
    ),
    Step(
        "Ben approves, and the answer leaves",
        "Act as Ben, and press “Approve and send”. The answer lies in Robin's mailbox, and the card says that the "
        "ticket is closed.",
        {"user": BEN, "place": STAFF_CHANNEL},
        _approve,
        lambda tour, ticket: ticket["status"] == "closed",
        _shown_answer,
    ),
    Step(
        "The report",
        "As Ada, write “/privacy report” in #privacy-desk: figures, and no names.",
        _STAFF,
        _report,
        lambda tour, ticket: bool(tour.whispered("Privacy requests from")),
        lambda tour: tour.whispered("Privacy requests from"),
    ),
)
