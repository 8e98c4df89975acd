"""Whoever calls a gate by hand: raw bytes over mutual TLS, with the keys of a real member that has turned hostile."""

import hashlib
import socket
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.network import Node

from jusur.crypto.requests import SENDER_FIELD, sign_request
from jusur.node.keystore import Keystore

ENVELOPES = "/exchange/v1/envelopes"


@dataclass(frozen=True, slots=True)
class Caller:
    """A member's keys turned on another member's gate."""

    own: Node
    gate: Node

    def connect(self, *, certificate: Path | bool = True) -> ssl.SSLSocket:
        """A TLS connection to the gate itself, past its wire; with the member's, another or no certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            keys = self.own.home / "keys"
            shown = certificate if isinstance(certificate, Path) else keys / "tls.certificate.pem"
            context.load_cert_chain(shown, keys / "tls.pem")
        plain = socket.create_connection((self.gate.host, self.gate.ports[0]), timeout=20)
        try:
            return context.wrap_socket(plain)
        except BaseException:
            plain.close()
            raise

    def signed(
        self, body: bytes, *, path: str = ENVELOPES, sender: str = "", length: int = -1, lie: bytes | None = None
    ) -> bytes:
        """A request as a member signs it; ``lie``: sign another body's digest; ``length``: announce another size."""
        key = Keystore(self.own.home / "keys").signing
        fields = {SENDER_FIELD: sender or self.own.address}
        digest = hashlib.sha256(lie if lie is not None else body).digest()
        fields |= sign_request(key, method="POST", url=self.gate.gate_url + path, headers=fields, body_digest=digest)
        fields |= {"host": "gate", "content-length": str(len(body) if length < 0 else length)}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def send(self, *pieces: bytes, pause: float = 0.0, certificate: Path | bool = True) -> tuple[int, bytes]:
        """Send the pieces; the answer's status (0: the gate hung up) and text."""
        answer = b""
        with self.connect(certificate=certificate) as wire:
            try:
                for piece in pieces:
                    wire.sendall(piece)
                    time.sleep(pause)
                while piece := wire.recv(65536):
                    answer += piece
                    if self._whole(answer):
                        break
            except (ConnectionError, ssl.SSLError, TimeoutError):
                pass
        if not answer.startswith(b"HTTP/1.1 "):
            return 0, answer
        return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]

    @staticmethod
    def _whole(answer: bytes) -> bool:
        head, found, body = answer.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return bool(found) and (not lengths or len(body) >= int(lengths[0].split(b":")[1]))
