"""Loopback ports for the servers that tests start."""

import socket
import subprocess
import time
from contextlib import ExitStack, closing

START_SECONDS = 15


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on, all different because all are held while they are chosen."""
    with ExitStack() as held:
        sockets = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for taken in sockets:
            taken.bind(("127.0.0.1", 0))
        return [int(taken.getsockname()[1]) for taken in sockets]


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
