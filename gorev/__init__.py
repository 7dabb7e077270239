"""Gorev: one local task daemon shared by every assistant, editor and browser of a user.

The rooms, from the inside out: ``domain`` (what a task is), ``storage`` (SQLite), ``services`` (the operations),
``wire`` (names and JSON), the three wires ``rest``, ``ws`` and ``mcp``, ``site`` (what stands on the HTTP port),
``tap`` (where all is put together), ``daemon`` (life cycle) and ``cli``. ``bridge`` and ``launcher`` stand apart: they
use the standard library only, so that an assistant's first answer comes at once.

This module must stay free of imports: the bridge imports it.
"""

__version__ = "0.18.0"
