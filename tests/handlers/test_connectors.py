"""The operator's own systems: told of tickets and tasks, and a sample application that does what it is asked."""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiohttp import web as server
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.adapters import web
from bot.connecting import Connecting
from bot.domain.connectors import ANSWER, REQUESTER, TASK, TICKET, Told
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, Result
from bot.store import outbox, tasks
from handlers import actions, announcing, fulfilling
from handlers.approvals import approve_draft
from handlers.linked import linked_pages
from tests.handlers.conftest import ADA, ERASE, EVE, ROBIN, UNSUBSCRIBE, Bench, bench_on, new_store, text_of
from tests.sample.cloud import Cloud
from tests.servers.ports import free_ports

COPY = "Please send me a copy of all personal data that you hold about me."
MOVE = "Please give me my data in a machine-readable format so that I can take it to another service."
WRONG = "My name is misspelled in my account: please correct it to Robin Reed."


@dataclass
class Office:
    """A desk, an application of the operator's, and the way between them."""

    bench: Bench
    cloud: Cloud
    connecting: Connecting
    client: TestClient

    async def settle(self) -> None:
        """Until everything is told, and answered."""
        for _ in range(200):
            while await self.connecting.send_next():
                pass
            if not self.cloud._working:
                break
            await asyncio.sleep(0.02)

    async def results(self, case) -> dict[str, str]:
        async with self.bench.desk.store.reading() as work:
            return {each.code: each.state for each in await tasks.of_case(work, case)}

    async def answered(self) -> str:
        """The last draft approved; the letter that leaves."""
        draft = (await self.bench.drafts())[-1]
        await approve_draft(self.bench.desk, draft.id, ADA, draft.digest)
        return next(
            text_of(each)
            for each in reversed(await self.bench.letters())
            if "request is" in each["Subject"] or True
        )


@asynccontextmanager
async def office_of(bench: Bench, folder) -> AsyncIterator[Office]:
    async with bench.desk.store.reading() as work:
        secret = announcing.secret(work)
    cloud = Cloud(str(folder / "cloud.db"), secret)
    cloud.add(ROBIN, "Robin Read")
    cloud.add(EVE, "Eve")
    port = free_ports(1)[0]
    here = f"http://127.0.0.1:{port}"
    async with TestServer(cloud.application()) as app:
        hooks = (str(app.make_url("/privacy")),)
        desk = replace(bench.desk, webhooks=hooks, four_eyes=frozenset(), public_url=here, callback_url=here)
        connecting = Connecting(desk, hooks, alone=True)
        async with TestClient(TestServer(web.application(_pages(desk)), port=port)) as client:
            yield Office(replace(bench, desk=desk), cloud, connecting, client)
        await connecting.close()
    cloud.database.close()


def _pages(desk) -> web.Pages:
    async def nothing(*_given):
        return {}

    return web.Pages(
        readiness=nothing,
        refresh=nothing,
        registry=CollectorRegistry(),
        policy=nothing,
        slack=nothing,
        linked=linked_pages(desk),
    )


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request, tmp_path) -> AsyncIterator[Office]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+asyncpg://")
    async with new_store(url) as store, office_of(bench_on(store, tmp_path), tmp_path) as each:
        yield each


# ---- the sample application --------------------------------------------------------------------------------


async def test_a_deletion_is_done_and_billing_kept_and_explained(office):
    case = await office.bench.proven(ERASE)
    await office.settle()
    done = await office.results(case)
    assert [done[each] for each in ("identity", "workspace", "support", "billing")] == ["done"] * 3 + ["kept"]
    assert [office.cloud.rows(each, ROBIN) for each in ("account", "membership", "conversation")] == [[], [], []]
    assert office.cloud.database.execute("SELECT count(*) FROM invoice").fetchone() == (2,)
    assert office.cloud.rows("account", EVE), "nobody else's is touched"
    await actions.propose(office.bench.desk, case.reference, ADA, Outcome.FULFILLED)
    letter = await office.answered()
    assert "> Billing records are retained for audit and compliance needs." in letter
    row = (await office.bench.case(case.reference)).row
    assert (row.status, row.outcome) == ("closed", "partly_fulfilled")


@pytest.mark.parametrize("text", [COPY, MOVE])
async def test_an_export_is_made_offered_and_fetched(office, text):
    case = await office.bench.proven(text)
    await office.settle()
    await actions.propose(office.bench.desk, case.reference, ADA, Outcome.FULFILLED)
    draft = (await office.bench.drafts())[-1]
    await approve_draft(office.bench.desk, draft.id, ADA, draft.digest)
    *_, ready, code = [text_of(each) for each in await office.bench.letters()]
    path = re.search(r"(/download/[\w-]+)", ready)[1]
    answer = await office.client.post(path, data={"code": re.search(r"(?m)^(\d{8})$", code)[1]})
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        assert json.loads(archive.read("data.json"))["account"][0]["name"] == "Robin Read"
        assert b"Robin Read" in archive.read("account.csv")
        assert b"Eve" not in archive.read("account.csv")


