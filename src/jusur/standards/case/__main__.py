"""``python -m jusur.standards.case``: check the CASE document on standard input, in a process of its own.

What others wrote is checked apart from the node's processes: it can neither fill their memory nor hold them up. The
findings are one JSON object on standard output: ``{"count": 2, "findings": ["…", "…"]}`` (the first `SHOWN` of them).
"""

import json
import resource
import sys

from jusur.standards.case import check

MAX_BYTES = 8 * 1024 * 1024
"""Largest document; checking it takes about ten times its size in memory."""
ADDRESS_SPACE = 512 * 1024 * 1024
SHOWN = 10


def main() -> int:
    """Check; 0 when a verdict was written, whatever it is."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    document = sys.stdin.buffer.read(MAX_BYTES + 1)
    findings = check(document, max_bytes=MAX_BYTES)
    shown = [f"{finding.message} ({finding.node})"[:300] for finding in findings[:SHOWN]]
    json.dump({"count": len(findings), "findings": shown}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
