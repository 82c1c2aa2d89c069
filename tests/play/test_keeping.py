"""Two demos run side by side, and one that was kept goes on where it stopped."""

import re
from datetime import timedelta

import pytest

from bot.demo.stage import CARLA
from tests.play.conftest import visited
from tests.play.test_server import wait_for

pytestmark = pytest.mark.slow
MAIL = {"address": "nora@customer.example"}


async def test_a_demo_that_was_kept_goes_on(tmp_path):
    async with visited(tmp_path) as visit:
        await visit.act("write", name="Nora", subject="My data", text="Please delete all my data.", **MAIL)
        await wait_for(visit, "mail", "From the desk", **MAIL)
        await wait_for(visit, "feed", "PR-")
        await visit.act("say", {"user": CARLA, "place": "direct"}, text="hello")
        await visit.act("push", by="week")
        (reference,) = set(re.findall(r"PR-\w+", (await visit.look())["journal"]))
        mails = (await visit.look(**MAIL))["mail"]
    async with visited(tmp_path) as visit:
        after = await visit.look(**MAIL)
        assert after["mail"] == mails
        assert reference in after["journal"]
        assert f"{reference}: deletion" in after["feed"]
        assert "hello" in (await visit.look(user=CARLA, place="direct"))["feed"]
        assert timedelta(days=6, hours=23) < visit.stage.clock.ahead < timedelta(days=8)


async def test_two_demos_run_side_by_side(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with visited(tmp_path / "one") as one, visited(tmp_path / "two") as two:
        await one.act("write", name="Nora", subject="My data", text="Please delete all my data.", **MAIL)
        await wait_for(one, "mail", "From the desk", **MAIL)
        assert "No mail yet" in (await two.look(**MAIL))["mail"]
