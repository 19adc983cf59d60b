"""The real server on this machine only, for the length of a measure."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import ROOT, CommandFailedError, environment

_START_LIMIT_S = 120
_STOP_LIMIT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that answers."""

    port: int
    process_id: int


@contextmanager
def serving(database: Path) -> Iterator[Server]:
    """Serve a database by `python -m fabrique serve` until the block ends."""
    port = _free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "fabrique", "serve", "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT,
        env=environment(database) | {"FABRIQUE_BASE_URL": f"http://127.0.0.1:{port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(process, port)
        yield Server(port=port, process_id=process.pid)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.perf_counter() + _START_LIMIT_S
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise CommandFailedError(f"fabrique serve s’est arrêté ({process.returncode})")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise CommandFailedError("fabrique serve ne répond pas")


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        port: int = any_port.getsockname()[1]
    return port
