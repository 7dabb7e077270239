"""Watching files: from the operating system's events to what tasks are told.

``inotify`` and ``observer`` are the two `source`s of events, Linux's and everybody else's, on threads of watchdog;
``inbox`` merges what they see and hands it to the reactor; ``service`` knows which workspaces watch what, waits until a
path is quiet, and has the changes recorded. File contents are never read.
"""
