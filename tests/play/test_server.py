"""The page's server: nobody but its own page may speak to it, and nothing that people wrote is markup."""

import asyncio
import base64
import hashlib
import re
from html import unescape

import pytest

from bot.demo.slack import BOT_USER
from bot.demo.stage import ADA, CARLA, DESK, GUS, HELP_CHANNEL, STAFF_CHANNEL

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"
CUSTOMER = {"user": CARLA, "place": HELP_CHANNEL}
DIRECT = {"user": CARLA, "place": "direct"}


async def wait_for(visit, pane, words, **look):
    """The pane, once it says so."""
    async with asyncio.timeout(30):
        while words not in (shown := (await visit.look(**look))[pane]):
            await asyncio.sleep(0.05)
    return shown


async def test_the_page_is_whole_and_runs_nothing_but_its_own_script(visit):
    async with visit.session.get(visit.server.url) as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    for kind in ("script", "style"):
        (own,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.S)
        assert base64.b64encode(hashlib.sha256(own.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert {each[:1] for each in re.findall(r'(?:src|href)="([^"]*)', page)} == {"#", "d"}  # d: data:
    assert " style=" not in page


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1:1"])
async def test_another_name_for_this_machine_is_refused(visit, host):
    async with visit.session.get(visit.server.url, headers={"Host": host}) as answer:
        assert answer.status == 403


async def test_without_the_token_there_is_nothing(visit):
    wrong = visit.server.url.replace(visit.server.url.split("/")[3], "x" * 32)
    for path in ("", "state", "events"):
        async with visit.session.get(wrong + path) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Content-Type": "text/plain"}],
    ids=["no origin", "null", "another site", "as a form may send it"],
)
async def test_another_site_cannot_act(visit, headers):
    own = {"Origin": visit.server.url.rsplit("/", 2)[0]} if "Content-Type" in headers else {}
    sent = {"Content-Type": "application/json"} | own | headers
    before = visit.stage.clock.ahead
    async with visit.session.post(
        f"{visit.server.url}act", data=b'{"act": "push", "by": "week", "look": {}}', headers=sent
    ) as answer:
        assert answer.status == 403
    assert visit.stage.clock.ahead == before


@pytest.mark.parametrize("sent", [b"", b"[]", b'{"act": 1}', b'{"act": "press", "look": 7}', b"{" * 1000])
async def test_something_odd_is_answered_with_a_word(visit, sent):
    headers = {"Origin": visit.server.url.rsplit("/", 2)[0], "Content-Type": "application/json"}
    async with visit.session.post(f"{visit.server.url}act", data=sent, headers=headers) as answer:
        assert (answer.status, (await answer.json())["problem"]) == (400, "The page has sent something odd.")


async def test_nothing_that_people_write_is_markup(visit):
    mail = {"address": "eve@evil.example"}
    await visit.act("write", name=EVIL, subject=EVIL, text=f"Delete my data. {EVIL}", **mail)
    await visit.act("say", CUSTOMER, text=EVIL)
    await visit.act("say", {"user": ADA, "place": STAFF_CHANNEL}, text=EVIL)
    (listed,) = re.findall(r'data-look="mail" data-value="([^"]+)"', (await visit.look(**mail))["mail"])
    panes = await visit.look(**mail, mail=unescape(listed), user=ADA)
    panes |= {"help": (await visit.look(**CUSTOMER))["feed"]}
    everything = "".join(panes.values())
    assert "<script" not in everything
    assert "<img" not in everything
    assert everything.count("&lt;script&gt;") == 5  # subject, sender and text of the mail, and both channels


async def test_a_mail_is_answered_and_the_journal_grows(visit):
    mail = {"address": "nora@customer.example"}
    await visit.act("write", name="Nora", subject="My data", text="Please send me a copy of my data.", **mail)
    shown = await wait_for(visit, "mail", "From the desk", **mail)
    assert shown.index("From the desk") < shown.index("To the desk"), "the newest first"
    assert "acknowledgement" in (await visit.look())["journal"]


async def test_a_file_goes_with_a_mail(visit):
    content = base64.b64encode(b"a, b, c").decode()
    mail = {"address": "fay@customer.example"}
    told = {"text": "See the file.", "file_name": "list.csv", "file_content": content}
    await visit.act("write", name="Fay", subject="A file", **told, **mail)
    assert b"list.csv" in visit.stage.mail.passed[-1].raw


@pytest.mark.parametrize("address", ["", "nobody", DESK, "a@b@c"])
async def test_nobody_writes_from_an_address_that_is_none(visit, address):
    assert "Please give an address" in (await visit.act("write", address=address, text="Hello"))["problem"]


async def test_a_customer_is_asked_in_private_and_goes_on_in_direct_messages(visit):
    await visit.act("say", CUSTOMER, text="Please delete my account and all my personal data.")
    note = await wait_for(visit, "feed", "request_confirm", **CUSTOMER)
    assert "Only visible to you" in note
    assert "request_confirm" not in (await visit.look(user=GUS, place=HELP_CHANNEL))["feed"]
    (asked,) = visit.stage.slack.workspace.ephemerals(HELP_CHANNEL, CARLA)[-1:]
    assert "problem" not in await visit.act(
        "press", CUSTOMER, channel=HELP_CHANNEL, ts=asked.ts, action="request_confirm"
    )
    await wait_for(visit, "feed", "We have your request", **DIRECT)


async def test_who_takes_back_what_they_said_is_asked_nothing(visit):
    await visit.act("say", CUSTOMER, text="Please erase everything about me.")
    said = visit.stage.slack.workspace.messages(HELP_CHANNEL)[-1]
    assert "problem" in await visit.act("delete", {"user": GUS, "place": HELP_CHANNEL}, ts=said.ts)
    await visit.act("delete", CUSTOMER, ts=said.ts)
    assert "erase everything" not in (await visit.look(**CUSTOMER))["feed"]


async def test_a_form_is_opened_filled_in_refused_beside_its_field_and_closed(visit):
    await visit.act("new", DIRECT)
    await wait_for(visit, "modal", "New privacy request", **DIRECT)
    await visit.act("submit", DIRECT, values={"type": "access", "email": DESK})
    assert 'role="alert"' in (await visit.look(**DIRECT))["modal"]
    await visit.act("close", DIRECT)
    assert (await visit.look(**DIRECT))["modal"] == ""


async def test_a_home_is_drawn_for_whom_one_acts_as(visit):
    for user, words in ((CARLA, "Your privacy requests"), (ADA, "All open")):
        await visit.act("home", {"user": user, "place": "home"})
        await wait_for(visit, "feed", words, user=user, place="home")


async def test_a_command_is_a_command(visit):
    await visit.act("say", DIRECT, text="/privacy help")
    await wait_for(visit, "feed", "How I can help", **DIRECT)
    assert "/privacy help" not in [each.text for each in visit.stage.slack.workspace.direct_messages(CARLA)]


async def test_where_one_may_not_be_one_does_not_look(visit):
    panes = await visit.look(user=CARLA, place=STAFF_CHANNEL)
    assert "privacy-desk" not in panes["places"]
    assert visit.stage.slack.workspace.users[BOT_USER].name in panes["places"]


async def test_the_clock_goes_forward_and_the_desk_with_it(visit):
    before = visit.stage.clock()
    await visit.act("push", by="day")
    assert (visit.stage.clock() - before).days == 1
    assert visit.stage.desk.now() > before


async def test_what_changes_is_told_by_an_event(visit):
    async with visit.session.get(f"{visit.server.url}events") as events:
        first = await events.content.readline()
        await visit.act("say", CUSTOMER, text="Good morning")
        async with asyncio.timeout(10):
            while not (line := await events.content.readline()).startswith(b"data:"):
                pass
    assert events.content_type == "text/event-stream"
    assert line != first
