"""Loopback ports for the servers that tests start."""

import random
import socket
import subprocess
import time
from contextlib import ExitStack, closing, suppress

START_SECONDS = 15
_OURS = range(20_000, 32_000)  # below those that Linux gives to connections, which would take them meanwhile


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on, all different because all are held while they are chosen."""
    found: list[int] = []
    with ExitStack() as held:
        for port in random.sample(_OURS, len(_OURS)):
            with suppress(OSError):
                held.enter_context(closing(socket.socket())).bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError("there are not enough free ports on this machine")


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when `process` listens; RuntimeError where it ends or takes longer than START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server does not listen on port {port}")
