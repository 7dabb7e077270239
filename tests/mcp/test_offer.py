"""Resources, prompts and completion, revision by revision, without a wire."""

from __future__ import annotations

from typing import Any

import pytest
from mcp_types import methods

from gorev.domain.errors import AmbiguousId, InvalidValue, WorkspaceUnavailable
from tests.mcp.conversation import LEGACY, MODERN, Conversation, code_of, legacy, modern

EVERY = [*LEGACY, MODERN]

# Methods and params of everything that is no tool.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("resources/list", {}),
    ("resources/list", {"cursor": "2"}),
    ("resources/templates/list", {}),
    ("resources/read", {"uri": "test://ONE"}),
    ("prompts/list", {}),
    ("prompts/get", {"name": "p", "arguments": {"a": "x"}}),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a", "value": "x"}}),
    (
        "completion/complete",
        {"ref": {"type": "ref/resource", "uri": "test://{id}"}, "argument": {"name": "id", "value": "x"}},
    ),
    ("tools/list", {}),
    ("tools/call", {"name": "bloklar"}),
]


def ask(version: str, method: str, params: dict[str, Any]) -> Any:
    """The answer of a new session in a revision."""
    conversation = Conversation() if version == MODERN else legacy(version)
    return conversation.ask(method, modern(**params) if version == MODERN else params)


def result_of(version: str, method: str, **params: Any) -> Any:
    return ask(version, method, params)["result"]


def keys(value: Any) -> set[str]:
    """Every key at any depth; a tool's annotations always had a title."""
    if isinstance(value, dict):
        return set(value).union(*(keys(each) for key, each in value.items() if key != "annotations"))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("version", EVERY)
@pytest.mark.parametrize(("method", "params"), CALLS)
def test_results_are_those_of_the_revision(version: str, method: str, params: dict[str, Any]) -> None:
    result = result_of(version, method, **params)
    methods.validate_server_result(method, version, result)
    known = keys(result)
    if version < "2025-11-25":
        assert "icons" not in known
    if version < "2025-06-18":
        assert not known & {"title", "_meta", "structuredContent", "outputSchema"}
    if version != MODERN:
        assert not known & {"resultType", "ttlMs", "cacheScope"}


@pytest.mark.parametrize("version", LEGACY)
@pytest.mark.parametrize("method", ["resources/subscribe", "resources/unsubscribe"])
def test_subscribing_is_answered_in_every_handshake_revision(version: str, method: str) -> None:
    result = result_of(version, method, uri="test://one")
    methods.validate_server_result(method, version, result)
    assert result == {}


@pytest.mark.parametrize("version", EVERY)
def test_kinds_of_content_that_a_revision_does_not_know_become_text(version: str) -> None:
    content = result_of(version, "tools/call", name="bloklar")["content"]
    kinds = [block["type"] for block in content]
    assert kinds == [
        "text",
        "image",
        "audio" if version >= "2025-03-26" else "text",
        "resource",
        "resource_link" if version >= "2025-06-18" else "text",
    ]
    if version < "2025-06-18":
        assert content[4]["text"] == "One: test://one"


@pytest.mark.parametrize("version", EVERY)
def test_an_outcome_without_an_object_has_none(version: str) -> None:
    assert "structuredContent" not in result_of(version, "tools/call", name="bloklar")


@pytest.mark.parametrize("version", EVERY)
def test_completions_are_declared_where_the_revision_knows_them(version: str) -> None:
    if version == MODERN:
        capabilities = result_of(version, "server/discover")["capabilities"]
    else:
        capabilities = Conversation().initialize(version)["capabilities"]
    assert ("completions" in capabilities) == (version >= "2025-03-26")


@pytest.mark.parametrize(
    ("method", "ttl_ms"),
    [
        ("resources/list", 0),
        ("resources/read", 0),
        ("resources/templates/list", 300_000),
        ("prompts/list", 300_000),
    ],
)
def test_modern_lists_and_contents_say_how_long_they_keep(method: str, ttl_ms: int) -> None:
    params = {"uri": "test://one"} if method == "resources/read" else {}
    result = result_of(MODERN, method, **params)
    assert (result["ttlMs"], result["cacheScope"]) == (ttl_ms, "private")


# Pages


@pytest.mark.parametrize("version", EVERY)
def test_a_list_goes_on_after_its_cursor(version: str) -> None:
    first = result_of(version, "resources/list")
    second = result_of(version, "resources/list", cursor=first["nextCursor"])
    assert [each["uri"] for each in first["resources"] + second["resources"]] == [
        "test://one",
        "test://two",
        "test://three",
    ]
    assert "nextCursor" not in second


