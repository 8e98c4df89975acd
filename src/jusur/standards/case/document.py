"""Write the provenance of digital evidence as CASE/UCO JSON-LD.

One flat graph: the bundle, the investigation and its authorisation, the agents and tools, one investigative action a
link of the chain of custody, the provenance record with the exhibit, its marking with the conditions of use, and each
file with its facets and digest. Identifiers are UUIDv5 under the package's own identifier, so that the same facts
always give the same bytes and two documents of one package speak of the same things.

Sources: CASE 1.5.0 ``investigation``; UCO ``action``, ``core``, ``identity``, ``marking``, ``observable``, ``tool``,
``types``; ISO/IEC 27037 for the steps.
"""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid5

from jusur.kernel import canonical
from jusur.kernel.clock import timestamp
from jusur.standards.case.records import Agent, CustodyEvent, FileRecord, Package, Tool
from jusur.standards.case.vocabulary import DOCUMENT_PREFIXES, NAMESPACES

Node = dict[str, Any]


def case_document(package: Package) -> Node:
    """``package`` as a JSON-LD object; plain data, ready for ``encode``."""
    return _Writer(package).document()


def encode(document: Node) -> bytes:
    """The document as canonical JSON (RFC 8785)."""
    return canonical.encode(document)


class _Writer:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.nodes: dict[str, Node] = {}

    def document(self) -> Node:
        package = self.package
        marking = self._marking()
        files = [self._file(record) for record in package.files]
        record = self._provenance_record(files, marking)
        actions = self._actions(record)
        investigation = self._investigation([*actions, record])
        maker = self._agent(package.acquisition.agent)
        bundle = self._node(
            "Bundle",
            "bundle",
            "uco-core:Bundle",
            {
                "uco-core:name": package.exhibit or package.investigation.reference,
                "uco-core:createdBy": maker,
                "uco-core:objectCreatedTime": _time(package.created_at),
                "uco-core:object": [investigation, *actions, record, *files],
            },
        )
        head = self.nodes.pop(bundle["@id"])
        context = {prefix: NAMESPACES[prefix] for prefix in DOCUMENT_PREFIXES}
        context["kb"] = f"urn:jusur:evidence:{package.package_id}:"
        return {"@context": context, "@graph": [head, *self.nodes.values()]}

    def _node(self, kind: str, key: str, types: str | list[str], members: Node) -> Node:
        """Keep a node, and return a reference to it. Members without a value are left out."""
        name = f"kb:{kind}-{uuid5(self.package.package_id, f'{kind}:{key}')}"
        said = {property_: value for property_, value in members.items() if value not in ("", [], None)}
        self.nodes.setdefault(name, {"@id": name, "@type": types, **said})
        return {"@id": name}

    def _agent(self, agent: Agent) -> Node:
        reference = self._node(
            "ExternalReference",
            f"{agent.kind}:{agent.identifier}",
            "uco-core:ExternalReference",
            {"uco-core:definingContext": "Jusur", "uco-core:externalIdentifier": agent.identifier},
        )
        kind = "Organization" if agent.kind == "organization" else "Person"
        members = {"uco-core:name": agent.name, "uco-core:externalReference": reference}
        return self._node(kind, agent.identifier, f"uco-identity:{kind}", members)

    def _tool(self, tool: Tool) -> Node:
        maker = None
        if tool.maker:
            members = {"uco-core:name": tool.maker}
            maker = self._node("Organization", f"maker:{tool.maker}", "uco-identity:Organization", members)
        members_of_tool = {"uco-core:name": tool.name, "uco-tool:version": tool.version, "uco-tool:creator": maker}
        return self._node("Tool", f"{tool.name}:{tool.version}", "uco-tool:Tool", members_of_tool)

    def _marking(self) -> list[Node]:
        definitions = [
            self._node(
                "StatementMarking",
                text,
                "uco-marking:StatementMarking",
                {"uco-marking:definitionType": "statement", "uco-marking:statement": text},
            )
            for text in self.package.conditions
        ]
        if not definitions:
            return []
        members = {"uco-marking:definitionType": "statement", "uco-marking:definition": definitions}
        return [self._node("MarkingDefinition", "conditions", "uco-marking:MarkingDefinition", members)]

    def _file(self, record: FileRecord) -> Node:
        digest = self._node(
            "Hash",
            f"SHA256:{record.sha256}",
            "uco-types:Hash",
            {
                "uco-types:hashMethod": "SHA256",
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": record.sha256},
            },
        )
        path = PurePosixPath(record.path)
        described = {
            "uco-observable:fileName": path.name,
            "uco-observable:filePath": record.path,
            "uco-observable:extension": path.suffix.removeprefix("."),
            "uco-observable:isDirectory": False,
            "uco-observable:sizeInBytes": record.size,
            "uco-observable:modifiedTime": None if record.modified_at is None else _time(record.modified_at),
        }
        content = {"uco-observable:hash": digest, "uco-observable:sizeInBytes": record.size}
        facets = [
            self._node("FileFacet", record.path, "uco-observable:FileFacet", described),
            self._node("ContentDataFacet", record.path, "uco-observable:ContentDataFacet", content),
        ]
        return self._node("File", record.path, "uco-observable:File", {"uco-core:hasFacet": facets})

    def _provenance_record(self, files: list[Node], marking: list[Node]) -> Node:
        members = {
            "uco-core:description": "The files of the evidence package as acquired.",
            "case-investigation:exhibitNumber": self.package.exhibit,
            "uco-core:objectMarking": marking,
            "uco-core:object": files,
        }
        return self._node("ProvenanceRecord", "exhibit", "case-investigation:ProvenanceRecord", members)

    def _actions(self, record: Node) -> list[Node]:
        taken = self.package.acquisition
        members: Node = {
            "uco-core:name": "acquired",
            "uco-core:description": taken.method,
            "uco-action:startTime": _time(taken.started_at),
            "uco-action:endTime": _time(taken.ended_at),
            "uco-action:performer": self._agent(taken.agent),
            "uco-action:instrument": [self._tool(tool) for tool in taken.tools],
            "uco-action:location": self._place(taken.place),
            "uco-action:result": record,
        }
        actions = [self._action("acquired", members)]
        for number, event in enumerate(self.package.events):
            actions.append(self._event(number, event, actions[-1], record))
        return actions

    def _event(self, number: int, event: CustodyEvent, previous: Node, record: Node) -> Node:
        reference = None
        if event.ledger:
            members = {"uco-core:definingContext": "ledger", "uco-core:externalIdentifier": event.ledger}
            reference = self._node("ExternalReference", event.ledger, "uco-core:ExternalReference", members)
        said: Node = {
            "uco-core:name": event.kind,
            "uco-core:description": event.purpose,
            "uco-core:externalReference": reference,
            "uco-action:startTime": _time(event.at),
            "uco-action:endTime": _time(event.at),
            "uco-action:performer": self._agent(event.agent),
            "uco-action:participant": [self._agent(agent) for agent in event.participants],
            "uco-action:object": record,
            "case-investigation:wasInformedBy": previous,
        }
        return self._action(f"{number}:{event.kind}:{timestamp(event.at)}", said)

    def _action(self, key: str, members: Node) -> Node:
        return self._node("InvestigativeAction", key, "case-investigation:InvestigativeAction", members)

    def _place(self, place: str) -> Node | None:
        return self._node("Location", place, "uco-location:Location", {"uco-core:name": place}) if place else None

    def _investigation(self, parts: list[Node]) -> Node:
        basis = self.package.authorization
        authorization = self._node(
            "Authorization",
            basis.identifiers[0] if basis.identifiers else "",
            "case-investigation:Authorization",
            {
                "uco-core:name": basis.instrument,
                "case-investigation:authorizationType": basis.kind,
                "case-investigation:authorizationIdentifier": list(basis.identifiers),
                "uco-core:startTime": None if basis.valid_from is None else _time(basis.valid_from),
                "uco-core:endTime": None if basis.valid_until is None else _time(basis.valid_until),
            },
        )
        case = self.package.investigation
        members = {
            "uco-core:name": case.reference,
            "uco-core:description": case.title,
            "case-investigation:focus": list(case.offences),
            "case-investigation:investigationForm": "case",
            "case-investigation:relevantAuthorization": authorization,
            "uco-core:object": parts,
        }
        return self._node("Investigation", case.reference, "case-investigation:Investigation", members)


def _time(moment: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": timestamp(moment)}
