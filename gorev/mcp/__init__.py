"""MCP: what assistants speak.

``jsonrpc``, ``session`` and ``methods`` are the protocol without I/O, in all its ``revisions``; ``line`` carries it
over the local socket, ``http_resource`` over HTTP. ``registry`` is the contract between the protocol and what it
offers: the tools stand in ``tools``, then there are ``resources``, ``prompts`` and the ``changes`` that subscribers
hear of.
"""
