"""Where a statement stands, so that a reader can find it: the document, its version, and the position in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class DocumentKind(Enum):
    """What a policy document is to the principal it is about."""

    INLINE = "inline policy"
    MANAGED = "managed policy"
    BOUNDARY = "permissions boundary"
    SCP = "service control policy"
    TRUST = "trust policy"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Place:
    """A document, or one statement of it.

    `document` is the ARN of a managed policy, the name of any other; `holder` ("role/ops") whose it is, where it is of
    one only; `sid` the statement's own name and `position` its place in the document, beginning with 1 (0: the whole).
    """

    kind: DocumentKind
    document: str
    holder: str = ""
    version: str = ""
    sid: str = ""
    position: int = 0

    def __str__(self) -> str:
        statement = f"statement {self.position}{f' ({self.sid})' if self.sid else ''} of " if self.position else ""
        name = f" {self.document}" if self.document else ""
        version = f", version {self.version}" if self.version else ""
        return f"{statement}the {self.kind}{name}{f' of {self.holder}' if self.holder else ''}{version}"

    def statement(self, position: int, sid: str = "") -> Place:
        """The place of a statement in this document."""
        return replace(self, position=position, sid=sid)
