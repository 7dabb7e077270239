"""What a peer hears of: legacy subscriptions, and the streams of the modern revision."""

from __future__ import annotations

from typing import Any

import pytest
from mcp_types import methods
from twisted.internet.defer import Deferred

from gorev.domain.errors import WorkspaceUnavailable
from gorev.mcp.methods import MAX_LISTENS
from gorev.mcp.registry import Change, Listing
from gorev.mcp.subscriptions import LIST_REST_SECONDS, MAX_SUBSCRIPTIONS, REST_SECONDS
from tests.mcp.conversation import LEGACY, MODERN, Conversation, code_of, legacy, modern

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
UPDATED = "notifications/resources/updated"
BOTH: dict[str, Any] = {"resourceSubscriptions": ["test://one", "test://two"]}


def changed(*uris: str) -> Change:
    return Change(uris=frozenset(uris))


def listed(*listings: Listing) -> Change:
    return Change(listings=frozenset(listings))


def taken(conversation: Conversation) -> list[Any]:
    """What was told since the last call."""
    told, conversation.told[:] = list(conversation.told), []
    return told


def uris(conversation: Conversation) -> list[str]:
    """The resources that were told to have changed since the last call."""
    told = taken(conversation)
    assert all(each["method"] == UPDATED for each in told)
    return [each["params"]["uri"] for each in told]


def subscribed(*wanted: str, version: str = "2025-11-25") -> Conversation:
    conversation = legacy(version)
    for uri in wanted:
        assert conversation.ask("resources/subscribe", {"uri": uri})["result"] == {}
    return conversation


def listening(identity: int | str = "l", conversation: Conversation | None = None, **wanted: Any) -> Conversation:
    """A session with a stream whose acknowledgement was taken."""
    conversation = conversation or Conversation()
    assert conversation.begin("subscriptions/listen", modern(notifications=wanted), identity) == []
    taken(conversation)
    return conversation


# Legacy


@pytest.mark.parametrize("version", LEGACY)
def test_a_subscriber_hears_of_a_change_at_once(version: str) -> None:
    conversation = subscribed("test://one", version=version)
    conversation.changes.tell(changed("test://one", "test://two"))
    (told,) = taken(conversation)
    assert told == {"jsonrpc": "2.0", "method": UPDATED, "params": {"uri": "test://one"}}
    methods.parse_server_notification(UPDATED, version, told["params"])


def test_a_resource_is_told_as_its_subscriber_spells_it() -> None:
    conversation = subscribed("test://ONE", "test://one")
    conversation.changes.tell(changed("test://one"))
    assert sorted(uris(conversation)) == ["test://ONE", "test://one"]
    conversation.ask("resources/unsubscribe", {"uri": "test://one"})
    conversation.clock.advance(1)
    conversation.changes.tell(changed("test://one"))
    assert uris(conversation) == ["test://ONE"]


def test_nothing_is_told_after_the_subscription() -> None:
    conversation = subscribed("test://one")
    conversation.changes.tell(changed("test://one"))
    conversation.changes.tell(changed("test://one"))
    taken(conversation)
    conversation.ask("resources/unsubscribe", {"uri": "test://one"})
    conversation.clock.advance(10)
    conversation.changes.tell(changed("test://one"))
    assert taken(conversation) == []


def test_subscribing_twice_tells_once() -> None:
    conversation = subscribed("test://one", "test://one")
    conversation.changes.tell(changed("test://one"))
    assert uris(conversation) == ["test://one"]
    assert conversation.changes.watched == ["workspace"]


def test_changes_in_a_row_are_told_first_and_then_together() -> None:
    """Each is heard of within 50 ms."""
    conversation = subscribed("test://one", "test://two")
    assert REST_SECONDS < 0.05
    for _ in range(5):
        conversation.changes.tell(changed("test://one"))
    assert uris(conversation) == ["test://one"]
    conversation.changes.tell(changed("test://two"))
    assert uris(conversation) == ["test://two"]
    conversation.clock.advance(REST_SECONDS)
    assert uris(conversation) == ["test://one"]
    conversation.clock.advance(REST_SECONDS)
    assert uris(conversation) == []
    conversation.changes.tell(changed("test://one"))
    assert uris(conversation) == ["test://one"]


def test_a_change_of_everything_is_told_of_all_that_is_subscribed_to() -> None:
    conversation = subscribed("test://one", "test://three")
    conversation.changes.tell(Change(all_resources=True))
    assert uris(conversation) == ["test://one", "test://three"]


