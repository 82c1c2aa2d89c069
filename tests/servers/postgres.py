"""A private PostgreSQL cluster on a loopback port, with an empty database for each test that asks.

It needs the Debian package postgresql. PostgreSQL refuses to run as root, so root starts it as the user
`postgres` that the package brings; nothing of the machine's own clusters is touched.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from secrets import token_hex
from time import sleep
from typing import Any

from tests.servers.ports import free_ports, wait_for_port

PACKAGE = "postgresql"


def _programs() -> Path | None:
    """The folder with initdb and postgres of the newest version that is installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


def missing_postgres() -> str | None:
    """Why no PostgreSQL can be started on this machine, or None where it can."""
    return None if _programs() else f"needs the Debian package {PACKAGE}"


class Postgres:
    """One cluster with all its files below `home`, which the user `postgres` must be able to enter."""

    def __init__(self, home: Path) -> None:
        programs = _programs()
        assert programs, missing_postgres()
        self._programs = programs
        self._identity: dict[str, Any] = {"cwd": "/"}
        if os.geteuid() == 0:
            self._identity |= {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._data, self._sockets = home / "data", home / "sockets"
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None
        for folder in (self._data, self._sockets):
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "--locale=C.UTF-8")

    def start(self) -> None:
        options = ["-D", str(self._data), "-k", str(self._sockets), "-h", "127.0.0.1", "-p", str(self.port)]
        with (self._sockets.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", *options, "-c", "max_connections=200"], stderr=log, **self._identity
            )
        wait_for_port(self.port, self._process)
        while not self._accepts():  # it listens a moment before it lets anybody in
            sleep(0.05)

    def stop(self) -> None:
        """End the server and every session; the databases stay and are there after `start`."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)  # "immediate": nobody will want its data again
            self._process.wait(timeout=30)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def new_database(self) -> str:
        """The URL of a new and empty database."""
        name = f"desk_{token_hex(6)}"
        self._run("createdb", "-h", str(self._sockets), "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def _accepts(self) -> bool:
        ready = [self._programs / "pg_isready", "-q", "-h", str(self._sockets), "-p", str(self.port)]
        return subprocess.run(ready, **self._identity).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            capture_output=True,
            **self._identity,
        )
