"""The life of the daemon process: its lock, its services in order, what it listens on, its end.

Nothing here knows what a task is, nor REST, WebSocket or MCP: this room gets factories and services and runs them. What
differs from one operating system to the next stands in ``system``.
"""
