"""The keys of this node's own keystore, as the directory's services take them."""

from jusur.directory import selectors
from jusur.directory.services import acceptance
from jusur.directory.services.authority import Authority
from jusur.directory.services.enrolment import KeyMaterial
from jusur.node.keystore import Keystore, MissingKeyError


def authority_of(keys: Keystore, *, announcing: bool = False) -> Authority:
    """What this secretariat writes the directory with: those of its keys that the directory lists as active.

    ``announcing``: also the key that is to follow the present one, which the directory does not list yet.

    Raises:
        MissingKeyError: it holds none of them.
    """
    held = [keys.directory, *([keys.directory_next] if keys.has("directory-next") else [])]
    listed = {key.keyid: key.state for key in selectors.directory_keys()} if acceptance.has_directory() else {}
    signers = tuple(key for key in held if listed.get(key.keyid, "new" if listed else "active") == "active")
    if announcing:
        signers = tuple(key for key in held if key in signers or key.keyid not in listed)
    if not signers:
        raise MissingKeyError(
            "This process holds no directory key that the directory lists.",
            fix="If the key was rotated just now, restart the node's processes; else restore it from a backup.",
        )
    return Authority(directory_keys=signers, network=keys.network_ca)


def material_of(keys: Keystore) -> KeyMaterial:
    """The node's own keys, one for each use."""
    return KeyMaterial(
        signing=keys.signing,
        sealing=keys.sealing,
        evidence=keys.evidence_identity,
        log=keys.log,
        tls=keys.tls_key,
        seal=keys.seal_key,
    )
