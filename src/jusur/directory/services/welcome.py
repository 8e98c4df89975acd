"""The secretariat's answer to a key request it granted."""

from jusur.directory import ceremony
from jusur.directory.ceremony import Welcome
from jusur.directory.models import DirectoryVersion, OrganisationKey
from jusur.directory.requests import Asked
from jusur.directory.services.authority import Authority


def bundle_write(*, asked: Asked, authority: Authority, version: DirectoryVersion) -> bytes:
    """The welcome to ``asked`` and the ``version`` that grants it, as one file for the organisation's node."""
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
    return ceremony.write_bundle(ceremony.write_welcome(paper, authority.directory_keys), bytes(version.document))
