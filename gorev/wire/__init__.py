"""How domain values look to clients: names, tokens, JSON.

``vocabulary`` is the one table of names; ``encode`` and ``events`` go out, ``decode`` comes in, ``errors`` turns a
domain error into the caller's words. Imports ``domain`` only.
"""
