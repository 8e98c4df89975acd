"""Builds the next generation of the node's index, in a process of its own: ``python -m jusur.screening.build``."""

import os
import sys

from jusur.config.bootstrap import setup

NICENESS = 10


def main() -> int:
    """Build unless another process is at it."""
    settings = setup()
    from jusur.node import logs
    from jusur.node.home import NodeHome

    logs.configure("search-build", settings)
    os.nice(NICENESS)  # whoever searches meanwhile comes first
    from jusur.screening.index import build_once

    build_once(NodeHome(settings.home).search)
    return 0


if __name__ == "__main__":
    sys.exit(main())
