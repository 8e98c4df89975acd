"""TimeStampTokens (RFC 3161, section 2.4.2) of any authority, taken apart and verified as signed objects.

Authorities sign with RSA or ECDSA and encode in more than one way, so this cannot ask for one encoding as
``jusur.crypto.cms`` does; every field that the signature does not cover is checked for its one right value instead.
"""

from hashlib import new as new_hash
from typing import Any

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from jusur.crypto.cms import CmsError, certificates_of

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_MIN_RSA_BITS = 2048
_MALFORMED = "The time-stamp is not a time-stamp token with one signer."


def read_token(token: bytes) -> tuple[tsp.TSTInfo, tuple[x509.Certificate, ...]]:
    """What the token states and its certificates, the signer's first; the signature verified, no path built.

    Raises:
        CmsError: malformed, inconsistent, or the signature does not fit.
    """
    try:
        outer = cms.ContentInfo.load(token, strict=True)
        signed = outer["content"]
        (signer,) = signed["signer_infos"]
        content = signed["encap_content_info"]
        certificates = certificates_of(signed["certificates"], signer["sid"].chosen["serial_number"].native)
        attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
        info = tsp.TSTInfo.load(content["content"].contents, strict=True)
        _check_shape(outer, signed, signer)
        _check_attributes(attributes, signer, content, certificates[0])
        _check_signature(signer, certificates[0])
        _touch(info)
    except CmsError:
        raise
    except Exception:  # noqa: BLE001 - asn1crypto raises many kinds on malformed input; all mean the same
        raise CmsError(_MALFORMED) from None
    return info, certificates


def _check_shape(outer: cms.ContentInfo, signed: cms.SignedData, signer: cms.SignerInfo) -> None:
    digests = [one["algorithm"].native for one in signed["digest_algorithms"]]
    digest = signer["digest_algorithm"]
    fits = (
        outer["content_type"].native == "signed_data"
        and signed["version"].native == "v3"
        and signed["encap_content_info"]["content_type"].native == "tst_info"
        and signer["version"].native == "v1"
        and signer["sid"].name == "issuer_and_serial_number"
        and digests == [digest["algorithm"].native]
        and all(_no_parameters(one["parameters"]) for one in (*signed["digest_algorithms"], digest))
    )
    if not fits:
        raise CmsError(_MALFORMED)


def _no_parameters(parameters: Any) -> bool:
    """Absent, or NULL in its one encoding."""
    return isinstance(parameters, core.Void) or parameters.dump() == b"\x05\x00"


def _check_attributes(
    attributes: dict[str, Any], signer: cms.SignerInfo, content: Any, certificate: x509.Certificate
) -> None:
    name = signer["digest_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise CmsError("The time-stamp uses a digest that is not accepted.")
    message = new_hash(name, content["content"].contents).digest()
    if attributes["content_type"][0].native != "tst_info" or attributes["message_digest"][0].native != message:
        raise CmsError("The time-stamp's content was altered.")
    _check_reference(attributes, certificate)


def _check_reference(attributes: dict[str, Any], certificate: x509.Certificate) -> None:
    """ESSCertID (RFC 2634) or ESSCertIDv2 (RFC 5816): the token names its signer's certificate by hash."""
    der = certificate.public_bytes(Encoding.DER)
    if "signing_certificate_v2" in attributes:
        reference = attributes["signing_certificate_v2"][0]["certs"][0]
        name = reference["hash_algorithm"]["algorithm"].native
    else:
        reference, name = attributes["signing_certificate"][0]["certs"][0], "sha1"
    if reference["cert_hash"].native != new_hash(name, der, usedforsecurity=False).digest():
        raise CmsError("The time-stamp names another certificate than the one it carries.")


def _check_signature(signer: cms.SignerInfo, certificate: x509.Certificate) -> None:
    signed = signer["signed_attrs"].untag().dump()
    if signer["signed_attrs"].contents != cms.CMSAttributes.load(signed).contents:
        raise CmsError(_MALFORMED)
    issuer = signer["sid"].chosen["issuer"]
    if issuer.dump() != certificate.issuer.public_bytes():
        raise CmsError("The time-stamp names another certificate than the one it carries.")
    algorithm, value = signer["signature_algorithm"], signer["signature"].native
    digest = _HASHES[signer["digest_algorithm"]["algorithm"].native]
    public = certificate.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey) and algorithm["algorithm"].native == f"{digest.name}_ecdsa":
            fits = isinstance(algorithm["parameters"], core.Void)
            public.verify(value, signed, ec.ECDSA(digest))
        elif isinstance(public, rsa.RSAPublicKey) and public.key_size >= _MIN_RSA_BITS:
            fits = algorithm["algorithm"].native in ("rsassa_pkcs1v15", f"{digest.name}_rsa")
            fits = fits and _no_parameters(algorithm["parameters"])
            public.verify(value, signed, padding.PKCS1v15(), digest)
        else:
            fits = False
    except InvalidSignature:
        raise CmsError("The time-stamp's signature does not fit: it was altered.") from None
    if not fits:
        raise CmsError("The time-stamp's signature is of a kind that is not accepted.")


def _touch(info: tsp.TSTInfo) -> None:
    """Parse the fields that are read later now, so that malformed ones are refused here."""
    for name in ("version", "message_imprint", "serial_number", "gen_time", "nonce"):
        _ = info[name].native
    _ = info["policy"].dotted
