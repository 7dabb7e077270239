"""The event stream: every committed change, to every client that listens (``websocket.md``).

``hub`` knows all connections and gives them events; ``announcement`` is what many are told at once; ``connection`` is
one client; ``handshake`` reads what it asks for when it connects, ``refusal`` says why it may not.
"""
