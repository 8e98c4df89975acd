"""FollowTheMoney entities (https://followthemoney.tech): the model of records, read strictly.

The tables `model.json` (theirs, MIT, see its notice) and `extension.json` (what police records need beyond it)
are data.
"""

from jusur.standards.ftm.entity import Entity, InvalidEntityError
from jusur.standards.ftm.identification import Identifier, identifiers
from jusur.standards.ftm.schemata import MODEL_VERSION, SCHEMAS, Property, Schema, UnknownSchemaError, schema

__all__ = [
    "MODEL_VERSION",
    "SCHEMAS",
    "Entity",
    "Identifier",
    "InvalidEntityError",
    "Property",
    "Schema",
    "UnknownSchemaError",
    "identifiers",
    "schema",
]
