"""What people do in the workspace: they say, press, fill in, command; each act tells the app as Slack would."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.demo.slack import elements, payloads
from bot.demo.slack.arguments import Arguments
from bot.demo.slack.courier import Ack, Courier
from bot.demo.slack.elements import Values
from bot.demo.slack.errors import CannotDo, SlackError
from bot.demo.slack.methods.views import checked
from bot.demo.slack.modals import View
from bot.demo.slack.responses import Response, Responses
from bot.demo.slack.schema import Json
from bot.demo.slack.workspace import BOT_USER, Channel, Message, User, Workspace

EVENT_SCOPES: Mapping[str, str] = {
    "message": "{kind}:history",
    "member_joined_channel": "{kind}:read",
    "member_left_channel": "{kind}:read",
    "app_home_opened": "",
    "channel_shared": "{kind}:read",
    "channel_unshared": "{kind}:read",
}
"""The scope without which the app does not hear of an event; `{kind}` is the channel's."""


class People:
    """Everybody's hands. Each act returns when the app has acknowledged it or Slack has given up.

    CannotDo says that the screen does not offer what was asked for. Somebody who has been deactivated may still
    act, for what they did just before may arrive after.
    """

    def __init__(self, workspace: Workspace, courier: Courier, scopes: frozenset[str]) -> None:
        self.workspace = workspace
        self.courier = courier
        self.scopes = scopes
        self.responses = Responses(workspace)
        self.base_url = ""

    # Saying

    async def say(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None, files: Iterable[str] = ()
    ) -> str:
        """Posts a message and returns its ts; a channel that is the app's user id means direct messages."""
        actor, place = self._actor(user), self._place(user, channel)
        if thread_ts and not self.workspace.message(place.id, thread_ts):
            raise CannotDo(f"{place.id} has no thread {thread_ts}")
        message = Message(place.id, self.workspace.next_ts(), user, text, actor.team, files=tuple(files))
        message = replace(message, thread_ts=thread_ts, bot_id=f"B{user[1:]}" if actor.bot else None)
        self.workspace.keep(message)
        await self.announce(payloads.message_event(message, place, message.ts), place)
        return message.ts

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Changes an own message."""
        place, message = self._own(user, channel, ts)
        before = payloads.message_json(message, payloads.replies_of(self.workspace, message))
        edited = replace(message, text=text, edited=self.workspace.next_ts())
        self.workspace.keep(edited)
        after = payloads.message_json(edited, payloads.replies_of(self.workspace, edited))
        await self.announce(payloads.changed_event(before, after, place, self.workspace.next_ts()), place)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Deletes an own message."""
        place, message = self._own(user, channel, ts)
        before = payloads.message_json(message, payloads.replies_of(self.workspace, message))
        self.workspace.remove(message)
        await self.announce(payloads.deleted_event(before, place, self.workspace.next_ts()), place)

    async def join(self, user: str, channel: str) -> None:
        """Joins a channel, or is brought into it."""
        place = self.workspace.channels[channel]
        place.members.append(user)
        await self._moved("member_joined_channel", user, place)

    async def leave(self, user: str, channel: str) -> None:
        """Leaves a channel."""
        place = self._place(user, channel)
        place.members.remove(user)
        await self._moved("member_left_channel", user, place)

    async def share(self, channel: str, *, shared: bool = True) -> None:
        """Connects a channel with another organisation, or ends that."""
        place = self.workspace.channels[channel]
        place.shared = shared
        await self.announce(payloads.shared_event(place, self.workspace.next_ts()), place)

    def publish(self, channel: str, *, public: bool = True) -> None:
        """Makes a private channel public, or the other way round; Slack tells no app of it."""
        self.workspace.channels[channel].private = not public

    # Pressing

    async def press(
        self, user: str, channel: str, ts: str, action_id: str, *, value: str | list[str] | None = None
    ) -> Ack:
        """Uses a button, menu or option of a message that this person sees."""
        actor, place = self._actor(user), self._place(user, channel)
        message = self._seen(user, place, ts)
        used = self._use(message.blocks, action_id, value)
        address = self._response_url(user, place, message)
        replies = payloads.replies_of(self.workspace, message)
        where = payloads.in_message(message, place, replies, address)
        where["state"] = {"values": elements.state_values(message.blocks, {})}
        return await self._interact("block_actions", actor, {**where, "actions": [used]})

    async def press_in_view(self, user: str, action_id: str, *, value: str | list[str] | None = None) -> Ack:
        """Uses an element of the modal in front of this person."""
        return await self._press_view(self._front(user), action_id, value)

    async def press_home(self, user: str, action_id: str, *, value: str | list[str] | None = None) -> Ack:
        """Uses an element of this person's App Home."""
        view = self.workspace.home(user)
        if view is None:
            raise CannotDo(f"{user} has no App Home")
        return await self._press_view(view, action_id, value)

    async def open_home(self, user: str) -> None:
        """Opens the App Home tab."""
        actor, place = self._actor(user), self.workspace.direct_channel(user)
        view = self.workspace.home(actor.id)
        event = payloads.home_event(user, place.id, view, self.workspace.next_ts())
        await self.announce(event, place)

    # Filling in

    async def submit(self, user: str, values: Values | None = None) -> Ack:
        """Fills in the modal in front of this person, by block_id or action_id, and submits it."""
        view = self._front(user)
        if "submit" not in view.content:
            raise CannotDo(f"the modal {view.callback_id!r} has nothing to submit")
        view.filled |= elements.fill(view.blocks, values or {})
        if empty := elements.left_empty(view.blocks, view.state["values"]):
            raise CannotDo(f"these inputs must not be left empty: {empty}")
        told = {"view": payloads.view_json(view), "response_urls": []}
        return self._responded(view, await self._interact("view_submission", self._actor(user), told))

    async def close(self, user: str) -> None:
        """Closes the modal in front of this person without submitting it."""
        view = self._front(user)
        everything = bool(view.content.get("clear_on_close"))
        if everything:
            self.workspace.modals.clear(user)
        else:
            self.workspace.modals.dismiss(view)
        if view.content.get("notify_on_close"):
            told = {"view": payloads.view_json(view), "is_cleared": everything}
            await self._interact("view_closed", self._actor(user), told)

    # Commanding

    async def command(self, user: str, channel: str, text: str = "", command: str = "/privacy") -> Ack:
        """Types a slash command; what the acknowledgement says is shown to this person or to the channel."""
        actor, place = self._actor(user), self._place(user, channel)
        fields = payloads.command_fields(actor, place, command, text)
        fields["trigger_id"] = self.workspace.modals.trigger(user)
        fields["response_url"] = self._response_url(user, place)
        ack = await self.courier.interact("slash_commands", fields)
        if not ack.payload:
            return ack
        try:
            self.responses.answer(Response(user, place, None), Arguments(ack.payload))
        except SlackError as error:
            return replace(ack, ok=False, problem=error.code)
        return ack

    async def shortcut(
        self, user: str, callback_id: str, *, channel: str | None = None, ts: str | None = None
    ) -> Ack:
        """Uses a global shortcut, or one on a message where a channel and ts are given."""
        actor, told = self._actor(user), {"callback_id": callback_id, "action_ts": self.workspace.next_ts()}
        if channel is None or ts is None:
            return await self._interact("shortcut", actor, told)
        place = self._place(user, channel)
        message = self._seen(user, place, ts)
        if message.ephemeral_to:
            raise CannotDo("an ephemeral message offers no shortcuts")
        address = self._response_url(user, place, message)
        where = payloads.in_message(message, place, payloads.replies_of(self.workspace, message), address)
        where = {key: where[key] for key in ("channel", "message", "response_url")}
        return await self._interact("message_action", actor, told | where | {"message_ts": ts})

    # Telling the app

    def announce(self, event: Json, channel: Channel) -> asyncio.Task[Ack]:
        """Tells the app of an event, if it is where it happened and has the scope to hear of it."""
        return self.courier.start(self._announce(event, channel))

    async def _announce(self, event: Json, channel: Channel) -> Ack:
        scope = EVENT_SCOPES[event["type"]].format(kind=channel.kind)
        if BOT_USER not in channel.members or (scope and scope not in self.scopes):
            return Ack(ok=False, payload={}, problem="the app does not hear of this")
        told = payloads.event_callback(event, shared=channel.shared, now=self.workspace.now())
        return await self.courier.event(told)

    async def _interact(self, kind: str, actor: User, told: Json) -> Ack:
        payload = payloads.interaction(kind, actor, self.workspace.modals.trigger(actor.id)) | told
        if kind == "view_closed":
            del payload["trigger_id"]
        return await self.courier.interact("interactive", payload)

    async def _press_view(self, view: View, action_id: str, value: str | list[str] | None) -> Ack:
        used = self._use(view.blocks, action_id, value)
        if used["type"] in elements.VALUE_KEY and used["type"] != "overflow":
            key = elements.VALUE_KEY[used["type"]]
            view.filled[used["block_id"], action_id] = {"type": used["type"], key: used[key]}
        told = {**payloads.in_view(view), "actions": [used]}
        return await self._interact("block_actions", self._actor(view.user), told)

    async def _moved(self, kind: str, user: str, place: Channel) -> None:
        event = payloads.membership_event(kind, self._actor(user), place, self.workspace.next_ts())
        await self.announce(event, place)

    def _responded(self, view: View, ack: Ack) -> Ack:
        if not ack.ok:
            return ack
        try:
            self._apply(view, ack.payload)
        except SlackError as error:
            told = error.details.get("response_metadata", {}).get("messages", "")
            return replace(ack, ok=False, problem=f"{error.code} {told}".strip())
        return ack

    def _apply(self, view: View, answer: Json) -> None:
        modals, action = self.workspace.modals, answer.get("response_action")
        match action:
            case None:
                modals.dismiss(view)
            case "clear":
                modals.clear(view.user)
            case "errors":
                inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
                if not answer.get("errors") or not set(answer["errors"]) <= inputs:
                    raise SlackError("errors_must_name_inputs")
                modals.refuse(view, answer["errors"])
            case "update":
                modals.update(view, checked(modals, answer.get("view"), "modal", view))
            case "push":
                modals.put_on_top(view.user, checked(modals, answer.get("view"), "modal"))
            case _:
                raise SlackError("unknown_response_action")

    # What a person sees

    def _actor(self, user: str) -> User:
        if user not in self.workspace.users:
            raise CannotDo(f"there is no user {user}")
        return self.workspace.users[user]

    def _place(self, user: str, channel: str) -> Channel:
        if channel == BOT_USER:
            return self.workspace.direct_channel(user)
        place = self.workspace.channels.get(channel)
        if place is None or user not in place.members:
            raise CannotDo(f"{user} is not in {channel}")
        return place

    def _seen(self, user: str, place: Channel, ts: str) -> Message:
        alone = {message.ts: message for message in self.workspace.ephemerals(place.id, user)}
        message = alone.get(ts) or self.workspace.message(place.id, ts)
        if message is None:
            raise CannotDo(f"{user} sees no message {ts} in {place.id}")
        return message

    def _own(self, user: str, channel: str, ts: str) -> tuple[Channel, Message]:
        place = self._place(user, channel)
        message = self.workspace.message(place.id, ts)
        if message is None or message.user != user:
            raise CannotDo(f"{user} has written no message {ts} in {place.id}")
        return place, message

    def _front(self, user: str) -> View:
        view = self.workspace.open_view(user)
        if view is None:
            raise CannotDo(f"{user} has no modal open")
        return view

    def _use(self, blocks: list[Json], action_id: str, value: str | list[str] | None) -> Json:
        wanted = value if isinstance(value, str) else None
        block, element = elements.find_pressable(blocks, action_id, wanted)
        return elements.action(block, element, value, self.workspace.next_ts())

    def _response_url(self, user: str, place: Channel, message: Message | None = None) -> str:
        return f"{self.base_url}/respond/{self.responses.give(user, place, message)}"