@pytest.mark.parametrize("method", ["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
@pytest.mark.parametrize("cursor", ["x", " ", 0, {}, True])
def test_a_cursor_that_was_never_given_out_is_invalid(method: str, cursor: Any) -> None:
    assert code_of(ask("2025-11-25", method, {"cursor": cursor})) == -32602


@pytest.mark.parametrize("method", ["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
@pytest.mark.parametrize("cursor", ["", None])
def test_an_empty_cursor_is_the_beginning(method: str, cursor: Any) -> None:
    assert "result" in ask("2025-11-25", method, {"cursor": cursor})


# Errors


@pytest.mark.parametrize("version", EVERY)
@pytest.mark.parametrize("uri", ["test://four", "", "x", "gorev://"])
def test_an_unknown_resource_is_told_in_the_way_of_the_era(version: str, uri: str) -> None:
    error = ask(version, "resources/read", {"uri": uri})["error"]
    assert error["code"] == (-32602 if version == MODERN else -32002)
    assert error["data"] == {"uri": uri}


def test_an_unknown_resource_cannot_be_subscribed_to() -> None:
    assert code_of(ask("2025-11-25", "resources/subscribe", {"uri": "test://four"})) == -32002
    assert code_of(ask("2025-11-25", "resources/subscribe", {"uri": "test://one" + "x" * 5000})) == -32002
    assert "result" in ask("2025-11-25", "resources/unsubscribe", {"uri": "test://four"})


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("resources/read", {}),
        ("resources/read", {"uri": 1}),
        ("resources/subscribe", {"uri": None}),
        ("resources/unsubscribe", {}),
        ("prompts/get", {}),
        ("prompts/get", {"name": "q"}),
        ("prompts/get", {"name": "p", "arguments": []}),
        ("prompts/get", {"name": "p", "arguments": {"a": 1}}),
        ("completion/complete", {}),
        ("completion/complete", {"ref": {"type": "ref/prompt", "name": "p"}}),
        ("completion/complete", {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a"}}),
        ("completion/complete", {"ref": {"type": "x"}, "argument": {"name": "a", "value": ""}}),
        ("completion/complete", {"ref": {"type": "ref/prompt"}, "argument": {"name": "a", "value": ""}}),
        (
            "completion/complete",
            {"ref": {"type": "ref/prompt", "name": "q"}, "argument": {"name": "a", "value": ""}},
        ),
        (
            "completion/complete",
            {
                "ref": {"type": "ref/prompt", "name": "p"},
                "argument": {"name": "a", "value": ""},
                "context": {"arguments": {"b": 1}},
            },
        ),
    ],
)
def test_bad_params_are_invalid(method: str, params: dict[str, Any]) -> None:
    assert code_of(ask("2025-11-25", method, params)) == -32602


def test_a_template_that_does_not_exist_completes_nothing() -> None:
    params = {"ref": {"type": "ref/resource", "uri": "test://x"}, "argument": {"name": "id", "value": ""}}
    assert code_of(ask("2025-11-25", "completion/complete", params)) == -32002
    assert code_of(ask(MODERN, "completion/complete", params)) == -32602


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidValue(field="x", value="y", allowed="z"), -32602),
        (AmbiguousId(id="x", matches=[]), -32602),
        (WorkspaceUnavailable(reason="corrupt"), -32603),
    ],
)
def test_a_broken_rule_is_an_error_in_the_callers_words(error: Exception, code: int) -> None:
    conversation = legacy()
    conversation.resources.error = error
    told = conversation.ask("resources/read", {"uri": "test://one"})["error"]
    name = getattr(error, "code", "")
    assert told == {"code": code, "message": f"{name} in tr", "data": {"code": name, "message": f"{name} in tr"}}


def test_a_workspace_that_cannot_be_had_is_an_error_of_a_read() -> None:
    def unavailable() -> None:
        raise WorkspaceUnavailable(reason="corrupt")

    conversation = Conversation(unavailable)
    conversation.initialize()
    assert code_of(conversation.ask("resources/list")) == -32603


# What is passed on


def test_at_most_a_hundred_completions_are_shown_and_all_are_counted() -> None:
    conversation = legacy()
    params = {
        "ref": {"type": "ref/resource", "uri": "test://{id}"},
        "argument": {"name": "id", "value": "x"},
        "context": {"arguments": {"b": "c"}},
    }
    completion = conversation.ask("completion/complete", params)["result"]["completion"]
    assert len(completion["values"]) == 100
    assert completion["values"][0] == "id x 0 {'b': 'c'}"
    assert (completion["total"], completion["hasMore"]) == (1000, True)


def test_few_completions_are_all_there_are() -> None:
    params = {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a", "value": "x"}}
    result = result_of("2025-11-25", "completion/complete", **params)
    assert result["completion"] == {"values": ["a=x"], "total": 1, "hasMore": False}


def test_a_prompt_gets_its_arguments_and_the_workspace() -> None:
    result = result_of("2025-11-25", "prompts/get", name="p", arguments={"a": "çay"})
    assert result["description"] == "for workspace"
    assert result["messages"][0] == {"role": "user", "content": {"type": "text", "text": "{'a': 'çay'}"}}


def test_a_read_waits_for_the_writes_before_it() -> None:
    conversation = legacy()
    conversation.call("bekle_yaz", 1)
    for number, (method, params) in enumerate(CALLS[:2] + CALLS[3:4] + CALLS[5:8], start=2):
        assert conversation.begin(method, params, number) == []
    conversation.registry.waiting[0].callback(None)
    assert {answer["id"] for answer in conversation.take()} == set(range(1, 8))
