"""The Slack of the page: who one is, where one looks, what stands there, and the modal in front of one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from bot.demo.play.looking import DIRECT, HOME, Looking, channels_of
from bot.demo.slack import BOT_USER, Message, page
from bot.demo.stage import ADA, BEN, CARLA, GUS, OLGA, Stage

PEOPLE = {
    CARLA: "Carla, a customer",
    ADA: "Ada, staff",
    BEN: "Ben, staff",
    GUS: "Gus, a guest",
    OLGA: "Olga, of another organisation",
}
_NOTHING = '<p class="soft">Nothing has been said here yet.</p>'


def people(look: Looking) -> str:
    """Whom one acts as."""
    found = "".join(
        f'<option value="{user}"{" selected" if user == look.user else ""}>{escape(called)}</option>'
        for user, called in PEOPLE.items()
    )
    return f'<label>Act as <select data-look="user">{found}</select></label>'


def places(stage: Stage, look: Looking) -> str:
    """Where one can go."""
    found = [(each, f"# {name}") for each, name in channels_of(look.user, stage)]
    found += [(DIRECT, "Privacy Desk: messages"), (HOME, "Privacy Desk: home")]
    return "".join(
        f'<button type="button" data-look="place" data-value="{place}"'
        f"{' aria-current=page' if place == look.place else ''}>{escape(name)}</button>"
        for place, name in found
    )


def feed(stage: Stage, look: Looking) -> str:
    """What stands where one looks."""
    workspace = stage.slack.workspace
    if look.place == HOME:
        view = workspace.home(look.user)
        return page.home(view, workspace) if view else '<p class="soft">The desk is asked for your home …</p>'
    channel = look.channel(stage)
    every = [*workspace.messages(channel), *workspace.ephemerals(channel, look.user)]
    heads = sorted((each for each in every if each.thread_ts in (None, each.ts)), key=lambda each: each.ts)
    return "".join(_days(heads, stage, look)) or _NOTHING


def thread(stage: Stage, look: Looking) -> str:
    """The thread that is open beside the channel, with what only this person sees in it; empty where none is."""
    workspace, channel = stage.slack.workspace, look.channel(stage)
    said = workspace.thread(channel, look.thread) if look.thread else []
    if not said:
        return ""
    alone = [each for each in workspace.ephemerals(channel, look.user) if each.thread_ts == look.thread]
    drawn = page.thread([said[0], *sorted([*said[1:], *alone], key=lambda each: each.ts)], workspace)
    close = '<button type="button" class="button" data-look="thread" data-value="">Close the thread</button>'
    return f"<h3>Thread</h3>{close}{drawn}{composer(look, 'Reply')}"


def composer(look: Looking, label: str) -> str:
    inside = f'<input type="hidden" name="thread" value="{escape(look.thread)}">' if label == "Reply" else ""
    return (
        f'<form data-act="say" class="say">{inside}<label>{label}'
        f'<textarea name="text" rows="2" required maxlength="3000"></textarea></label>'
        f'<button class="button primary">Send</button></form>'
    )


def modal(stage: Stage, look: Looking) -> str:
    """The modal in front of this person; empty where there is none."""
    view = stage.slack.workspace.open_view(look.user)
    return page.modal(view, stage.slack.workspace) if view else ""


def _days(heads: Sequence[Message], stage: Stage, look: Looking) -> Iterator[str]:
    zone = stage.desk.timezone
    for day, said in groupby(
        heads, key=lambda each: datetime.fromtimestamp(float(each.ts), UTC).astimezone(zone).date()
    ):
        yield f'<h3 class="day"><span>{day:%A}, {day.day} {day:%B %Y}</span></h3>'
        for each in said:
            yield page.message(each, stage.slack.workspace) + _below(each, stage, look)


def _below(message: Message, stage: Stage, look: Looking) -> str:
    """What one can do with a message."""
    if message.ephemeral_to:
        return ""
    replies = len(stage.slack.workspace.thread(message.channel, message.ts)) - 1
    said = "1 reply" if replies == 1 else f"{replies} replies" if replies else "Reply in a thread"
    found = (
        f'<button type="button" class="quiet" data-look="thread" data-value="{escape(message.ts)}">{said}</button>'
    )
    acts = {"open": "Open a privacy ticket"} if message.user != BOT_USER else {}
    acts |= {"delete": "Delete"} if message.user == look.user else {}
    for act, label in acts.items():
        found += (
            f'<button type="button" class="quiet" data-act="{act}" data-ts="{escape(message.ts)}">{label}</button>'
        )
    return f'<div class="below">{found}</div>'
