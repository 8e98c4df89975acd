"""The wheel's build hook: the fonts and compiled catalogues that the repository does not hold go into the wheel."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DeskFiles(BuildHookInterface[Any]):
    """Makes the desk's files before they are packed; an editable install makes them by ``make install``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run ``tools/build_desk.py``."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "tools"))
        import build_desk

        build_desk.main()
