"""XML from outside, read record by record: no document type, no entities, bounded depth, text and attributes.

Expat itself expands nothing that has no declaration, and a declaration is refused when it begins; memory holds
one record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from jusur.standards.lists.outcome import InvalidListError

MAX_DEPTH: Final = 16
MAX_RECORD: Final = 1_000_000
"""Most characters of one record, its names and attributes counted."""
_BLOCK: Final = 1 << 16


@dataclass(slots=True)
class Node:
    """An element: local name, attributes, children, and the text directly in it."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The element's own text, white space collapsed."""
        return " ".join("".join(self.parts).split())

    def all(self, *path: str) -> Iterator["Node"]:
        """The elements that ``path`` leads to."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def texts(self, *path: str) -> list[str]:
        """The texts, not empty, of the elements that ``path`` leads to."""
        return [text for node in self.all(*path) if (text := node.text)]

    def first(self, *path: str) -> str:
        """The first of `texts`, or an empty text."""
        return next(iter(self.texts(*path)), "")

    def get(self, name: str) -> str:
        """An attribute, white space collapsed, or an empty text."""
        return " ".join(self.attributes.get(name, "").split())


class _Collector:
    """Expat's handlers: collects the elements called as asked, each whole, and forgets the rest."""

    def __init__(self, roots: frozenset[str], tags: frozenset[str]) -> None:
        self.ready: list[Node] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self._roots, self._tags = roots, tags
        self._open: list[Node] = []
        self._depth = self._size = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if not self._depth and tag not in self._roots:
            raise InvalidListError(
                "The file is XML of another kind: its outermost element is not the list's.", fix="Choose its format."
            )
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidListError(f"The XML nests deeper than {MAX_DEPTH} levels.", fix="Get the list again.")
        if not self._open and tag not in self._tags:
            return
        node = Node(
            tag, self.parser.CurrentLineNumber, {key.rpartition(" ")[2]: one for key, one in attributes.items()}
        )
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._size = 0
        self._open.append(node)
        self._grow(len(tag) + sum(len(key) + len(one) for key, one in attributes.items()))

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._open:
            node = self._open.pop()
            if not self._open:
                self.ready.append(node)

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)
            self._grow(len(text))

    def _grow(self, by: int) -> None:
        self._size += by
        if self._size > MAX_RECORD:
            raise InvalidListError(
                f"A record of the list, from line {self._open[0].line}, has more than {MAX_RECORD:,} characters.",
                fix="Get the list again.",
            )

    def _refuse(self, *_: Any) -> None:
        raise InvalidListError(
            "The XML declares a document type or entities, which lists do not.", fix="Get the list from its publisher."
        )


def records(stream: BinaryIO, *, roots: set[str], tags: set[str]) -> Iterator[Node]:
    """The elements called one of ``tags`` in the XML of ``stream``, one at a time; namespaces are left aside.

    Raises:
        InvalidListError: no XML, cut off, another root than ``roots``, a document type, too deep or too large.
    """
    collector = _Collector(frozenset(roots), frozenset(tags))
    try:
        while block := stream.read(_BLOCK):
            collector.parser.Parse(block, False)
            yield from _taken(collector)
        collector.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise InvalidListError(
            f"The XML breaks off or is faulty at line {error.lineno}: {expat.ErrorString(error.code)}.",
            fix="Get the whole list again; what stands before was not taken as complete.",
        ) from None
    except (LookupError, ValueError):
        raise InvalidListError("The XML is in an encoding that lists do not use.", fix="Get it in UTF-8.") from None
    yield from _taken(collector)


def _taken(collector: _Collector) -> list[Node]:
    ready, collector.ready = collector.ready, []
    return ready
