"""Things that texts count, for their fields: ``text(language, "Made: {tasks}.", tasks=counts.tasks(3))``."""

from __future__ import annotations

from gorev.locale import Count


def tasks(number: int) -> Count:
    """So many tasks."""
    return Count(number, "{count} task", "{count} tasks")


def subtasks(number: int) -> Count:
    """So many subtasks."""
    return Count(number, "{count} subtask", "{count} subtasks")


def projects(number: int) -> Count:
    """So many projects."""
    return Count(number, "{count} project", "{count} projects")


def tags(number: int) -> Count:
    """So many tags."""
    return Count(number, "{count} tag", "{count} tags")


def templates(number: int) -> Count:
    """So many templates."""
    return Count(number, "{count} template", "{count} templates")


def links(number: int) -> Count:
    """So many links."""
    return Count(number, "{count} link", "{count} links")


def dependencies(number: int) -> Count:
    """So many dependencies."""
    return Count(number, "{count} dependency", "{count} dependencies")


def tools(number: int) -> Count:
    """So many tools."""
    return Count(number, "{count} tool", "{count} tools")


def times(number: int) -> Count:
    """So many times."""
    return Count(number, "{count} time", "{count} times")


def assistants(number: int) -> Count:
    """So many assistants."""
    return Count(number, "{count} assistant", "{count} assistants")


def sockets(number: int) -> Count:
    """So many WebSocket clients."""
    return Count(number, "{count} WebSocket client", "{count} WebSocket clients")


def watches(number: int) -> Count:
    """So many watches."""
    return Count(number, "{count} watch", "{count} watches")


def paths(number: int) -> Count:
    """So many paths."""
    return Count(number, "{count} path", "{count} paths")


def warnings(number: int) -> Count:
    """So many warnings."""
    return Count(number, "{count} warning", "{count} warnings")
