"""Five weeks at the desk, seen over the shoulders of customers and staff."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.demo.slack import Message
from handlers.deadlines import tick
from tests.handlers.conftest import ADA, BEN, ERASE, STAFF, UNSUBSCRIBE, bench_on, code_of, new_store
from tests.handlers.slack_customers import CARLA, DAN, HELP, QUESTION, Support, support_of
from tests.pictures.album import PHONE, Album

_UNCLEAR = "I once gave you my number by phone. What became of it, and who has it now?"
_COPY = "Hello, please send me a copy of the personal data that you hold about me.\n\nMira Solberg, +47 415 55 010"
_REASON = "Your invoices of the last ten years have to be kept by tax law."
_BUTTONS = ("assign", "type", "ask", "extend", "deny", "close")
_MENU = ("law", "requester", "link", "merge")


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Support]:
    """The desk with an empty store, its staff and two customers."""
    async with (
        new_store(f"sqlite+aiosqlite:///{folder / 'desk.db'}") as store,
        support_of(bench_on(store, folder)) as support,
    ):
        workspace = support.slack.workspace
        workspace.now = lambda: support.bench.clock().timestamp()
        workspace.add_user(ADA, "Ada Lund", "ada@linden.example")
        workspace.add_user(BEN, "Ben Okoro", "ben@linden.example")
        yield support


async def play(support: Support) -> Album:
    """What was to be seen on the way."""
    album = Album(support)
    await _overheard(support, album)
    await _in_direct_messages(support, album)
    await _by_a_form(support, album)
    await _cards(support, album)
    await _forms(support, album)
    await _a_draft(support, album)
    await _weeks_later(support, album)
    return album


async def _overheard(support: Support, album: Album) -> None:
    """In a support channel: a question is answered, and what sounds like a request is asked about."""
    await support.say(DAN, QUESTION)
    album.messages("note-answer", *support.notes(DAN))
    await support.say(CARLA, "hi all", "please delete my account", "and all personal data that you hold about me")
    album.messages("note-request", *support.notes(CARLA))
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])


async def _in_direct_messages(support: Support, album: Album) -> None:
    await support.tell(CARLA, code_of((await support.bench.letters())[-1]))
    await support.tell(CARLA, "It is about the workspace of our Lisbon office.", files=["members.csv"])
    await support.tell(CARLA, "status")
    album.messages("direct", *support.dm(CARLA)[1:])
    await support.slack.command(CARLA, HELP, "help")
    await support.slack.wait_until(lambda: "How I can help" in str(support.notes(CARLA)))
    album.messages("help", support.notes(CARLA)[-1])
    await album.home(CARLA, "home-customer")


async def _by_a_form(support: Support, album: Album) -> None:
    """Filled in with a mistake, and then without."""
    await support.slack.shortcut(DAN, "request_new")
    await support.slack.wait_until(lambda: album.workspace.open_view(DAN))
    details = "Your newsletter came again after I had left it."
    await support.submit(DAN, type="complaint", email="privacy@linden.example", details=details)
    album.modal(DAN, "modal-request_new")
    await support.submit(DAN, email="dan@acme.example")


async def _cards(support: Support, album: Album) -> None:
    """By mail: one that is unclear, one that waits for its code, one that needs no proof."""
    room = support.room
    _, unclear = await room.ticket(_UNCLEAR, sender="Finn Berg <finn@letters.example>")
    _, verifying = await room.ticket(_COPY, sender="Mira Solberg <mira@letters.example>")
    _, unproven = await room.ticket(UNSUBSCRIBE, sender="Lea Roth <lea@letters.example>")
    album.card("card-triage", unclear)
    album.card("card-verifying", verifying)
    album.card("card-phone", verifying, width=PHONE)
    await album.opened(ADA, "modal-ticket_verify", _press(support, verifying, "ticket_verify"))
    await room.press(ADA, "ticket_take", unproven)
    await room.post_all()
    album.thread("thread", unproven)
    shown = room.posts(verifying.ts)[0]
    await album.opened(ADA, "modal-message_show", _press(support, shown, "message_show"))


async def _forms(support: Support, album: Album) -> None:
    """The forms behind a card's buttons and its menu, and the one of the App Home."""
    card = support.room.posts()[-1]
    reference = card.text.partition(":")[0]
    for each in _BUTTONS:
        await album.opened(ADA, f"modal-ticket_{each}", _press(support, card, f"ticket_{each}"))
    for each in _MENU:
        act = support.slack.press(ADA, STAFF, card.ts, "ticket_more", value=f"ticket_{each}:{reference}")
        await album.opened(ADA, f"modal-ticket_{each}", act)
    await album.home(ADA, "home-staff")
    await album.opened(ADA, "modal-ticket_new", support.slack.press_home(ADA, "ticket_new"))


