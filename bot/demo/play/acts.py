"""What one can do on the page: a table of acts, each done with the hands that the stand-ins give to people."""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.adapters.cards import escaped
from bot.demo.play import mailbox
from bot.demo.play.looking import Looking, text
from bot.demo.slack import Ack, CannotDo
from bot.demo.slack.schema import Json
from bot.demo.stage import Stage

Look = Mapping[str, str]
"""Where to look afterwards, as far as that changes."""
Act = Callable[[Stage, Looking, Json], Awaitable[Look]]

_LARGEST_FILE = 2**20  # bytes
_COMMAND = "/privacy"
_PUSHES = {
    "hour": timedelta(hours=1),
    "hours": timedelta(hours=6),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}


# The mail client


async def _write(stage: Stage, look: Looking, said: Json) -> Look:
    name, address, subject = (" ".join(text(said, each).split()) for each in ("name", "address", "subject"))
    if address.count("@") != 1 or not address.isascii() or address.lower() == stage.settings.privacy_address:
        raise CannotDo("Please give an address that can write to the desk, such as robin@customer.example.")
    attached = _attached(said)
    await stage.write(text(said, "text"), subject=subject, sender=(name, address), attached=attached)
    return {"address": address, "mail": ""}


async def _reply(stage: Stage, look: Looking, said: Json) -> Look:
    mail = mailbox.find(stage, look)
    if mail is None:
        raise CannotDo("This mail is gone.")
    subject = f"Re: {mail.message['Subject']}"
    await stage.write(text(said, "text"), subject=subject, answers=mail.message, sender=("", look.address))
    return {"mail": ""}


def _attached(said: Json) -> tuple[str, bytes] | None:
    if not text(said, "file_name"):
        return None
    try:
        content = b64decode(text(said, "file_content"), validate=True)
    except ValueError:
        raise CannotDo("This file did not arrive whole.") from None
    if len(content) > _LARGEST_FILE:
        raise CannotDo("This file is larger than 1 MB.")
    return " ".join(text(said, "file_name").split()), content


# Slack


async def _say(stage: Stage, look: Looking, said: Json) -> Look:
    """What is typed is text, as in Slack, whose client escapes it."""
    words, channel = text(said, "text").strip(), look.channel(stage)
    if words.split(" ")[0] == _COMMAND:
        _good(await stage.slack.command(look.user, channel, words.removeprefix(_COMMAND).strip()))
    else:
        await stage.slack.say(look.user, channel, escaped(words), thread_ts=text(said, "thread") or None)
    return {}


async def _delete(stage: Stage, look: Looking, said: Json) -> Look:
    await stage.slack.delete(look.user, look.channel(stage), text(said, "ts"))
    return {}


async def _press(stage: Stage, look: Looking, said: Json) -> Look:
    place, value = (text(said, "channel"), text(said, "ts")), said.get("value")
    _good(await stage.slack.press(look.user, *place, text(said, "action"), value=value))
    return {}


async def _press_in_modal(stage: Stage, look: Looking, said: Json) -> Look:
    _good(await stage.slack.press_in_view(look.user, text(said, "action"), value=said.get("value")))
    return {}


async def _press_home(stage: Stage, look: Looking, said: Json) -> Look:
    _good(await stage.slack.press_home(look.user, text(said, "action"), value=said.get("value")))
    return {}


async def _submit(stage: Stage, look: Looking, said: Json) -> Look:
    values = said.get("values")
    _good(await stage.slack.submit(look.user, values if isinstance(values, dict) else {}))
    return {}


async def _close(stage: Stage, look: Looking, said: Json) -> Look:
    if stage.slack.workspace.open_view(look.user):
        await stage.slack.close(look.user)
    return {}


async def _home(stage: Stage, look: Looking, said: Json) -> Look:
    await stage.slack.open_home(look.user)
    return {}


async def _new(stage: Stage, look: Looking, said: Json) -> Look:
    _good(await stage.slack.shortcut(look.user, "request_new"))
    return {}


async def _open(stage: Stage, look: Looking, said: Json) -> Look:
    channel = look.channel(stage)
    _good(await stage.slack.shortcut(look.user, "request_open", channel=channel, ts=text(said, "ts")))
    return {}


def _good(ack: Ack) -> None:
    if not ack.ok:
        raise CannotDo(f"The desk did not take this: {ack.problem}.")


# The clock


async def _push(stage: Stage, look: Looking, said: Json) -> Look:
    by = _PUSHES.get(text(said, "by"))
    moment = stage.clock() + by if by else await stage.next_date()
    if moment is None:
        raise CannotDo("No ticket has a date to push the clock to.")
    await stage.push_to(moment)
    return {}


ACTS: Mapping[str, Act] = {
    "write": _write,
    "reply": _reply,
    "say": _say,
    "delete": _delete,
    "press": _press,
    "press_in_modal": _press_in_modal,
    "press_home": _press_home,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "new": _new,
    "open": _open,
    "push": _push,
}
