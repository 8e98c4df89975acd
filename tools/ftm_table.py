"""Compiles FollowTheMoney's published schemata to the table that ships: ``python tools/ftm_table.py FOLDER VERSION``.

FOLDER holds the YAML files of the package ``followthemoney`` (``followthemoney/schema``). Needs PyYAML, which nothing
else here does; run it in an environment of its own. Labels, descriptions and display hints are left out.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

OUT = Path(__file__).resolve().parents[1] / "src" / "jusur" / "standards" / "ftm" / "model.json"
NOTICE = (
    "FollowTheMoney, https://github.com/opensanctions/followthemoney. MIT License. Copyright (c) 2017-2024 Journalism "
    "Development Network, Inc. Copyright (c) 2025 OpenSanctions Datenbanken GmbH. Schemata, properties and their types."
)


def compact_property(given: dict[str, Any]) -> dict[str, Any]:
    """A property's type, longest value, range and reverse name; what is usual is left out."""
    found: dict[str, Any] = {"type": given.get("type", "string")}
    if "maxLength" in given:
        found["max"] = given["maxLength"]
    if "range" in given:
        found["range"] = given["range"]
    if "reverse" in given:
        found["reverse"] = given["reverse"]["name"]
    return found


def compact(given: dict[str, Any]) -> dict[str, Any]:
    """A schema as the program reads it."""
    return {
        "label": given.get("label", ""),
        "extends": given.get("extends", []),
        "abstract": bool(given.get("abstract", False)),
        "matchable": bool(given.get("matchable", False)),
        "caption": given.get("caption", []),
        "properties": {name: compact_property(value) for name, value in given.get("properties", {}).items()},
    }


def main() -> None:
    """Write the table."""
    folder, version = Path(sys.argv[1]), sys.argv[2]
    schemata: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        for name, given in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            schemata[name] = compact(given)
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
        for name, value in sorted(schemata.items())
    )
    head = f'{{"notice": {json.dumps(NOTICE)},\n"version": {json.dumps(version)},\n"schemata": {{\n'
    OUT.write_text(f"{head}{lines}\n}}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
