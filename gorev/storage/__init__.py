"""SQLite behind adbapi: one writer that commits waiting operations as a group, a few readers, numbered migrations.

``database`` owns connections and transactions; ``opening`` makes a file fit to be used, ``adoption`` one that the
original program wrote; the other modules are the SQL, as functions that take a cursor, each statement beside its row
loader. Only this package imports ``sqlite3``. Nothing here decides what is allowed: that is for ``domain``.
"""
