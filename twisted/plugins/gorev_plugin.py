"""What makes ``twistd gorev`` and ``twist gorev`` known."""

from twisted.application.service import ServiceMaker

gorev = ServiceMaker("Gorev", "gorev.tap", "a task daemon for assistants, editors and browsers", "gorev")
