"""The form for a request that reached the desk by another way than mail or Slack."""

from collections.abc import Mapping
from datetime import date

from bot.adapters.forms import Block, address, day, modal, one_of, optional, reason, some_of, text
from bot.adapters.forms.staff import TYPES
from bot.domain.vocabulary import Channel, RequestType

CHANNELS = {
    Channel.PHONE.value: "By phone",
    Channel.POST.value: "By post",
    Channel.COLLEAGUE.value: "From a colleague",
}
OFFERED = {value: said for value, said in TYPES.items() if value != RequestType.NOT_PRIVACY}
_HAPPENS = (
    "This opens a ticket whose clock runs from the true day of receipt: the day on which the organisation got it, "
    "whoever opened it.",
    "Receipt is acknowledged to this address at once, with a one-time code where proof is needed.",
    "The journal says that you entered it, when, and by which way it came.",
)


def intake(laws: Mapping[str, str], law: str, today: date) -> Block:
    """``laws``: titles by code; ``law`` is the default one."""
    inputs = [
        one_of("channel", "How it came", CHANNELS, now=Channel.PHONE),
        day("received", "The day on which it came", "Never in the future.", now=today),
        some_of("types", "What the requester asks for", OFFERED),
        address("email", "The requester's e-mail address", "Code and answer go there: ask them for one."),
        optional(text("name", "Their name", long=False, most=200)),
        one_of("law", "The law", laws, now=law),
        optional(text("details", "What they said or wrote", "No copy of an identity card, please.", most=3000)),
        reason("Why you enter it by hand, and where the original is"),
    ]
    return modal("ticket_new", "", "New ticket", _HAPPENS, inputs, "Open it")
