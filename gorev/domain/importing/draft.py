"""A plan in the making, with what every part of it needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from gorev.domain.identifiers import is_id, new_id
from gorev.domain.importing.document import Entity, Problems
from gorev.domain.importing.plan import Conflict, Existing, Plan, Resolution, Terms
from gorev.domain.values import UNSET


@attrs.define(kw_only=True)
class Draft:
    """The plan, what it is made by, and what is wrong so far."""

    plan: Plan
    existing: Existing
    now: datetime
    problems: Problems = attrs.Factory(Problems)
    _numbered: int = 0

    @property
    def terms(self) -> Terms:
        """How the caller wants it."""
        return self.plan.terms

    def own_id(self, row: str, key: str | None) -> str:
        """The id of a row that is to be made, and whose key nothing else has."""
        if key is None or not self.terms.preserve_ids:
            return new_id()
        if not is_id(key):
            self.problems.value("id", row, "UUIDs, if they shall be kept")
        return key

    def free_id(self, key: str | None, taken: set[str]) -> str:
        """The id of a row whose key something else may have; it is ``taken`` from now on."""
        keeps = self.terms.preserve_ids and key is not None and is_id(key) and key not in taken
        id_ = key if keeps and key is not None else new_id()
        taken.add(id_)
        return id_

    def moment(self) -> datetime:
        """When a row was made that does not say it: now, and each a little later than the one before it."""
        self._numbered += 1
        return self.now + timedelta(microseconds=self._numbered)

    def rev_of(self, id_: str) -> int:
        """The first revision of a row that is to be made."""
        return self.existing.former_revs.get(id_, 0) + 1

    def map(self, key: str | None, id_: str) -> None:
        """Remember what a document's id has become."""
        if key is not None and key != id_:
            self.plan.id_map[key] = id_

    def conflict(
        self, entity: Entity, existing_id: str, existing_name: str, key: str | None, incoming_name: str
    ) -> bool:
        """Note a row that there is already; whether it is to be changed."""
        resolution = self.terms.resolution
        self.plan.conflicts.append(
            Conflict(
                entity=entity,
                existing_id=existing_id,
                existing_name=existing_name,
                incoming_key=key,
                incoming_name=incoming_name,
                resolution=resolution,
            )
        )
        self.plan.skipped += resolution is Resolution.SKIP
        return resolution.changes


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a document says."""
    return {name: value for name, value in values.items() if value is not UNSET}
