"""Databases made by the original program, taken over in place (``original-database.md``).

``original`` knows their tables and recognises them; ``adopting`` copies the file aside and then, in one transaction,
takes its tables away, makes ours, and fills them with what the copy holds. Each of ``projects``, ``tasks``, ``tags``,
``links``, ``templates``, ``searches``, ``context`` and ``watches`` takes over one kind of thing. ``rows`` reads cells
that may hold anything, in the ``words`` of the original; ``circles`` finds what goes round. Whatever is not taken over
as it was goes through the ``ledger``, whose items and counts become the ``report`` beside the copy.

The event log of an adopted database begins with one ``workspace_sync``, so that a client that asks for everything
since 0 reloads.
"""
