"""``/api/metrics``, as a scraper reads it."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.support.running_daemon import RunningDaemon


def test_a_scraper_reads_operations_clients_sizes_and_lag(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    with own_daemon.mcp() as assistant, own_daemon.events():
        own_daemon.post("/api/gorev", {"baslik": "Secret title"})
        assistant.call("gorev_listele")
        own_daemon.get("/api/gorev/00000000-0000-4000-8000-000000000000")
        scraped = own_daemon.get("/api/metrics")
    assert scraped.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = scraped.content.decode()
    assert "Secret" not in text
    read = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }
    outcomes = {key[1:] for key in read if key[0] == "gorev_operations_total"}
    assert {("create_task", "ok", "rest"), ("gorev_listele", "mcp", "ok")} <= outcomes
    assert any("task_not_found" in each for each in outcomes)
    assert (read["gorev_clients", "mcp"], read["gorev_clients", "websocket"]) == (1, 1)
    assert read["gorev_events_total",] >= 1
    assert read["gorev_event_lag_seconds_count",] >= 1
    assert read["process_resident_memory_bytes",] > 0
    assert min(value for key, value in read.items() if key[0] == "gorev_database_bytes") > 0
