"""What a task's words tell (``behaviours.md`` §10)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain import judgement
from gorev.domain.judgement import Judged, Recommended
from gorev.domain.values import Priority

ALIASES = ("bug", "feature", "research", "performance", "security")


@pytest.mark.parametrize(
    ("title", "description", "judged"),
    [
        ("Rapor", "", Judged(Priority.MEDIUM, 0.3)),
        ("ACİL: sunucu ÇÖKTÜ", "", Judged(Priority.HIGH, 0.5)),
        ("Hatalar", "kritik", Judged(Priority.HIGH, 0.5)),
        ("Son tarih yarın", "", Judged(Priority.HIGH, 0.4)),
        ("Refaktör", "temizlik ve dokumantasyon, önemli", Judged(Priority.LOW, 0.6)),
        ("önemli özellik", "error", Judged(Priority.MEDIUM, 0.4)),
        ("önemli", "error", Judged(Priority.HIGH, 0.5)),
        ("important", "optional", Judged(Priority.LOW, 0.4)),
        ("debug prehash", "", Judged(Priority.MEDIUM, 0.3)),
    ],
)
def test_priority_follows_from_the_keywords_that_words_begin_with(title: str, description: str, judged: Judged) -> None:
    found = judgement.priority(title, description)
    assert found.priority is judged.priority
    assert found.confidence == pytest.approx(judged.confidence)


def test_confidence_of_a_priority_ends_at_one() -> None:
    words = "acil urgent kritik critical hemen immediately asap bug hata error crash down broken security"
    assert judgement.priority(words, "") == Judged(Priority.HIGH, 1.0)


@pytest.mark.parametrize(
    ("text", "recommended"),
    [
        ("Rapor", None),
        ("Giriş hata veriyor, crash", Recommended("bug", 0.2)),
        ("Yeni özellik ekle", Recommended("feature", 0.3)),
        ("authentication", Recommended("security", 0.2)),
        ("CPU ve bellek yavaş", Recommended("performance", 0.3)),
        ("çalışma incele", Recommended("research", 0.2)),
    ],
)
def test_the_template_with_most_keywords_is_recommended(text: str, recommended: Recommended | None) -> None:
    assert judgement.template(text, "", ALIASES) == recommended


def test_only_a_template_that_exists_is_recommended() -> None:
    assert judgement.template("bug hata crash", "new", ["feature"]) == Recommended("feature", 0.1)
    assert judgement.template("bug hata crash", "", []) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2 gün sürdü", 2),
        ("took 3 days", 3),
        ("1 haftalık iş", 5),
        ("one more: 1 week", 5),
        ("basit", 1),
        ("QUICK fix", 1),
        ("12 gün", None),
        ("4 days", None),
        ("", None),
    ],
)
def test_a_description_may_speak_of_days(text: str, days: int | None) -> None:
    assert judgement.days_spoken_of(text) == days


def test_hours_are_the_weighted_mean_of_similar_tasks_that_speak_of_days() -> None:
    similar = [(0.9, "3 gün"), (0.3, "1 gün"), (0.5, "no idea")]
    estimate = judgement.estimate("t", "", similar)
    assert estimate.hours == pytest.approx(8 * (0.9 * 3 + 0.3 * 1) / 1.2)
    assert estimate.confidence == 0.2


@pytest.mark.parametrize(
    ("words", "similar", "hours", "confidence"),
    [
        (20, [], 0.5, 0.3),
        (30, [], 0.75, 0.3),
        (60, [(0.5, "")], 3.0, 0.2),
        (200, [], 20.0, 0.3),
        (2000, [], 40.0, 0.3),
        (1, [], 0.5, 0.3),
    ],
)
def test_hours_otherwise_follow_from_the_number_of_words(
    words: int, similar: list[tuple[float, str]], hours: float, confidence: float
) -> None:
    estimate = judgement.estimate("w", " ".join(["w"] * (words - 1)), similar)
    assert estimate.hours == pytest.approx(hours)
    assert estimate.confidence == confidence


@pytest.mark.parametrize(
    ("description", "complexity"),
    [
        ("plain words", Priority.LOW),
        ("needs an API", Priority.MEDIUM),
        (" ".join(["w"] * 31), Priority.MEDIUM),
        ("1. database\nafter 2 hours", Priority.HIGH),
        (" ".join(["w"] * 101), Priority.HIGH),
    ],
)
def test_complexity_counts_the_signs_of_it(description: str, complexity: Priority) -> None:
    assert judgement.complexity("t", description) is complexity


def test_steps_are_the_listed_lines_each_once() -> None:
    description = (
        "Aşağıdakiler yapılacak, sırayla ve dikkatle\n"
        "1. Veritabanını hazırla\n"
        "  2. veritabanını HAZIRLA  \n"
        "- [ ] Testleri yaz\n"
        "* Belgeleri yaz:\n"
        "Step 3: Yayınla gitsin\n"
        "Task 4: Duyur herkese\n"
        "Sonrasında yapılacaklar:\n"
        "- kısa\n"
        "2.5 katı"
    )
    assert judgement.steps(description) == [
        "Veritabanını hazırla",
        "Testleri yaz",
        "Belgeleri yaz",
        "Yayınla gitsin",
        "Duyur herkese",
        "Sonrasında yapılacaklar",
    ]


def test_a_short_description_has_no_steps() -> None:
    assert judgement.steps("- birinci iş\n- ikinci iş") == []


def test_a_step_is_never_longer_than_a_title() -> None:
    assert [len(step) for step in judgement.steps(f"- {'x' * 600}")] == [500]


@given(st.text(max_size=400))
def test_any_text_is_judged(text: str) -> None:
    assert 0 < judgement.priority(text, text).confidence <= 1
    assert 0.5 <= judgement.estimate(text, text, [(0.5, text)]).hours <= 40
    recommended = judgement.template(text, text, ALIASES)
    assert recommended is None or 0 < recommended.confidence <= 1
    assert all(len(step) > 5 for step in judgement.steps(text))


@pytest.mark.parametrize(
    "text",
    ["- a" + " " * 90_000 + "b", "\n" * 100_000, "1" + " " * 90_000, "1 " * 50_000, "- [" * 30_000, ":" * 100_000],
)
def test_no_text_takes_long_to_judge(text: str) -> None:
    """Backtracking over 100,000 characters would take minutes, not a second of processor time."""
    begun = time.process_time()
    judgement.steps(text)
    judgement.estimate("", text, [(1.0, text)])
    judgement.priority("", text)
    judgement.template("", text, ALIASES)
    assert time.process_time() - begun < 10
