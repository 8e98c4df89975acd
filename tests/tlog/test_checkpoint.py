import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jusur.tlog import checkpoint as checkpoints
from jusur.tlog import note as notes
from jusur.tlog.errors import NoteError
from jusur.tlog.merkle import EMPTY_ROOT
from jusur.tlog.note import NoteSigner

SPECIFICATION = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def signer(name: str = "jusur.int/log/MA", seed: int = 1) -> NoteSigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return NoteSigner(name, key, key.public_key().public_bytes_raw())


def test_the_example_of_the_specification_is_read() -> None:
    head = checkpoints.parse(SPECIFICATION)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(head.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert head.text == SPECIFICATION
    assert int.from_bytes(head.note.signatures[1].signature[:8]) == 1679315147


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back_as_it_was_signed(size: int, root: bytes) -> None:
    head = checkpoints.make(size, root, signer())
    assert checkpoints.verify(head.text, signer().verifier) == head
    assert (head.size, head.root, head.origin) == (size, root, checkpoints.origin("MA"))


def test_another_logs_checkpoint_is_refused_even_with_a_good_signature() -> None:
    text = checkpoints.make(1, EMPTY_ROOT, signer("jusur.int/log/NO")).note.text
    with pytest.raises(NoteError, match="of the log"):
        checkpoints.verify(str(notes.sign(text, [signer()])), signer().verifier)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "\n1\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n",
        "origin\n01\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n",
        "origin\n-1\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n",
        "origin\n\u0661\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n",
        "origin\n9223372036854775808\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n",
        "origin\n1\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4p=\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n!\n",
        "origin\n1\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\nextension\n",
    ],
)
def test_heads_in_another_spelling_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        checkpoints.parse(str(notes.sign(text, [signer()])))


def test_a_witness_cosigns_the_head_and_the_time() -> None:
    witness = signer("jusur.int/log/NO", 2)
    head = checkpoints.make(3, EMPTY_ROOT, signer())
    cosigned = checkpoints.with_signature(head, checkpoints.cosign(head, witness, 1679315147))
    again = checkpoints.verify(cosigned.text, signer().verifier)
    assert checkpoints.verify_cosignature(again, witness.verifier) == 1679315147
    message = f"cosignature/v1\ntime 1679315147\n{head.note.text}".encode()
    witness.verifier.check(again.note.signatures[1].signature[8:], message)
    with pytest.raises(NoteError, match="not cosigned"):
        checkpoints.verify_cosignature(head, witness.verifier)
    with pytest.raises(NoteError, match="not signed"):
        witness.verifier.verify(again.note)


@pytest.mark.parametrize("change", ["time", "signature", "length"])
def test_a_false_cosignature_is_refused(change: str) -> None:
    witness = signer("jusur.int/log/NO", 2)
    head = checkpoints.make(3, EMPTY_ROOT, signer())
    line = checkpoints.cosign(head, witness, 1679315147)
    changed = {
        "time": b"\x00" * 8 + line.signature[8:],
        "signature": line.signature[:-1] + b"\x00",
        "length": line.signature + b"\x00",
    }[change]
    with pytest.raises(NoteError):
        checkpoints.verify_cosignature(
            checkpoints.with_signature(head, line._replace(signature=changed)), witness.verifier
        )
