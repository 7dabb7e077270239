"""What can be told of a task from its words alone: priority, hours, template, steps (``behaviours.md`` §10).

Keywords are matched at the beginnings of words, in folded text, so that endings do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.text import TITLE_LIMIT, folded
from gorev.domain.values import Priority

HOURS_A_DAY: Final = 8
LEAST_HOURS: Final = 0.5
MOST_HOURS: Final = 40.0
WORDS_AN_HOUR: Final = 20
STEPS_MADE: Final = 5
SHORTEST_DIVIDED: Final = 50
SHORTEST_STEP: Final = 5


@attrs.frozen
class Judged:
    """A priority and how sure that is, from 0 to 1."""

    priority: Priority
    confidence: float


@attrs.frozen
class Estimate:
    """Hours of work and how sure that is."""

    hours: float
    confidence: float


@attrs.frozen
class Recommended:
    """The alias of a template and how sure that is."""

    alias: str
    confidence: float


def _folded(*words: str) -> tuple[str, ...]:
    return tuple(map(folded, words))


_OF_PRIORITY: Final[Mapping[Priority, tuple[str, ...]]] = {
    Priority.HIGH: _folded(
        *("acil", "urgent", "kritik", "critical", "hemen", "immediately", "asap", "bug", "hata", "error", "çöktü"),
        *("crash", "down", "broken", "security", "güvenlik", "vulnerability", "zafiyet", "deadline", "son tarih"),
        *("due", "release"),
    ),
    Priority.MEDIUM: _folded(
        *("important", "önemli", "should", "need", "gerek", "lazım", "improvement", "iyileştirme", "enhance"),
        *("optimize", "feature", "özellik", "functionality", "fonksiyon"),
    ),
    Priority.LOW: _folded(
        *("nice to have", "optional", "opsiyonel", "when time permits", "documentation", "dokuman", "cleanup"),
        *("temizlik", "refactor", "refaktör", "research", "araştırma"),
    ),
}

_OF_TEMPLATE: Final[Mapping[str, tuple[str, ...]]] = {
    "bug": _folded(
        *("bug", "hata", "error", "exception", "crash", "çöktü", "broken", "not working", "çalışmıyor", "issue"),
        "problem",
    ),
    "feature": _folded(
        *("feature", "özellik", "functionality", "fonksiyon", "add", "ekle", "implement", "uygula", "new", "yeni"),
        "enhancement",
    ),
    "research": _folded(
        *("research", "araştırma", "investigate", "incele", "analyze", "analiz", "study", "çalışma", "explore"),
        *("keşfet", "evaluate"),
    ),
    "performance": _folded(
        *("performance", "performans", "slow", "yavaş", "optimization", "optimizasyon", "speed", "hız", "memory"),
        *("bellek", "cpu", "latency"),
    ),
    "security": _folded(
        *("security", "güvenlik", "vulnerability", "zafiyet", "auth", "authentication", "authorization", "yetki"),
        *("encryption", "şifreleme"),
    ),
}

# Days of work that a description speaks of. Repetitions are bounded: descriptions are long and come from anyone.
_DURATIONS: Final = (
    *((re.compile(rf"(?<!\w){days}[\s-]{{0,3}}(?:gun|day)"), days) for days in (1, 2, 3)),
    (re.compile(r"(?<!\w)1[\s-]{0,3}(?:hafta|week)"), 5),
    (re.compile(r"(?<!\w)(?:hizli|quick|basit)"), 1),
)

_STEP: Final = re.compile(
    r"(?:\d+[.)]\s+|[-*•]\s+|(?:step|task|adım|görev)\s*\d+\s*[:.)-]\s*)(?:\[[ xX-]\]\s*)?(?P<words>\S.*)",
    re.IGNORECASE,
)

_INVOLVED: Final = (
    _folded("api", "database", "algorithm", "integration", "deployment"),
    _folded("depend", "require", "need", "after", "before"),
)
_TIME: Final = re.compile(r"(?<!\w)\d{1,4}[\s-]{0,3}(?:saat|hour|dakika|minute|gun|day|hafta|week|ay(?!\w)|month)")
_FACTOR: Final = {Priority.LOW: 0.5, Priority.MEDIUM: 1.0, Priority.HIGH: 2.0}


def priority(title: str, description: str) -> Judged:
    """The priority that the words ask for; medium where they ask for none."""
    text = folded(f"{title}\n{description}")
    hits = {each: _hits(words, text) for each, words in _OF_PRIORITY.items()}
    high, medium, low = hits[Priority.HIGH], hits[Priority.MEDIUM], hits[Priority.LOW]
    if not (high or medium or low):
        return Judged(Priority.MEDIUM, 0.3)
    base = min(0.9, (high + medium + low) / 10)
    if high and high >= max(medium, low):
        return Judged(Priority.HIGH, min(1.0, base + 0.3))
    if low > high and low >= medium:
        return Judged(Priority.LOW, min(1.0, base + 0.2))
    return Judged(Priority.MEDIUM, min(1.0, base + 0.1))


def template(title: str, description: str, aliases: Collection[str]) -> Recommended | None:
    """The one of these templates whose words occur most; none where no word does."""
    text = folded(f"{title}\n{description}")
    hits = {alias: _hits(words, text) for alias, words in _OF_TEMPLATE.items() if alias in aliases}
    best = max(hits, key=lambda alias: hits[alias], default=None)
    if best is None or not hits[best]:
        return None
    return Recommended(best, min(1.0, hits[best] / 10))


def days_spoken_of(description: str) -> int | None:
    """How many days of work a description mentions."""
    text = folded(description)
    return next((days for words, days in _DURATIONS if words.search(text)), None)


def estimate(title: str, description: str, similar: Sequence[tuple[float, str]]) -> Estimate:
    """How long the task may take. ``similar`` are similarities and descriptions of the tasks most like it."""
    known = [(weight, days) for weight, text in similar if (days := days_spoken_of(text)) is not None]
    if known:
        total = sum(weight for weight, _ in known)
        hours = HOURS_A_DAY * sum(weight * days for weight, days in known) / total
        return Estimate(hours, min(0.9, len(known) / 10))
    words = len(f"{title} {description}".split())
    hours = words / WORDS_AN_HOUR * _FACTOR[complexity(title, description)]
    return Estimate(min(MOST_HOURS, max(LEAST_HOURS, hours)), 0.2 if similar else 0.3)


def complexity(title: str, description: str) -> Priority:
    """How involved the task sounds, on the scale of priorities."""
    text = folded(f"{title}\n{description}")
    words = len(text.split())
    listed = any(_STEP.match(line.strip()) for line in description.splitlines())
    signs = listed + (_TIME.search(text) is not None) + sum(_hits(group, text) > 0 for group in _INVOLVED)
    if signs >= 3 or words > 100:
        return Priority.HIGH
    return Priority.MEDIUM if signs or words > 30 else Priority.LOW


def steps(description: str) -> list[str]:
    """The steps that a description lists, each once, however many there are."""
    if len(description) <= SHORTEST_DIVIDED:
        return []
    found: dict[str, str] = {}
    for line in map(str.strip, description.splitlines()):
        step = _STEP.match(line)
        words = step["words"] if step else line if line.endswith(":") else ""
        words = words.rstrip(": ")
        if len(words) > SHORTEST_STEP:
            found.setdefault(folded(words), words if len(words) <= TITLE_LIMIT else f"{words[: TITLE_LIMIT - 1]}…")
    return list(found.values())


def _hits(words: Iterable[str], text: str) -> int:
    """How many of the words some word of the text begins with."""
    return sum(word in text and re.search(rf"(?<!\w){re.escape(word)}", text) is not None for word in words)