def test_a_peer_that_does_not_read_is_told_each_thing_once() -> None:
    conversation = subscribed("test://one", "test://two")
    conversation.ask("resources/list")
    conversation.outlet.pause()
    for _ in range(100):
        conversation.changes.tell(changed("test://two"))
        conversation.changes.tell(changed("test://one"))
        conversation.changes.tell(listed(Listing.RESOURCES))
        conversation.clock.advance(1)
    assert taken(conversation) == []
    conversation.outlet.resume()
    assert [told["params"].get("uri") for told in taken(conversation)] == ["test://two", "test://one", None]


def test_a_peer_that_stalls_again_at_once_loses_nothing() -> None:
    conversation = subscribed("test://one", "test://two")
    outlet, heard = conversation.outlet, []

    def stall(body: bytes) -> None:
        heard.append(body)
        outlet.pause()

    outlet.pause()
    conversation.changes.tell(Change(all_resources=True))
    outlet._write = stall
    outlet.resume()
    assert len(heard) == 1
    outlet.resume()
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("method", "listing"),
    [
        ("tools/list", Listing.TOOLS),
        ("prompts/list", Listing.PROMPTS),
        ("resources/list", Listing.RESOURCES),
    ],
)
@pytest.mark.parametrize("version", LEGACY)
def test_a_list_that_was_given_is_told_to_have_changed(version: str, method: str, listing: Listing) -> None:
    conversation = legacy(version)
    conversation.changes.tell(listed(*Listing))
    conversation.ask(method)
    assert taken(conversation) == []
    conversation.changes.tell(listed(*Listing))
    (told,) = taken(conversation)
    assert told["method"] == f"notifications/{listing.value}/list_changed"
    methods.parse_server_notification(told["method"], version, told["params"])
    conversation.changes.tell(listed(listing))
    conversation.clock.advance(LIST_REST_SECONDS / 2)
    assert taken(conversation) == []
    conversation.clock.advance(LIST_REST_SECONDS / 2)
    assert len(taken(conversation)) == 1


def test_a_new_handshake_ends_what_the_old_one_subscribed_to() -> None:
    conversation = subscribed("test://one")
    conversation.initialize()
    conversation.changes.tell(changed("test://one"))
    assert taken(conversation) == []
    assert conversation.changes.watched == []


def test_a_closed_session_hears_nothing_and_is_heard_no_more() -> None:
    conversation = subscribed("test://one")
    conversation.changes.tell(changed("test://one"))
    conversation.changes.tell(changed("test://one"))
    taken(conversation)
    listening(conversation=conversation, **BOTH)
    conversation.session.close()
    conversation.clock.advance(10)
    assert taken(conversation) == []
    assert conversation.changes.watched == []
    assert conversation.clock.getDelayedCalls() == []


def test_too_many_subscriptions_are_refused() -> None:
    spellings = [f"test://one#{number}" for number in range(MAX_SUBSCRIPTIONS)]
    conversation = subscribed(*spellings)
    assert code_of(conversation.ask("resources/subscribe", {"uri": "test://two"})) == -32602
    assert conversation.ask("resources/subscribe", {"uri": spellings[5]})["result"] == {}
    conversation.ask("resources/unsubscribe", {"uri": spellings[0]})
    assert conversation.ask("resources/subscribe", {"uri": "test://two"})["result"] == {}
    conversation.changes.tell(changed("test://one"))
    assert sorted(uris(conversation)) == sorted(spellings[1:])


# Modern


@pytest.mark.parametrize("identity", [1, "1", "listen:0"])
def test_a_listen_is_acknowledged_first_under_its_own_id(identity: int | str) -> None:
    conversation = Conversation()
    wanted = {
        "toolsListChanged": True,
        "promptsListChanged": False,
        "resourceSubscriptions": ["test://TWO", "test://four", "x" * 5000, "test://TWO"],
        "unknown": True,
    }
    assert conversation.begin("subscriptions/listen", modern(notifications=wanted), identity) == []
    (told,) = taken(conversation)
    assert told["method"] == ACKNOWLEDGED
    methods.parse_server_notification(ACKNOWLEDGED, MODERN, told["params"])
    assert told["params"] == {
        "notifications": {"toolsListChanged": True, "resourceSubscriptions": ["test://TWO"]},
        "_meta": {SUBSCRIPTION: identity},
    }
    assert type(told["params"]["_meta"][SUBSCRIPTION]) is type(identity)


