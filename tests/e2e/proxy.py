"""A faulty TCP wire in front of a gate: it cuts, slows, damages, ends and repeats what passes through it.

Run as ``python proxy.py LISTEN TARGET CONTROL``: each connection to the Unix socket CONTROL brings one order, a line of
JSON, and is answered by one line with what has passed so far. It is a process of its own, because other tests of the
same process have their sockets turned off.
"""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PIECE = 64 * 1024


@dataclass(slots=True)
class Faults:
    """What is wrong with the wire. Offsets count the bytes from the gate on one connection; -1: never."""

    refuse: bool = False
    hang: bool = False
    delay: float = 0.0
    corrupt_at: int = -1
    truncate_at: int = -1
    times: int = 1_000_000
    repeat: bool = False


@dataclass(slots=True)
class Counts:
    """What has passed: connections, bytes from the gate and to it, faults done."""

    connections: int = 0
    down: int = 0
    up: int = 0
    done: int = 0


@dataclass(slots=True)
class Wire:
    """One listening port, the gate behind it, its faults and its open connections."""

    target: int
    host: str = "127.0.0.1"
    faults: Faults = field(default_factory=Faults)
    counts: Counts = field(default_factory=Counts)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self.counts.connections += 1
        self.open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if not self.faults.refuse:
                await self._carry(reader, writer)
        self._close(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gate_reader, gate_writer = await asyncio.open_connection(self.host, self.target)
        self.open.add(gate_writer)
        twin = await asyncio.open_connection(self.host, self.target) if self.faults.repeat else None
        copies = [gate_writer, *([twin[1]] if twin else [])]
        try:
            await asyncio.wait(
                [
                    asyncio.ensure_future(self._up(reader, copies)),
                    asyncio.ensure_future(self._down(gate_reader, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            for copy in copies:
                self._close(copy)

    async def _up(self, reader: asyncio.StreamReader, writers: list[asyncio.StreamWriter]) -> None:
        while piece := await reader.read(PIECE):
            await self._wait()
            self.counts.up += len(piece)
            for number, writer in enumerate(writers):
                if writer.is_closing():
                    continue
                with contextlib.suppress(OSError):
                    writer.write(piece)
                    if number == 0:
                        await writer.drain()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while piece := await reader.read(PIECE):
            await self._wait()
            whole, piece = len(piece), self._damaged(piece, passed)
            passed += whole
            self.counts.down += len(piece)
            writer.write(piece)
            await writer.drain()
            if len(piece) < whole:
                return

    def _damaged(self, piece: bytes, passed: int) -> bytes:
        for name, damage in (("corrupt_at", _flipped), ("truncate_at", _cut)):
            at = getattr(self.faults, name)
            if self.faults.times > 0 and passed <= at < passed + len(piece):
                self.faults.times -= 1
                self.counts.done += 1
                piece = damage(piece, at - passed)
        return piece

    async def _wait(self) -> None:
        await asyncio.sleep(self.faults.delay)
        while self.faults.hang:  # noqa: ASYNC110 - looked at by many, set by orders
            await asyncio.sleep(0.02)

    def cut(self) -> None:
        """End every connection at once, without a farewell."""
        for writer in list(self.open):
            writer.transport.abort()
        self.open.clear()

    def _close(self, writer: asyncio.StreamWriter) -> None:
        self.open.discard(writer)
        with contextlib.suppress(OSError):
            writer.close()


def _flipped(piece: bytes, at: int) -> bytes:
    return piece[:at] + bytes([piece[at] ^ 0x01]) + piece[at + 1 :]


def _cut(piece: bytes, at: int) -> bytes:
    return piece[:at]


async def _obey(wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, end: asyncio.Event) -> None:
    order = json.loads(await reader.readline())
    if order.pop("cut", False):
        wire.cut()
    if "faults" in order:
        wire.faults = Faults(**order["faults"])
    told = {item.name: getattr(wire.counts, item.name) for item in fields(Counts)}
    writer.write(json.dumps(told).encode() + b"\n")
    await writer.drain()
    writer.close()
    if order.get("end"):
        end.set()


async def _serve(listen: tuple[str, int], target: tuple[str, int], control: str) -> None:
    wire, end = Wire(target[1], target[0]), asyncio.Event()
    server = await asyncio.start_server(wire.connected, *listen)
    orders = await asyncio.start_unix_server(lambda reader, writer: _obey(wire, reader, writer, end), control)
    async with server, orders:
        await end.wait()
        wire.cut()


_started: dict[Path, subprocess.Popen[bytes]] = {}


class Proxy:
    """A wire in its own process, from the ordering side; ``control``: the socket its orders go to."""

    def __init__(self, port: int, control: Path) -> None:
        self.port = port
        self.control = control

    def start(self, target: int, *, host: str = "127.0.0.1", prefix: tuple[str, ...] = ()) -> None:
        """Start the process, listening on ``host`` for the gate at ``target`` there."""
        places = [f"{host}:{self.port}", f"{host}:{target}", str(self.control)]
        command = [*prefix, sys.executable, __file__, *places]
        _started[self.control] = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
        give_up = time.monotonic() + 30
        while not self.control.exists():
            if time.monotonic() > give_up:
                raise RuntimeError("the wire does not listen")
            time.sleep(0.02)

    def order(self, **faults: Any) -> dict[str, int]:
        """Set exactly these faults (none: a good wire); what has passed until now."""
        return self._ask({"faults": faults})

    def cut(self, **faults: Any) -> dict[str, int]:
        """Set these faults and end every open connection."""
        return self._ask({"faults": faults, "cut": True})

    def counts(self) -> dict[str, int]:
        """What has passed until now; the faults stay."""
        return self._ask({})

    def close(self) -> None:
        """End the wire."""
        with contextlib.suppress(OSError):
            self._ask({"end": True})
        if self.control in _started:
            _started.pop(self.control).wait(timeout=10)

    def _ask(self, order: dict[str, Any]) -> dict[str, int]:
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(self.control))
            asking.sendall(json.dumps(order).encode() + b"\n")
            with asking.makefile("rb") as answer:
                found: dict[str, int] = json.loads(answer.readline())
        return found


if __name__ == "__main__":

    def _place(text: str) -> tuple[str, int]:
        host, _, port = text.rpartition(":")
        return host, int(port)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_place(sys.argv[1]), _place(sys.argv[2]), sys.argv[3]))
