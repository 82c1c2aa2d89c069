"""The story of one request, from a mailbox to an approved reply, told as it happens."""

from collections.abc import Callable
from typing import Any

from bot.demo.slack.workspace import Message
from bot.demo.stage import ADA, BEN, STAFF_CHANNEL, Stage, text_of
from bot.domain.codes import code_in
from bot.opening import opened_store
from bot.store import anchors

Tell = Callable[[str, str], None]
_LETTER = """Hello,

please delete my account and all personal data that you hold about me (Art. 17 GDPR).

Robin Doe
"""
_ADDITION = "\nIf anything is left unclear, simply reply to this mail.\n"


class StepFailed(Exception):
    """A step of the story did not end as it should."""


class Story:
    """Plays the requester and both members of staff; the desk plays itself."""

    def __init__(self, stage: Stage, tell: Tell) -> None:
        self._stage, self._tell = stage, tell

    async def play(self) -> None:
        """Raises StepFailed, or TimeoutError where an answer does not come."""
        await self._a_request_arrives()
        await self._a_wrong_code()
        await self._the_right_code()
        await self._staff_see_it()
        await self._an_author_may_not_approve_alone()
        await self._a_second_person_approves()
        await self._the_journal_holds()

    async def _a_request_arrives(self) -> None:
        await self._stage.write(_LETTER, subject="Please delete my account")
        self._tell("Robin writes to the privacy address", "“please delete my account and all personal data …”")
        self._acknowledgement = await self._stage.answer(1)
        text = text_of(self._acknowledgement)
        code = code_in(text)
        if not code:
            raise StepFailed("the acknowledgement carries no code")
        self._code = code
        self._tell("The desk acknowledges at once", str(self._acknowledgement["Subject"]))
        quoted = [line for line in text.splitlines() if line.startswith(">")]
        self._tell("… quoting the published policy word for word", "\n".join(quoted[:3]))
        self._tell("… with a one-time code for this mailbox alone", code)

    async def _a_wrong_code(self) -> None:
        wrong = f"{(int(self._code) + 1) % 10**8:08d}"
        await self._stage.write(wrong, subject="Re: your request", answers=self._acknowledgement)
        refusal = await self._stage.answer(2)
        self._expect("wrong code" if "code" in text_of(refusal) else "", "the wrong code was not refused")
        self._tell("Robin mistypes the code", f"{wrong}: refused, and the next try is free")

    async def _the_right_code(self) -> None:
        await self._stage.write(self._code, subject="Re: your request", answers=self._acknowledgement)
        confirmation = await self._stage.answer(3)
        self._tell("Robin sends the right code", f"the desk answers: {confirmation['Subject']}")

    async def _staff_see_it(self) -> None:
        slack = self._stage.slack
        await slack.wait_until(lambda: self._button("draft_approve"))
        card = slack.workspace.messages(STAFF_CHANNEL)[0]
        self._tell("Staff see a card in Slack, without name or address", card.text)
        draft = self._button("draft_approve")
        self._tell("… and in its thread a draft of the answer", draft.text if draft else "")

    async def _an_author_may_not_approve_alone(self) -> None:
        slack = self._stage.slack
        await self._press(ADA, "draft_edit")
        await slack.wait_until(lambda: slack.workspace.open_view(ADA))
        view = slack.workspace.open_view(ADA)
        before = _initial_value(view.blocks[0] if view else {})
        saved = await slack.submit(ADA, {"body": before.rstrip() + "\n" + _ADDITION})
        self._expect(saved.ok and not slack.workspace.open_view(ADA), "the edited draft was not saved")
        self._tell("Ada edits the draft", f"she adds: “{_ADDITION.strip()}”")
        await slack.wait_until(lambda: self._value() != self._shown)
        heard = len(slack.workspace.ephemerals(STAFF_CHANNEL, ADA))
        await self._press(ADA, "draft_approve")
        await slack.wait_until(lambda: len(slack.workspace.ephemerals(STAFF_CHANNEL, ADA)) > heard)
        self._tell("Ada approves it, too, and is refused", slack.workspace.ephemerals(STAFF_CHANNEL, ADA)[-1].text)

    async def _a_second_person_approves(self) -> None:
        await self._press(BEN, "draft_approve")
        reply = await self._stage.answer(4)
        self._expect(_ADDITION.strip() in text_of(reply), "the reply is not the text that was approved")
        self._tell("Ben approves, and the reply arrives", str(reply["Subject"]))

    async def _the_journal_holds(self) -> None:
        async with opened_store(self._stage.settings) as store, store.reading() as work:
            tickets, entries, fault = await anchors.verify(work)
        self._expect(fault is None and tickets == 1, f"the journal is broken: {fault}")
        self._tell("The journal's chain holds", f"{entries} entries of {tickets} ticket verified")

    async def _press(self, user: str, action_id: str) -> None:
        message = self._button("draft_approve")
        if message is None:
            raise StepFailed(f"there is no draft to press {action_id} on")
        self._shown = self._value()
        await self._stage.slack.press(user, STAFF_CHANNEL, message.ts, action_id)

    def _button(self, action_id: str) -> Message | None:
        """The message in the ticket's thread that has this button."""
        workspace = self._stage.slack.workspace
        for card in workspace.messages(STAFF_CHANNEL):
            for message in workspace.thread(STAFF_CHANNEL, card.ts):
                if any(each.get("action_id") == action_id for each in _elements(message)):
                    return message
        return None

    def _value(self) -> str:
        message = self._button("draft_approve")
        return next((each["value"] for each in _elements(message) if each["action_id"] == "draft_approve"), "")

    @staticmethod
    def _expect(holds: object, otherwise: str) -> None:
        if not holds:
            raise StepFailed(otherwise)


def _elements(message: Message | None) -> list[dict[str, Any]]:
    blocks = message.blocks or [] if message else []
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def _initial_value(block: dict[str, Any]) -> str:
    return str((block.get("element") or {}).get("initial_value") or "")
