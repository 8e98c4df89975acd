"""The keys a secretariat writes the directory with, and what the network's certification authority issues."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from jusur.crypto import certificates, revocations
from jusur.crypto.keys import SigningKey
from jusur.directory.errors import JoinRefusedError
from jusur.directory.schema import Endpoint


@dataclass(frozen=True, slots=True)
class Authority:
    """What a secretariat signs with. Every directory key signs every version."""

    directory_keys: tuple[SigningKey, ...]
    network: certificates.Authority

    def certificate(self) -> str:
        """The network authority's certificate, PEM."""
        return certificates.to_pem(self.network.certificate)

    def revocation_list(
        self, revoked: Iterable[revocations.Revocation], *, number: int, at: datetime, validity: timedelta
    ) -> str:
        """The network authority's revocation list, PEM."""
        return certificates.to_pem(
            revocations.create_list(self.network, revoked, number=number, at=at, validity=validity)
        )

    def issue_tls(self, request: str, *, address: str, name: str, endpoints: Iterable[Endpoint], at: datetime) -> str:
        """A certificate (PEM) for TLS client and server.

        Raises:
            CertificateError: the certificate request is refused.
            JoinRefusedError: it asks for a name or IP address that is not one of the organisation's gates.
        """
        asked = certificates.read_request(request, address=address)
        hosts = {urlsplit(endpoint.gate_url).hostname for endpoint in endpoints}
        foreign = [host for host in (*asked.dns_names, *map(str, asked.ip_addresses)) if host not in _spellings(hosts)]
        if foreign:
            raise JoinRefusedError(
                f"The TLS certificate request asks for {foreign[0]}, which is not a gate of {address}.",
                fix="Name the gate's public address (gate_url) and make the request again.",
            )
        return certificates.to_pem(certificates.issue(self.network, asked, "tls", at=at, organisation=name))

    def issue_seal(self, request: str, *, address: str, name: str, at: datetime) -> str:
        """A certificate (PEM) for sealing evidence (CMS signatures).

        Raises:
            CertificateError: the certificate request is refused.
        """
        asked = certificates.read_request(request, address=address)
        return certificates.to_pem(certificates.issue(self.network, asked, "seal", at=at, organisation=name))


def _spellings(hosts: Iterable[str | None]) -> set[str]:
    """``hosts``, IP addresses in their one canonical form."""
    found = set()
    for host in hosts:
        try:
            found.add(str(ipaddress.ip_address(host or "")))
        except ValueError:
            found.add(host or "")
    return found