def test_a_stream_tells_what_it_was_asked_for_and_nothing_else() -> None:
    conversation = listening(7, resourceSubscriptions=["test://TWO"], resourcesListChanged=True)
    conversation.changes.tell(Change(uris=frozenset({"test://one", "test://two"}), listings=frozenset(Listing)))
    list_changed, updated = taken(conversation)
    assert list_changed["method"] == "notifications/resources/list_changed"
    assert list_changed["params"] == {"_meta": {SUBSCRIPTION: 7}}
    assert updated["params"] == {"uri": "test://TWO", "_meta": {SUBSCRIPTION: 7}}
    for told in (list_changed, updated):
        methods.parse_server_notification(told["method"], MODERN, told["params"])


def test_several_streams_are_told_apart_by_the_type_of_their_id() -> None:
    conversation = listening(1, resourceSubscriptions=["test://one"])
    listening("1", conversation, resourceSubscriptions=["test://one"])
    conversation.changes.tell(changed("test://one"))
    assert [told["params"]["_meta"][SUBSCRIPTION] for told in taken(conversation)] == [1, "1"]
    conversation.tell("notifications/cancelled", requestId=1)
    conversation.clock.advance(1)
    conversation.changes.tell(changed("test://one"))
    assert [told["params"]["_meta"][SUBSCRIPTION] for told in taken(conversation)] == ["1"]


def test_a_cancelled_stream_ends_without_an_answer() -> None:
    conversation = listening(**BOTH)
    assert conversation.tell("notifications/cancelled", requestId="l") == []
    assert conversation.changes.watched == []


def test_a_stream_that_the_server_ends_is_answered() -> None:
    conversation = listening(1, **BOTH)
    listening("b", conversation, **BOTH)
    conversation.changes.tell(changed("test://one"))
    conversation.changes.tell(changed("test://one"))
    taken(conversation)
    conversation.session.end_listens()
    answers = conversation.take()
    assert {answer["id"] for answer in answers} == {1, "b"}
    for answer in answers:
        methods.validate_server_result("subscriptions/listen", MODERN, answer["result"])
        assert answer["result"]["resultType"] == "complete"
        assert answer["result"]["_meta"][SUBSCRIPTION] == answer["id"]
    conversation.clock.advance(10)
    conversation.changes.tell(changed("test://one"))
    assert taken(conversation) == []
    assert conversation.changes.watched == []


def test_a_stream_may_end_before_its_workspace_is_open() -> None:
    opening: Deferred[str] = Deferred()
    conversation = Conversation(lambda: opening)
    assert conversation.begin("subscriptions/listen", modern(notifications=BOTH), 1) == []
    conversation.session.end_listens()
    conversation.session.end_listens()
    opening.callback("workspace")
    (answer,) = conversation.take()
    assert answer["id"] == 1
    assert taken(conversation) == []
    assert conversation.changes.watched == []


def test_a_listen_without_a_workspace_gets_what_needs_none() -> None:
    def unavailable() -> None:
        raise WorkspaceUnavailable(reason="corrupt")

    conversation = Conversation(unavailable)
    conversation.begin("subscriptions/listen", modern(notifications={**BOTH, "toolsListChanged": True}), 1)
    (told,) = taken(conversation)
    assert told["params"]["notifications"] == {"toolsListChanged": True, "resourceSubscriptions": []}


def test_of_too_many_resources_the_first_are_listened_for() -> None:
    conversation = Conversation()
    many = [f"test://{number}" for number in range(MAX_SUBSCRIPTIONS)] + ["test://one"]
    conversation.begin("subscriptions/listen", modern(notifications={"resourceSubscriptions": many}), 1)
    (told,) = taken(conversation)
    assert told["params"]["notifications"]["resourceSubscriptions"] == []
    assert len(conversation.resources.contexts) == MAX_SUBSCRIPTIONS


def test_too_many_streams_are_refused() -> None:
    conversation = Conversation()
    for number in range(MAX_LISTENS):
        listening(number, conversation, **BOTH)
    assert code_of(conversation.ask("subscriptions/listen", modern(notifications=BOTH), "more")) == -32600


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        [],
        "x",
        {"toolsListChanged": 1},
        {"resourceSubscriptions": "test://one"},
        {"resourceSubscriptions": [1]},
    ],
)
def test_a_listen_for_nothing_that_can_be_read_is_invalid(wanted: Any) -> None:
    assert code_of(Conversation().ask("subscriptions/listen", modern(notifications=wanted))) == -32602


def test_a_listen_is_no_member_of_a_batch() -> None:
    listen = {"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": modern(notifications=BOTH)}
    ((answer,),) = legacy("2025-03-26").send([listen])
    assert (answer["id"], code_of(answer)) == (1, -32600)
