"""What the daemon measures of itself, told in Prometheus' text format at ``/api/metrics``.

Latencies and counts are kept as they happen; everything else is asked for when somebody looks. Nothing here names a
task, a path or a client: labels are operations, codes and workspace ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from prometheus_client.core import CollectorRegistry, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics import Counter, Histogram
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from twisted.application.service import Service
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

from gorev import __version__
from gorev.domain.event import Event

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

# How often the reactor's own punctuality is measured.
BEAT_SECONDS: Final = 1.0

_LATENCY_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAG_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)

# Name, help, label and values of a gauge at the moment it is asked for; without a label there is one value.
Reading = tuple[str, str, str, Mapping[str, float]]


class Metrics:
    """Kept and told."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "gorev_operation_seconds",
            "How long operations take, from request to answer",
            ["door", "operation"],
            buckets=_LATENCY_SECONDS,
            registry=self.registry,
        )
        self._outcomes = Counter(
            "gorev_operations", "Operations by how they ended", ["door", "operation", "outcome"], registry=self.registry
        )
        # Finding a label's figures takes as long as counting in them.
        self._ended: dict[tuple[str, str, str], tuple[Histogram, Counter]] = {}
        self._events = Counter("gorev_events", "Changes committed", registry=self.registry)
        self._event_lag = Histogram(
            "gorev_event_lag_seconds",
            "From a change to its being told to clients",
            buckets=_LAG_SECONDS,
            registry=self.registry,
        )
        self.loop_lag = Histogram(
            "gorev_loop_lag_seconds", "How late the reactor is", buckets=_LAG_SECONDS, registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def operation(self, door: str, operation: str, outcome: str, seconds: float) -> None:
        """One operation through ``door`` (``rest``, ``mcp``) ended: ``ok``, or the code of its error."""
        ended = self._ended.get((door, operation, outcome))
        if ended is None:
            ended = self._seconds.labels(door, operation), self._outcomes.labels(door, operation, outcome)
            self._ended[door, operation, outcome] = ended
        histogram, counter = ended
        histogram.observe(seconds)
        counter.inc()

    def committed(self, workspace_id: str, events: list[Event]) -> None:
        """A listener of the bus that hears of events when all others have been told."""
        self._events.inc(len(events))
        self._event_lag.observe(max(0.0, (datetime.now(UTC) - events[-1].time).total_seconds()))

    def text(self, readings: Iterable[Reading]) -> bytes:
        """Everything, in Prometheus' text format. May be called in any thread."""
        return bytes(generate_latest(self.registry)) + bytes(generate_latest(_Gauges(readings)))


class _Gauges(Collector):
    """Readings as a registry tells them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Metric]:
        """A family for each reading."""
        yield _info()
        for name, meaning, label, values in self._readings:
            family = GaugeMetricFamily(name, meaning, labels=[label] if label else [])
            for key, value in values.items():
                family.add_metric([key] if label else [], value)
            yield family


def _info() -> Metric:
    family = GaugeMetricFamily("gorev_info", "Which version runs", labels=["version"])
    family.add_metric([__version__], 1.0)
    return family


class Punctuality(Service):
    """Measures how late the reactor runs what is due."""

    def __init__(self, clock: IReactorTime, observe: Callable[[float], Any]) -> None:
        self._clock = clock
        self._observe = observe
        self._due = 0.0
        self._beat = LoopingCall(self._measure)
        self._beat.clock = clock

    def startService(self) -> None:
        """Begin."""
        super().startService()
        self._due = self._clock.seconds() + BEAT_SECONDS
        self._beat.start(BEAT_SECONDS, now=False)

    def stopService(self) -> None:
        """End."""
        super().stopService()
        if self._beat.running:
            self._beat.stop()

    def _measure(self) -> None:
        now = self._clock.seconds()
        self._observe(max(0.0, now - self._due))
        self._due = now + BEAT_SECONDS
