"""MCP: what assistants speak.

``jsonrpc`` and ``session`` are the protocol without I/O; ``line`` carries it over the local socket; ``registry`` is the
contract between the protocol and what it offers; the tools stand in ``tools``.
"""
