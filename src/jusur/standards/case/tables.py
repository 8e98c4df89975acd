"""The compiled shapes of the ontology, ready to be evaluated."""

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from jusur.standards.case.vocabulary import UCO, expand

_TABLE: Final = Path(__file__).with_name("table.json")
_METACLASS: Final = UCO + "core/UcoType"

Listed = tuple[str, str | None]
"""Text and datatype of a listed literal."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One SHACL shape: of nodes, or, with a ``path``, of a property's values.

    Attributes hold the constraint components the ontology uses; ``None`` and empty mean absent.
    """

    name: str
    path: tuple[str, ...]
    severity: str
    message: str
    classes: tuple[str, ...]
    datatype: str | None
    kind: str | None
    minimum: int
    maximum: int | None
    listed: frozenset[Listed] | None
    required: tuple[Listed, ...]
    properties: tuple["Shape", ...]
    forbidden: tuple["Shape", ...]
    any_of: tuple[tuple["Shape", ...], ...]
    one_of: tuple[tuple["Shape", ...], ...]
    queries: tuple[str, ...]

    @property
    def speaks_of_absence(self) -> bool:
        """Whether the shape can be violated where the property has no value."""
        return bool(self.minimum or self.required or self.queries) or len(self.path) != 1


@dataclass(frozen=True, slots=True)
class Plan:
    """The shapes of a node of given classes: those for each property, and those evaluated whatever it has."""

    by_property: dict[str, list[Shape]] = field(default_factory=dict)
    always: list[Shape] = field(default_factory=list)


class Tables:
    """The shapes by target, the class hierarchy, and the names the ontology has."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.case_version: str = data["case_version"]
        self.concepts = frozenset(expand(name) for name in data["concepts"])
        self._parents = {expand(child): tuple(map(expand, found)) for child, found in data["parents"].items()}
        shapes = [_shape(shape) for shape in data["shapes"]]
        self._of_class = _targets(data["targetClass"], shapes)
        self.of_subjects = _targets(data["targetSubjectsOf"], shapes)
        self.of_objects = _targets(data["targetObjectsOf"], shapes)
        self._ancestors: dict[str, frozenset[str]] = {}
        self._plans: dict[frozenset[str], Plan] = {}

    def ancestors(self, name: str) -> frozenset[str]:
        """``name`` and every class it is a subclass of."""
        known = self._ancestors.get(name)
        if known is None:
            found, open_ends = {name}, [name]
            while open_ends:
                above = set(self._parents.get(open_ends.pop(), ())) - found
                found |= above
                open_ends.extend(above)
            known = frozenset(found)
            if name in self._parents:  # a document's own names are not kept
                self._ancestors[name] = known
        return known

    def is_metaclass(self, name: str) -> bool:
        """Whether instances of ``name`` are classes themselves."""
        return _METACLASS in self.ancestors(name)

    def plan(self, types: tuple[str, ...]) -> Plan:
        """The shapes whose target classes hold a node of ``types``."""
        above = frozenset[str]().union(*(self.ancestors(name) for name in types))
        classes = frozenset(name for name in above if name in self._of_class)
        plan = self._plans.get(classes)
        if plan is None:
            plan = Plan()
            for name in sorted(classes):
                for shape in self._of_class[name]:
                    _distribute(shape, plan)
            self._plans[classes] = plan
        return plan


def _distribute(shape: Shape, plan: Plan) -> None:
    inner = [shape] if shape.path else shape.properties
    for part in inner:
        if part.speaks_of_absence:
            plan.always.append(part)
        else:
            plan.by_property.setdefault(part.path[0], []).append(part)
    node_level = (shape.classes, shape.kind, shape.forbidden, shape.any_of, shape.one_of, shape.queries, shape.required)
    if not shape.path and any(node_level):
        plan.always.append(replace(shape, properties=()))


def _targets(data: dict[str, list[int]], shapes: list[Shape]) -> dict[str, list[Shape]]:
    return {expand(name): [shapes[index] for index in found] for name, found in data.items()}


def _shape(data: dict[str, Any]) -> Shape:
    return Shape(
        name=data.get("id", ""),
        path=tuple(map(expand, data.get("path", ()))),
        severity=data.get("severity", "Violation"),
        message=data.get("message", ""),
        classes=tuple(map(expand, data.get("class", ()))),
        datatype=expand(data["datatype"]) if "datatype" in data else None,
        kind=data.get("kind"),
        minimum=data.get("min", 0),
        maximum=data.get("max"),
        listed=frozenset(map(_listed, data["in"])) if "in" in data else None,
        required=tuple(map(_listed, data.get("has", ()))),
        properties=tuple(map(_shape, data.get("property", ()))),
        forbidden=tuple(map(_shape, data.get("not", ()))),
        any_of=tuple(tuple(map(_shape, options)) for options in data.get("or", ())),
        one_of=tuple(tuple(map(_shape, options)) for options in data.get("xone", ())),
        queries=tuple(data.get("query", ())),
    )


def _listed(value: list[str | None]) -> Listed:
    text, datatype = value
    return text or "", None if datatype is None else expand(datatype)


@cache
def tables() -> Tables:
    """The shipped tables, read once a process."""
    return Tables(json.loads(_TABLE.read_bytes()))
