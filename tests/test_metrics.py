"""What the daemon measures of itself, in the text that Prometheus reads."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families
from twisted.internet.task import Clock

from gorev.metrics import BEAT_SECONDS, Metrics, Punctuality, Reading


def samples(metrics: Metrics, *readings: Reading) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by name and sorted labels, as a reader of the format finds them."""
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.text(readings).decode())
        for sample in family.samples
    }


def test_operations_are_counted_by_outcome_and_timed() -> None:
    metrics = Metrics()
    metrics.operation("rest", "GET /gorevler", "ok", 0.002)
    metrics.operation("rest", "GET /gorevler", "ok", 0.004)
    metrics.operation("rest", "GET /gorevler", "task_not_found", 3.0)
    read = samples(metrics)
    assert read["gorev_operations_total", ("rest", "GET /gorevler", "ok")] == 2
    assert read["gorev_operations_total", ("rest", "GET /gorevler", "task_not_found")] == 1
    assert read["gorev_operation_seconds_count", ("rest", "GET /gorevler")] == 3
    assert read["gorev_operation_seconds_bucket", ("rest", "0.0025", "GET /gorevler")] == 1


def test_what_is_read_at_the_moment_is_told_by_label() -> None:
    read = samples(Metrics(), ("gorev_clients", "Clients", "kind", {"mcp": 2.0}), ("gorev_up", "Up", "", {"": 1.0}))
    assert (read["gorev_clients", ("mcp",)], read["gorev_up", ()]) == (2, 1)


def test_the_process_is_measured() -> None:
    assert samples(Metrics())["process_resident_memory_bytes", ()] > 1_000_000


def test_a_late_reactor_is_noticed() -> None:
    clock = Clock()
    late: list[float] = []
    service = Punctuality(clock, late.append)
    service.startService()
    clock.advance(BEAT_SECONDS)
    clock.rightNow += BEAT_SECONDS + 0.5
    clock.advance(0)
    assert [round(seconds, 3) for seconds in late] == [0, 0.5]
    service.stopService()
    assert clock.getDelayedCalls() == []
