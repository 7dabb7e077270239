"""Print every change of a workspace: python follow.py <workspace id>"""

import asyncio
import json
import sys

import websockets


async def follow(workspace: str) -> None:
    seq = None
    while True:
        since = "" if seq is None else f"&since={seq}"
        try:
            async with websockets.connect(f"ws://localhost:5082/ws?workspace_id={workspace}{since}") as stream:
                async for frame in stream:
                    event = json.loads(frame)
                    if event.get("action") == "connected":
                        seq = event["data"]["seq"].get(workspace, seq)
                    elif event["type"] == "resync":
                        seq = event["data"]["current"]
                        print("reload everything")
                    elif "seq" in event:
                        seq = event["seq"]
                        print(event["type"], event.get("data", {}).get("title", ""))
        except (OSError, websockets.WebSocketException):
            pass
        await asyncio.sleep(5)


asyncio.run(follow(sys.argv[1]))
