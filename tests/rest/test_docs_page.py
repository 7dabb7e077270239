"""The page of the API's documentation: whole, readable in both languages, and on its own."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.support.running_daemon import Response, RunningDaemon

PAGE = "/api/docs"


class Reader(HTMLParser):
    """What a page holds: ids, links, text, and the tags that are still open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.style = ""
        self._open: list[str] = []
        self.feed(page)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given["href"])] if "href" in given else []
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            self.style += data
        else:
            self.words.append(data)


def read(daemon: RunningDaemon, language: str) -> tuple[Response, Reader]:
    """The page in a language."""
    response = daemon.get(PAGE, Accept_Language=language)
    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response, Reader(response.content.decode())


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_page_loads_and_runs_nothing(daemon: RunningDaemon, language: str) -> None:
    response, reader = read(daemon, language)
    policy = response.headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(reader.style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "unsafe" not in policy
    assert not {"script", "img", "link", "iframe", "object", "form"} & {tag for tag, _ in reader.tags}
    assert not {"style", "src"} & {name for _, given in reader.tags for name in given}
    assert not re.search(r"url\(|@import", reader.style)
    assert all(link.startswith(("#", "?lang=", "/api/")) for link in reader.links)


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_page_tells_every_path_parameter_and_error_of_the_document(daemon: RunningDaemon, language: str) -> None:
    _, reader = read(daemon, language)
    words = set(reader.words)
    document: Any = daemon.get("/api/openapi.json", Accept_Language=language).json
    for path, methods in document["paths"].items():
        assert path in words
        for operation in methods.values():
            assert operation["summary"] in words
            assert {each["name"] for each in operation["parameters"] if "name" in each} <= words
            content = operation.get("requestBody", {}).get("content", {"": {"schema": {}}})
            for schema in content.values():
                assert schema["schema"].get("properties", {}).keys() <= words
    for response in document["components"]["responses"].values():
        assert set(response["description"].split(", ")) <= words
    assert document["components"]["schemas"].keys() <= words


def test_links_within_the_page_lead_somewhere_and_no_id_is_given_twice(daemon: RunningDaemon) -> None:
    _, reader = read(daemon, "en")
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)


def test_the_reader_chooses_the_language(daemon: RunningDaemon) -> None:
    turkish, english = read(daemon, "tr")[1], read(daemon, "en")[1]
    assert ("html", {"lang": "tr"}) in turkish.tags
    assert ("html", {"lang": "en"}) in english.tags
    assert ("?lang=tr" in english.links, "?lang=en" in turkish.links) == (True, True)
    assert turkish.ids == english.ids
    asked = daemon.get(f"{PAGE}?lang=tr", Accept_Language="en")
    assert asked.content == read(daemon, "tr")[0].content
    assert asked.headers["vary"] == "Accept-Language"


def test_the_page_fits_a_phone_and_both_lights(daemon: RunningDaemon) -> None:
    _, reader = read(daemon, "en")
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in reader.tags
    assert "prefers-color-scheme: dark" in reader.style
    assert "color-scheme: light dark" in reader.style
