"""The outside programs that judge signatures and time-stamps."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


def cms(signature: Path, content: Path, authority: Path) -> bool:
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", signature, "-content", content]
    return accepts([*command, "-CAfile", authority, "-out", "/dev/null"])


def ts(token: Path, data: Path, authority: Path) -> bool:
    return accepts(["openssl", "ts", "-verify", "-in", token, "-token_in", "-data", data, "-CAfile", authority])


def accepts(command: Sequence[object], cwd: Path | None = None) -> bool:
    return subprocess.run([str(part) for part in command], capture_output=True, cwd=cwd, check=False).returncode == 0
