"""Founding a network: the secretariat's own keys, its certification authority and the first directory."""

from cryptography import x509

from jusur.crypto import certificates
from jusur.directory import api as directory
from jusur.directory.api import authority_of, material_of
from jusur.kernel import clock
from jusur.node import context
from jusur.node.home import write_private
from jusur.node.keystore import Keystore
from jusur.node.settings import NodeSettings

__all__ = ["ACTOR", "authority_of", "found", "material_of"]

ACTOR = "administrator:console"


def found(settings: NodeSettings) -> None:
    """Make the secretariat's keys and publish the first directory, with every member listed and none joined.

    A rehearsal's secretariat also gets a time-stamp authority, whose certificate says that it is a demonstration.
    """
    keys = context.current().keys
    keys.create("directory", "network-ca")
    authority = certificates.create_authority(
        keys.network_ca_key, name=f"{settings.name} network authority", at=clock.now()
    )
    keys.install_certificate("network-ca", certificates.to_pem(authority.certificate))
    endpoint = directory.Endpoint(gate_url=settings.gate_location, priority=0)
    directory.bootstrap_secretariat(
        authority=authority_of(keys),
        material=material_of(keys),
        endpoints=[endpoint],
        actor=ACTOR,
        address=settings.address,
    )
    _install_own(keys, settings)
    if settings.demo:
        _time_stamps(keys, settings, authority.certificate)


def _install_own(keys: Keystore, settings: NodeSettings) -> None:
    for key in directory.organisation(settings.address).keys:
        if key.use in {"tls", "seal"} and key.state == "active":
            keys.install_certificate(key.use, key.public)


def _time_stamps(keys: Keystore, settings: NodeSettings, root: x509.Certificate) -> None:
    keys.create("tsa")
    request = certificates.read_request(
        certificates.create_request(keys.tsa_key, settings.address), address=settings.address
    )
    certificate = certificates.issue(keys.network_ca, request, "tsa", at=clock.now())
    keys.install_certificate("tsa", certificates.to_pem(certificate))
    write_private(settings.timestamp_roots, certificates.to_pem(root).encode())
