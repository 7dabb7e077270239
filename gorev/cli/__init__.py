"""The ``gorev`` command (``lifecycle.md`` §5): starting and stopping the daemon, and talking to it from a shell.

Results go to standard output, everything else to standard error. Exit codes: 0 success, 1 failure, 2 usage error, 3 not
running. ``main`` holds the root command; each other module holds one command, or what several of them share, and is
imported only when it is needed. The bridge is not a part of this: it starts without it.
"""