async def _a_draft(support: Support, album: Album) -> None:
    """A refusal in part, looked at, edited, refused to its author alone, approved by a second person and sent."""
    room = support.room
    case = await support.bench.proven(ERASE)
    await room.post_all()
    card = room.posts()[-1]
    album.card("card-open", card)
    tasks = next(each for each in room.posts(card.ts) if "task_more" in str(each.blocks))
    album.messages("tasks", tasks)
    kept = next(each for each in _choices(tasks) if each.startswith("kept:"))
    act = support.slack.press(ADA, STAFF, tasks.ts, "task_more", value=kept)
    await album.opened(ADA, "modal-task_note", act)
    await album.opened(ADA, "deny", _press(support, card, "ticket_deny"))
    del album.pages["deny"]
    await room.submit(ADA, reason=_REASON)
    draft = await room.draft(card)
    album.messages("draft", draft)
    await album.opened(BEN, "modal-draft_show", _press(support, draft, "draft_show", BEN))
    await album.opened(BEN, "modal-draft_edit", _press(support, draft, "draft_edit", BEN))
    await room.press(ADA, "draft_approve", draft)
    album.messages("note-four-eyes", room.slack.workspace.ephemerals(STAFF, ADA)[-1])
    await room.press(BEN, "draft_approve", await room.draft(card))
    await room.post_all()
    closed = (await support.bench.case(case.reference)).row.reference
    album.card("card-closed", next(each for each in room.posts() if each.text.startswith(closed)))
    await album.opened(ADA, "modal-ticket_reopen", _press(support, card, "ticket_reopen"))


def _choices(message: Message) -> list[str]:
    """What the menus beside the tasks offer, the billing records' first."""
    menus = [each for each in message.blocks if "accessory" in each]
    billing = [each for each in menus if "Billing" in str(each)]
    return [option["value"] for each in billing for option in each["accessory"]["options"]]


async def _weeks_later(support: Support, album: Album) -> None:
    """Three working days before a date, and two days after it; every morning the desk looks at its dates."""
    for day in range(3, 31):
        await _struck(support, f"2026-03-{day:02d}")
    album.messages("digest", [each for each in support.room.posts() if "Good morning" in str(each.blocks)][-1])
    album.messages("reminder", album.workspace.direct_messages(ADA)[-1])
    for day in range(1, 5):
        await _struck(support, f"2026-04-{day:02d}")
    album.card("card-overdue", next(each for each in support.room.posts() if "overdue" in str(each.blocks)))
    await album.home(ADA, "home-staff-phone", width=PHONE)
    for word in ("queue", "report"):
        before = len(album.workspace.ephemerals(STAFF, ADA))
        await support.slack.command(ADA, STAFF, word)
        await support.slack.wait_until(lambda before=before: len(album.workspace.ephemerals(STAFF, ADA)) > before)
        album.messages(word, album.workspace.ephemerals(STAFF, ADA)[-1])


async def _struck(support: Support, day: str) -> None:
    support.bench.clock.at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
    await tick(support.bench.desk)
    await support.room.post_all()


async def _press(support: Support, where: Message, name: str, who: str = ADA) -> None:
    await support.slack.press(who, STAFF, where.ts, name)