async def test_what_is_wrong_a_person_corrects_and_says_so(office):
    case = await office.bench.proven(WRONG)
    await office.settle()
    assert set((await office.results(case)).values()) == {"open"}, "the connector has left it to people"
    office.cloud.database.execute("UPDATE account SET name = 'Robin Reed' WHERE email = ?", (ROBIN,))
    await actions.propose(office.bench.desk, case.reference, ADA, Outcome.FULFILLED)
    letter = await office.answered()
    assert "corrected" in letter
    assert (await office.bench.case(case.reference)).row.outcome == "fulfilled"


# ---- what is told ------------------------------------------------------------------------------------------


@dataclass
class Listener:
    """Somebody who listens and answers as told."""

    status: int = 204
    heard: list[tuple[dict, dict]] = None

    async def hear(self, request: server.Request) -> server.Response:
        self.heard.append((dict(request.headers), json.loads(await request.read())))
        headers = {"Location": "/elsewhere"} if 300 <= self.status < 400 else {}
        return server.Response(status=self.status, headers=headers)


@pytest.fixture
async def listener(bench):
    """A listener, and a desk that tells it."""
    ear, app = Listener(heard=[]), server.Application()
    app.router.add_post("/{rest:.*}", ear.hear)
    async with TestServer(app) as site:
        desk = replace(bench.desk, webhooks=(str(site.make_url("/hook?key=hidden")),), callback_url="https://desk")
        connecting = Connecting(desk, desk.webhooks, alone=True)
        yield ear, replace(bench, desk=desk), connecting
        await connecting.close()


async def told(connecting: Connecting) -> None:
    while await connecting.send_next():
        pass


def kinds(ear: Listener) -> list[str]:
    return [event["type"] for _, event in ear.heard]


async def test_events_tell_of_a_ticket_by_its_reference_and_only_tasks_say_whose_they_are(listener):
    ear, bench, connecting = listener
    case = await bench.proven(ERASE)
    await told(connecting)
    assert kinds(ear)[:2] == [Told.OPENED, Told.VERIFIED]
    assert set(kinds(ear)[2:]) == {Told.REQUESTED}
    for _, event in ear.heard[:2]:
        assert event["ticket"]["reference"] == case.reference
        assert ROBIN not in json.dumps(event)
    assert ear.heard[2][1]["requester"]["address"] == ROBIN


async def test_what_is_told_is_what_the_page_says(listener):
    ear, bench, connecting = listener
    await bench.proven(ERASE)
    await told(connecting)
    for _, event in ear.heard:
        assert set(event["ticket"]) == set(TICKET["properties"])
        if event["type"] == Told.REQUESTED:
            assert set(event["task"]) == set(TASK["properties"])
            assert set(event["requester"]) == set(REQUESTER["properties"])
    assert set(ANSWER["properties"]["result"]["enum"]) == {*Result}


async def test_the_end_of_a_ticket_is_told_with_its_outcome(listener):
    ear, bench, connecting = listener
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    await actions.propose(bench.desk, case.reference, ADA, Outcome.FULFILLED)
    draft = (await bench.drafts())[-1]
    await approve_draft(bench.desk, draft.id, ADA, draft.digest)
    await told(connecting)
    assert kinds(ear) == [Told.OPENED, Told.CLOSED]
    assert ear.heard[-1][1]["ticket"]["outcome"] == "fulfilled"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_a_system_that_is_down_is_told_again_under_the_same_number(listener, status):
    ear, bench, connecting = listener
    ear.status = status
    await bench.write(UNSUBSCRIBE)
    await told(connecting)
    ear.status = 204
    bench.clock.forward(minutes=1)
    await told(connecting)
    await told(connecting)
    first, second = [event["id"] for _, event in ear.heard]
    assert first == second


@pytest.mark.parametrize("status", [302, 307, 401, 404])
async def test_a_system_that_refuses_or_sends_elsewhere_is_told_to_staff_and_not_followed(listener, status):
    ear, bench, connecting = listener
    ear.status = status
    await bench.write(UNSUBSCRIBE)
    await told(connecting)
    bench.clock.forward(days=1)
    await told(connecting)
    assert len(ear.heard) == 1
    (alert,) = await bench.alerts()
    assert str(status) in alert
    assert "hidden" not in alert


