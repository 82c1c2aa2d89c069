"""What stands in the way of a start is said in one line, with exit code 2."""

import socket
import sqlite3

import pytest

from tests.scenarios.outside import DeskProcess, World
from tests.servers.ports import free_ports


async def refusal(desk: DeskProcess) -> str:
    done = await desk.command("run")
    assert done.code == 2
    (line,) = done.err.strip().splitlines()
    return line


async def test_every_wrong_setting_is_named_in_a_line_of_its_own(world: World) -> None:
    world.desk.environment |= {"PORT": "0", "RETENTION_MONTHS": "soon", "SLACK_BOT_TOKEN": "hunter2"}
    done = await world.desk.command("run")
    assert done.code == 2
    assert {line.partition(":")[0] for line in done.err.strip().splitlines()} == {
        "PORT",
        "RETENTION_MONTHS",
        "SLACK_BOT_TOKEN",
    }
    assert "hunter2" not in done.err


async def test_a_port_in_use_is_said_in_one_line(world: World) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        world.desk.environment["PORT"] = str(taken.getsockname()[1])
        assert (await refusal(world.desk)).startswith("PORT:")


async def test_a_database_newer_than_the_program_is_left_alone(world: World) -> None:
    assert (await world.desk.command("migrate")).code == 0
    with sqlite3.connect(world.desk.directory / "desk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer" in await refusal(world.desk)


async def test_a_second_desk_on_one_sqlite_database_is_refused_and_the_first_goes_on(world: World) -> None:
    await world.desk.start()
    second = DeskProcess(world.desk.directory, world.desk.environment | {"PORT": str(free_ports(1)[0])})
    assert (await refusal(second)).startswith("DATABASE_URL:")
    await world.acknowledged("Please stop selling my personal data.", sender="first@writer.example")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_desk_on_postgresql_without_its_keys_does_not_start(world: World) -> None:
    del world.desk.environment["SECRET_KEYS"]
    assert (await refusal(world.desk)).startswith("SECRET_KEYS:")
