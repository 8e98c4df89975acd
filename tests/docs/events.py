"""Which kinds of events the program writes into the ledger, read from its source.

From every call of ``ledger.record``, ``NewEvent`` and of the functions that pass a kind on to them, the kinds are
followed to their words. One that cannot be followed fails, so that none is overlooked.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import get_args, get_type_hints

from jusur.evidence import messages
from jusur.evidence.services import requests
from jusur.followup import services as followup
from jusur.notices.services import acting

SOURCE = Path(__file__).parents[2] / "src"
_TOLD = set(get_args(get_type_hints(messages.CustodyBody)["event"])) - {"verified"}
FORMED = {
    "custody.": {f"custody.{event}" for event in _TOLD},
    "evidence.request.": {f"evidence.request.{event}" for event in requests.EVENTS.values()},
    "notices.notice.": {f"notices.notice.{event}" for event in acting.EVENTS.values()},
    "followup.commitment.": {f"followup.commitment.{word}" for word in followup.PAST.values()},
    "exchange.message.": {"exchange.message.processed", "exchange.message.failed"},
}
"""Kinds that are put together as the program runs, by their fixed beginning."""
SEEDS = {("jusur.ledger.services", "NewEvent"): 0, ("jusur.ledger.api", "record"): 0}
Sinks = dict[tuple[str, str], int]


@dataclass
class Module:
    """A module: what its names stand for."""

    name: str
    tree: ast.Module
    names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.names[alias.asname or alias.name] = (node.module, alias.name)

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]

    @cached_property
    def assigned(self) -> dict[str, ast.expr]:
        """Module-level names with their values."""
        return {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }


def modules() -> dict[str, Module]:
    found = {}
    for file in sorted(SOURCE.rglob("*.py")):
        name = ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if ".migrations" not in name:
            found[name] = Module(name, ast.parse(file.read_text()))
    return found


class Scan:
    """Follows kinds through the program."""

    def __init__(self) -> None:
        self.modules = modules()
        self.sinks: Sinks = dict(SEEDS)
        while self._grow():
            pass

    def kinds(self) -> set[str]:
        found: set[str] = set()
        for module in self.modules.values():
            for function in module.functions:
                for value in self._given(module, function):
                    found |= set(self._words(module, function, value))
        return found

    def _grow(self) -> bool:
        before = len(self.sinks)
        for module in self.modules.values():
            for function in module.functions:
                parameters = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
                for value in self._given(module, function):
                    if isinstance(value, ast.Name) and value.id in parameters:
                        self.sinks.setdefault((module.name, function.name), parameters.index(value.id))
        return len(self.sinks) > before

    def _given(self, module: Module, function: ast.FunctionDef) -> Iterator[ast.expr]:
        """What ``function`` hands to sinks as a kind."""
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and (target := self._resolve(module, node.func)) in self.sinks:
                yield self._argument(node, target, self.sinks[target])

    def _argument(self, call: ast.Call, target: tuple[str, str], place: int) -> ast.expr:
        names = {keyword.arg: keyword.value for keyword in call.keywords}
        wanted = next((names[name] for name in ("kind", "event") if name in names), None)
        if wanted is not None:
            return wanted
        assert len(call.args) > place, f"{target}: no kind at {ast.unparse(call)}"
        return call.args[place]

    def _resolve(self, module: Module, expression: ast.expr) -> tuple[str, str]:
        """The module and name that ``expression`` stands for; empty ones where it is something else."""
        if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
            parent, name = module.names.get(expression.value.id, ("", ""))
            return self._origin(f"{parent}.{name}", expression.attr)
        if isinstance(expression, ast.Name):
            return self._origin(module.name, expression.id)
        return "", ""

    def _origin(self, module: str, name: str) -> tuple[str, str]:
        """Where ``name``, as ``module`` knows it, was made."""
        known = self.modules.get(module)
        if known is None:
            return "", ""
        if name in known.names:
            return self._origin(*known.names[name])
        value = known.assigned.get(name)
        if isinstance(value, ast.Attribute):
            return self._resolve(known, value)
        return module, name

    def _words(self, module: Module, function: ast.FunctionDef, value: ast.expr) -> Iterator[str]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.IfExp):
            yield from self._words(module, function, value.body)
            yield from self._words(module, function, value.orelse)
        elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
            yield from FORMED[str(value.values[0].value)]
        elif isinstance(value, ast.Name) and value.id in _parameters(function):
            return
        elif isinstance(value, ast.Name) and (local := _assigned(function, value.id)):
            for each in local:
                yield from self._words(module, function, each)
        else:
            home, name = self._resolve(module, value)
            constant = self.modules[home].assigned.get(name) if home else None
            assert isinstance(constant, ast.Constant), f"{module.name}: which kinds are {ast.unparse(value)}?"
            yield str(constant.value)


def _parameters(function: ast.FunctionDef) -> set[str]:
    return {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}


def _assigned(function: ast.FunctionDef, name: str) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ] + [
        each
        for node in ast.walk(function)
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name
        for each in (node.iter.elts if isinstance(node.iter, ast.Tuple) else [node.iter])
    ]