async def test_what_nobody_hears_for_five_days_is_given_up(listener):
    ear, bench, connecting = listener
    ear.status = 500
    await bench.write(UNSUBSCRIBE)
    for _ in range(140):
        bench.clock.forward(hours=1)
        await told(connecting)
    assert 100 < len(ear.heard) < 135
    assert len(await bench.alerts()) == 1


async def test_after_a_crash_what_was_begun_is_told_again(listener):
    ear, bench, connecting = listener
    await bench.write(UNSUBSCRIBE)
    async with bench.desk.store.transaction() as work:
        (row,) = await outbox.due(work, outbox.WEBHOOK, bench.clock())
        await outbox.start(work, row, bench.clock(), bench.clock() - bench.clock())
    await connecting.recover(alone=True)
    await told(connecting)
    assert kinds(ear) == [Told.OPENED]


async def test_neither_key_nor_address_nor_callback_is_logged(listener, caplog):
    caplog.set_level("DEBUG")
    caplog.set_level("CRITICAL", logger="aiohttp.access")  # the listener's own
    ear, bench, connecting = listener
    await bench.proven(ERASE)
    await told(connecting)
    async with bench.desk.store.reading() as work:
        secret = announcing.secret(work)
    tokens = [event["callback_url"] for _, event in ear.heard if "callback_url" in event]
    for hidden in (secret, "hidden", ROBIN, *tokens):
        assert hidden not in caplog.text
    assert "hidden" not in repr(bench.desk)


# ---- what is answered --------------------------------------------------------------------------------------


async def test_a_task_that_a_connector_takes_is_waited_for(listener):
    ear, bench, connecting = listener
    ear.status = 202
    case = await bench.proven(ERASE)
    await told(connecting)
    with pytest.raises(Refused, match="has not answered yet"):
        await actions.propose(bench.desk, case.reference, ADA, Outcome.FULFILLED)


async def callback(office: Office, code: str = "identity") -> tuple[object, str]:
    """A ticket whose task nobody has answered yet, and where to answer."""
    case = await office.bench.proven(ERASE)
    async with office.bench.desk.store.reading() as work:
        row = next(each for each in await tasks.of_case(work, case) if each.code == code)
        return case, f"/tasks/{announcing._token(work, row)}"


async def test_the_same_answer_again_changes_nothing_and_another_is_refused(office):
    case, path = await callback(office)
    for _ in range(2):
        assert (await office.client.post(path, json={"result": "done", "note": "gone"})).status == 200
    settled = [each for each in await office.bench.journal(case) if each.event == "task_settled"]
    assert [each.actor for each in settled] == ["connector"]
    assert (await office.client.post(path, json={"result": "nothing_found"})).status == 409
    assert (await office.results(case))["identity"] == "done"


async def test_what_a_person_has_marked_stands(office):
    case, path = await callback(office)
    async with office.bench.desk.store.reading() as work:
        row = next(each for each in await tasks.of_case(work, case) if each.code == "identity")
    await fulfilling.mark(office.bench.desk, row.id, ADA, Result.NOTHING_FOUND)
    assert (await office.client.post(path, json={"result": "done"})).status == 409


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"[]",
        b"{",
        b'{"result": "maybe"}',
        b'{"result": ["done"]}',
        b'{"result": "done", "who": "me"}',
        b"\xff",
    ],
)
async def test_what_is_no_answer_gets_one_line(office, given):
    case, path = await callback(office)
    answer = await office.client.post(path, data=given)
    assert answer.status == 400
    assert "\n" not in (await answer.json())["error"]
    assert (await office.results(case))["identity"] == "open"


async def test_a_statement_that_the_policy_does_not_hold_is_refused(office):
    _, path = await callback(office, "billing")
    answer = await office.client.post(path, json={"result": "kept", "statement": "no/such"})
    assert answer.status == 409
    assert "no such statement" in (await answer.json())["error"]


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 44, "..%2Fdownload"])
async def test_who_guesses_learns_nothing(office, token):
    await callback(office)
    assert (await office.client.post(f"/tasks/{token}", json={"result": "done"})).status == 404
    assert (await office.client.post(f"/tasks/{token}/file?name=x.json", data=b"{}")).status == 404


async def test_a_forged_event_is_refused_by_the_sample(office):
    forged = {"X-Privacy-Desk-Signature": "t=1,v1=0"}
    answer = await office.client.session.post(office.bench.desk.webhooks[0], json={}, headers=forged)
    assert (answer.status, office.cloud.refused) == (403, 1)
