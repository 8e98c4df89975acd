"""What `bench.transfer` has a node do, in a process of that node."""

import json
import os
import sys
import time
from datetime import timedelta
from typing import Any

import msgspec

from jusur.config.bootstrap import setup

CHUNK = 8 * 1024 * 1024
NAME = "measure-1"


def offer(size: str) -> dict[str, Any]:
    """Put ``size`` random bytes into the vault and offer them to Oslo."""
    from jusur.exchange import api
    from jusur.kernel.clock import now
    from jusur.node.context import current

    digester, block = api.Digester(CHUNK), os.urandom(CHUNK)
    with current().vault.create(NAME) as writer:
        for _ in range(int(size) // CHUNK):
            digester.update(block)
            writer.write(block)
        writer.commit()
    blob = digester.descriptor(NAME, now() + timedelta(hours=1))
    plain: dict[str, Any] = msgspec.to_builtins(api.offer_blob(blob, recipient="NO"))
    return plain


def fetch(descriptor: str) -> dict[str, Any]:
    """Fetch what Rabat offers, by this node's worker."""
    from jusur.exchange import api

    blob = msgspec.json.decode(descriptor.encode(), type=api.BlobDescriptor)
    started = time.perf_counter()
    api.fetch_blob(blob, sender="MA")
    while True:
        found = api.transfer(blob.name, sender="MA")
        if found is not None and found.state == "completed":
            return {"seconds": time.perf_counter() - started}
        if found is None or found.state == "failed":
            raise SystemExit(f"the transfer failed: {found}")
        time.sleep(0.02)


if __name__ == "__main__":
    setup()
    print(json.dumps({"offer": offer, "fetch": fetch}[sys.argv[1]](sys.argv[2])))
