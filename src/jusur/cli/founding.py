"""Founding a network: the secretariat's own keys, its certification authority and the first directory."""

from cryptography import x509

from jusur.crypto import certificates
from jusur.directory import api as directory
from jusur.kernel import clock
from jusur.node import context
from jusur.node.home import write_private
from jusur.node.keystore import Keystore, MissingKeyError
from jusur.node.settings import NodeSettings

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


def authority_of(keys: Keystore, *, announcing: bool = False) -> directory.Authority:
    """What this secretariat writes the directory with: those of its keys that the directory lists as active.

    ``announcing``: also the key that is to follow the present one, which the directory does not list yet.

    Raises:
        MissingKeyError: it holds none of them.
    """
    held = [keys.directory, *([keys.directory_next] if keys.has("directory-next") else [])]
    listed = {key.keyid: key.state for key in directory.directory_keys()} if directory.has_directory() else {}
    signers = tuple(key for key in held if listed.get(key.keyid, "new" if listed else "active") == "active")
    if announcing:
        signers = tuple(key for key in held if key in signers or key.keyid not in listed)
    if not signers:
        raise MissingKeyError(
            "This process holds no directory key that the directory lists.",
            fix="If the key was rotated just now, restart the node's processes; else restore it from a backup.",
        )
    return directory.Authority(directory_keys=signers, network=keys.network_ca)


def material_of(keys: Keystore) -> directory.KeyMaterial:
    """The node's own keys, one for each use."""
    return directory.KeyMaterial(
        signing=keys.signing,
        sealing=keys.sealing,
        evidence=keys.evidence_identity,
        log=keys.log,
        tls=keys.tls_key,
        seal=keys.seal_key,
    )


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
