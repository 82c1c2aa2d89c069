"""Who has a part in a ticket: its requester, and the address on file for the account that the ticket is about.

Where that is another address than the requester's, it has to confirm; once it has, it is the requester's address,
and who wrote first is remembered only to be answered as anybody would be.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.accounts import NOTED, Finding, Standing, folded
from bot.domain.representation import Capacity, capacity_in, ended_by_owner
from bot.store import cases
from bot.store.cases import Case, Requester
from bot.store.sealing import DataKey
from bot.store.work import Work

_ON_FILE = "ticket.on_file"


class Part(StrEnum):
    """What an address is to a ticket."""

    REQUESTER = "requester"
    OWNER = "owner"  # of the account, and asked to confirm
    WRITER = "writer"  # of the first letter; the owner has taken the matter over


@dataclass(frozen=True, slots=True)
class OnFile:
    """The address on file, and who wrote first, where that was somebody else."""

    address: str = field(repr=False)
    name: str = field(default="", repr=False)
    wrote: str = field(default="", repr=False)


def columns(work: Work, key: DataKey, found: Finding) -> dict[str, Any]:
    """What a ticket keeps of a finding, as columns of its row: digests, words, codes, and an address, sealed."""
    account, address = found.account, found.on_file
    return {
        "account_index": work.keys.index(account.id) if account else None,
        "on_file_index": work.keys.address_index(address) if address else None,
        "on_file": _sealed(key, OnFile(address, account.name)) if address and account else None,
        "data_points": dict(found.data_points),
        "concerns": [found.standing.value] if found.standing in NOTED else [],
    }


def record(work: Work, case: Case, found: Finding) -> None:
    """Writes a finding to a ticket that had none."""
    for name, value in columns(work, case.key, found).items():
        if name != "concerns":
            setattr(case.row, name, value)
    unconcern(work, case, Standing.DOWN, Standing.UNKNOWN, Standing.NAMESAKE)
    concern(work, case, *([found.standing] if found.standing in NOTED else []))


def concern(work: Work, case: Case, *codes: str) -> None:
    case.row.concerns = list(dict.fromkeys([*case.row.concerns, *(str(each) for each in codes)]))
    work.session.add(case.row)


def unconcern(work: Work, case: Case, *codes: str) -> None:
    case.row.concerns = [each for each in case.row.concerns if each not in codes]
    work.session.add(case.row)


def is_about(work: Work, case: Case, found: Finding) -> bool:
    """Whether the ticket is about the account of this finding already."""
    return found.account is not None and work.keys.index(found.account.id) == case.row.account_index


def waits_for_owner(case: Case) -> bool:
    """Whether an address on file that is not the requester's has still to confirm."""
    return case.row.on_file_index is not None and case.row.on_file_index != case.row.requester_index


def part_of(work: Work, case: Case, address: str) -> Part | None:
    """What this address is to the ticket; None for a stranger."""
    index = work.keys.address_index(address)
    if index == case.row.requester_index:
        return Part.REQUESTER
    if index == case.row.on_file_index:
        return Part.OWNER
    known = on_file(case)
    return Part.WRITER if known and known.wrote and folded(known.wrote) == folded(address) else None


def on_file(case: Case) -> OnFile | None:
    if case.row.on_file is None:
        return None
    held: Mapping[str, str] = json.loads(case.key.open(case.row.on_file, _ON_FILE))
    return OnFile(**held)


def capacity(case: Case) -> Capacity | None:
    """As what the requester writes: for or about whom else; None for themselves, as who has taken over does."""
    known = on_file(case)
    return None if known and known.wrote else capacity_in(case.row.concerns)


async def is_mailbox_proven(work: Work, case: Case) -> bool:
    """Whether a code came back from the requester's own mailbox, and nothing has spoken against it since."""
    said = [each.event for each in await cases.entries(work, case) if each.event in ("proven", "doubted")]
    return said[-1:] == ["proven"]


async def hand_over(work: Work, case: Case) -> None:
    """The address on file has confirmed: it is the requester's from now on, and letters go there."""
    known = on_file(case)
    assert known is not None, "there is an address on file to hand the ticket to"
    case.row.on_file = _sealed(case.key, OnFile(known.address, known.name, wrote=case.requester.address))
    case.row.requester = cases.sealed(case.key, Requester(known.address, known.name))
    case.row.requester_index = work.keys.address_index(known.address)
    case.row.slack_user = None  # who wrote in Slack is not who has proven that the account is theirs
    unconcern(work, case, Standing.ELSEWHERE, *ended_by_owner(case.row.concerns))
    await cases.unthread(work, case)


def _sealed(key: DataKey, known: OnFile) -> bytes:
    held = {"address": known.address, "name": known.name, "wrote": known.wrote}
    return key.seal(json.dumps(held).encode(), _ON_FILE)
