"""The secretariat's answer to a key request it granted."""

from collections.abc import Iterator

from jusur.directory import ceremony, possession
from jusur.directory.ceremony import Welcome
from jusur.directory.models import DirectoryVersion, OrganisationKey
from jusur.directory.requests import Asked, KeyRequest
from jusur.directory.services.authority import Authority


def bundle_write(*, asked: Asked, authority: Authority, version: DirectoryVersion) -> bytes:
    """The welcome to ``asked`` and the ``version`` that grants it, as one file for the organisation's node.

    It brings the versions that the node lacks, as many as fit, and only the holder of the keys asked for can open it.
    """
    wanted = [key.keyid for key in asked.request.keys if key.use in {"tls", "seal"}]
    issued = dict(OrganisationKey.objects.filter(keyid__in=wanted).values_list("use", "public"))
    paper = Welcome(
        format=ceremony.WELCOME_FORMAT,
        request=asked.request.id,
        request_digest=asked.digest,
        address=asked.request.address,
        tls_certificate=issued.get("tls", ""),
        seal_certificate=issued.get("seal", ""),
        network_ca=authority.certificate(),
        version=version.version,
        digest=version.digest,
    )
    welcome = ceremony.write_welcome(paper, authority.directory_keys)
    bundle = ceremony.write_bundle(welcome, bytes(version.document), _between(asked.request, version.version))
    return possession.seal(bundle, asked.request, asked.digest)


def _between(request: KeyRequest, version: int) -> Iterator[bytes]:
    """The versions after the one the node holds and before ``version``, oldest first, within bounds of size."""
    if request.act == "join":
        return
    room = ceremony.MAX_BETWEEN - ceremony.MAX_VERSIONS
    rows = DirectoryVersion.objects.filter(version__gt=request.directory, version__lt=version).order_by("version")
    for row in rows[: ceremony.MAX_VERSIONS].iterator(chunk_size=20):
        room -= len(row.document)
        if room < 0:
            return
        yield bytes(row.document)
