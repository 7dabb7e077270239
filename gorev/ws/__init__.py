"""The event stream: every committed change, to every client that listens (``websocket.md``).

``hub`` knows all connections and gives them events; ``connection`` is one of them; ``handshake`` reads what a client
asks for when it connects.
"""
