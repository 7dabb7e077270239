"""What can be done with filter profiles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.errors import Conflict, DefaultProfile, MissingParameter, NothingGiven, ProfileNotFound
from gorev.domain.profiles import Profile, ProfileDraft
from gorev.domain.search.filters import NO_FILTERS, check
from gorev.domain.values import Unset
from gorev.services.store import Answer, Once, Store
from gorev.storage import profiles
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


class ProfileOperations:
    """The operations on the filter profiles of one workspace. A profile is meant by its number, else by its name.

    Profiles are no entities of the event log: nobody is told of their changes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def every(self, *, defaults_only: bool = False) -> Deferred[Answer[list[Profile]]]:
        """All profiles: shipped ones first, then by use and name."""

        def work(cursor: Cursor) -> list[Profile]:
            return [profile for profile in profiles.every(cursor) if profile.is_default or not defaults_only]

        return self._store.read(work)

    def save(
        self, draft: ProfileDraft, profile_id: int | None = None, once: Once | None = None
    ) -> Deferred[Answer[Profile]]:
        """Make a profile, or change the one of this number or name.

        @raise InvalidValue: a text breaks a limit.
        @raise InvalidDate: a filter's date expression is none.
        @raise ProfileNotFound: no profile has this number.
        @raise MissingParameter: a new one lacks a name, or anything to search for.
        @raise Conflict: the name is another profile's.
        """
        draft = draft.checked()
        if not isinstance(draft.filters, Unset):
            check(draft.filters)

        def work(transaction: Transaction, now: datetime) -> Profile:
            cursor = transaction.cursor
            namesake = None if isinstance(draft.name, Unset) else profiles.named(cursor, draft.name)
            profile = _require(cursor, profile_id, None) if profile_id is not None else namesake
            if profile is None:
                return _made(cursor, draft, now)
            if namesake is not None and namesake.id != profile.id:
                raise Conflict(name=namesake.name)
            changed = attrs.evolve(profile, updated_at=now, **_given(draft))
            profiles.update(cursor, changed)
            return changed

        return self._store.write(work, Profile, once)

    def load(self, profile_id: int | None, name: str | None, once: Once | None = None) -> Deferred[Answer[Profile]]:
        """One profile, which is counted as used now.

        @raise NothingGiven: neither number nor name is given.
        @raise ProfileNotFound: there is none.
        """

        def work(transaction: Transaction, now: datetime) -> Profile:
            profile = _require(transaction.cursor, profile_id, name)
            used = attrs.evolve(profile, use_count=profile.use_count + 1, last_used_at=now)
            profiles.update(transaction.cursor, used)
            return used

        return self._store.write(work, Profile, once)

    def delete(self, profile_id: int | None, name: str | None, once: Once | None = None) -> Deferred[Answer[Profile]]:
        """Delete a profile and yield what it was.

        @raise NothingGiven: neither number nor name is given.
        @raise ProfileNotFound: there is none.
        @raise DefaultProfile: it is a shipped one.
        """

        def work(transaction: Transaction, now: datetime) -> Profile:
            profile = _require(transaction.cursor, profile_id, name)
            if profile.is_default:
                raise DefaultProfile(name=profile.name)
            profiles.delete(transaction.cursor, profile.id)
            return profile

        return self._store.write(work, Profile, once)


def _require(cursor: Cursor, profile_id: int | None, name: str | None) -> Profile:
    if profile_id is None and name is None:
        raise NothingGiven(fields=["name", "profile_id"])
    profile = profiles.named(cursor, name or "") if profile_id is None else profiles.one(cursor, profile_id)
    if profile is None:
        raise ProfileNotFound(profile=name if profile_id is None else profile_id)
    return profile


def _made(cursor: Cursor, draft: ProfileDraft, now: datetime) -> Profile:
    if isinstance(draft.name, Unset):
        raise MissingParameter(field="name")
    if not draft.searches:
        raise NothingGiven(fields=["filters", "search_query"])
    blank = {"description": "", "filters": NO_FILTERS, "search_query": "", "is_default": False}
    values: dict[str, Any] = {**blank, **_given(draft)}
    profile = profiles.one(cursor, profiles.insert(cursor, **values, now=now))
    if profile is None:
        raise ProfileNotFound(profile=draft.name)
    return profile


def _given(draft: ProfileDraft) -> Mapping[str, Any]:
    given = attrs.asdict(draft, recurse=False)
    return {name: value for name, value in given.items() if not isinstance(value, Unset)}
