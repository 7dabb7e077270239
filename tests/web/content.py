"""A workspace as a small team leaves it: something of everything that a view can show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

from tests.support.workspace_client import WorkspaceClient

DESCRIPTION = """\
Clients resume by `seq` after a restart; **nothing** may be lost or shown twice.

## Steps

1. Keep the last `seq` per workspace
2. Ask for `since` when the socket opens

- [x] the log keeps 30 days
- [ ] older than that: read it all again

| case | expected |
| --- | --- |
| restart | resumed |
| new database | read again |

> Measured: 3 ms for 1,000 events.

```python
async def resume(since: int) -> None: ...
```
"""


def day(distance: int) -> str:
    """The calendar day so many days from today."""
    return (datetime.now(UTC) + timedelta(days=distance)).date().isoformat()


@attrs.frozen
class Filled:
    """The ids of what others refer to."""

    project: str
    parent: str
    waiting: str


def fill(workspace: WorkspaceClient) -> Filled:
    """Two projects with tasks in every status, of every priority, nested, tagged, due and linked."""
    server = workspace.project("Server", tanim="The daemon and its wires")["id"]
    page = workspace.project("Web page")["id"]
    workspace.activate(server)
    resume = workspace.task(
        "Resume the event stream after a restart",
        aciklama=DESCRIPTION,
        proje_id=server,
        oncelik="yuksek",
        son_tarih=day(1),
        etiketler=["websocket", "reliability"],
        durum="devam_ediyor",
    )["id"]
    keep = workspace.task("Keep the last seq of each workspace", parent_id=resume)["id"]
    workspace.task("Ask for what was missed", parent_id=resume, oncelik="yuksek", etiketler=["websocket"])
    workspace.task("Count the events that were resumed", parent_id=keep, oncelik="dusuk")
    workspace.change(workspace.task("Describe it in the handbook", parent_id=resume)["id"], durum="tamamlandi")
    limits = workspace.task("Limit the size of requests", proje_id=server, son_tarih=day(-3), etiketler=["security"])[
        "id"
    ]
    release = workspace.task("Release 1.0", proje_id=server, oncelik="yuksek", son_tarih=day(6))["id"]
    for before in (resume, limits):
        _link(workspace, before, release, "onceki")
    board = workspace.task("Carry cards by keyboard", proje_id=page, etiketler=["accessibility"], durum="devam_ediyor")[
        "id"
    ]
    _link(workspace, board, release, "onceki")
    _link(workspace, board, resume, "iliskili")
    workspace.change(workspace.task("Dark theme", proje_id=page, oncelik="dusuk")["id"], durum="tamamlandi")
    workspace.change(workspace.task("Support for Internet Explorer", proje_id=page)["id"], durum="iptal")
    workspace.task("Ask the users what they miss", son_tarih=day(0))
    return Filled(server, resume, release)


def _link(workspace: WorkspaceClient, source: str, target: str, kind: str) -> None:
    body = {"kaynak_id": source, "hedef_id": target, "baglanti_tip": kind}
    answer = workspace.request("POST", "/api/baglanti", body)
    assert answer.status == 201, answer.content
