"""The tasks of ``gorev seed-test-data`` (``lifecycle.md`` §5.5).

Data, read as a table. Wherever two texts stand together, the first is Turkish and the second English.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import attrs

Both: TypeAlias = tuple[str, str]


@attrs.frozen
class SampleProject:
    """A project."""

    name: Both
    definition: Both


@attrs.frozen
class SampleTask:
    """A task made from a template, whose other fields have the template's sample values.

    ``project`` counts from 0. ``due_days`` are from today on; before today they are negative.
    """

    project: int
    template: str
    title: Both
    status: str = "beklemede"
    priority: str = "orta"
    tags: Both = ("", "")
    due_days: int | None = None
    subtasks: tuple[SampleSubtask, ...] = ()


@attrs.frozen
class SampleSubtask:
    """A subtask, with subtasks of its own."""

    title: Both
    status: str = "beklemede"
    priority: str = "orta"
    subtasks: tuple[SampleSubtask, ...] = ()


PROJECTS: Final = (
    SampleProject(
        ("Mobil Uygulama", "Mobile App"),
        ("Telefonlar için alışveriş uygulaması", "A shopping app for phones"),
    ),
    SampleProject(("Arka Uç API", "Backend API"), ("Sipariş ve ödeme servisi", "The service of orders and payments")),
    SampleProject(("Web Paneli", "Web Dashboard"), ("Satış ekibinin raporları", "Reports for the sales team")),
)

TASKS: Final = (
    SampleTask(
        0,
        "feature",
        ("Parmak iziyle giriş", "Sign in with a fingerprint"),
        "devam_ediyor",
        "yuksek",
        ("güvenlik,giriş", "security,sign-in"),
        5,
        (
            SampleSubtask(
                ("Giriş ekranını tasarla", "Design the sign-in screen"),
                "devam_ediyor",
                subtasks=(
                    SampleSubtask(("Koyu tema renkleri", "Colours of the dark theme"), priority="dusuk"),
                    SampleSubtask(("Ekran okuyucu metinleri", "Texts for screen readers")),
                ),
            ),
            SampleSubtask(
                ("Anahtarı güvenli sakla", "Keep the key safely"),
                priority="yuksek",
                subtasks=(SampleSubtask(("Eski telefonlarda dene", "Try it on old phones")),),
            ),
            SampleSubtask(("Ayarlar sayfasına ekle", "Add it to the settings"), "tamamlandi"),
        ),
    ),
    SampleTask(0, "bug", ("Sepet boş görünüyor", "The cart looks empty"), "beklemede", "yuksek", ("hata", "bug"), -3),
    SampleTask(0, "test", ("Ödeme akışı testleri", "Tests of the payment flow"), due_days=9),
    SampleTask(0, "research", ("Çevrimdışı çalışma", "Working offline"), "tamamlandi", "dusuk"),
    SampleTask(0, "doc", ("Kurulum kılavuzu", "Installation guide"), "tamamlandi", "dusuk"),
    SampleTask(
        1, "bug", ("Çift ödeme alınıyor", "Payments are taken twice"), "devam_ediyor", "yuksek", ("acil", "urgent"), -1
    ),
    SampleTask(1, "feature", ("Sipariş geçmişi ucu", "Endpoint for past orders"), "devam_ediyor", due_days=2),
    SampleTask(1, "debt", ("Eski sorguları topla", "Tidy the old queries"), "beklemede", "dusuk"),
    SampleTask(1, "research", ("Önbellek seçenekleri", "Options for caching"), "tamamlandi", "orta"),
    SampleTask(1, "doc", ("API kılavuzu", "API guide"), "beklemede", "orta", ("belge", "docs"), 14),
    SampleTask(2, "feature", ("Aylık satış raporu", "Monthly sales report"), "devam_ediyor", "orta", due_days=0),
    SampleTask(2, "bug", ("Grafikte yanlış birim", "Wrong unit in the chart"), "tamamlandi", "yuksek"),
    SampleTask(
        2, "test", ("Rapor dışa aktarma testleri", "Tests of the report export"), "beklemede", "orta", due_days=-7
    ),
    SampleTask(2, "feature", ("Koyu tema", "Dark theme"), "iptal", "dusuk"),
    SampleTask(2, "doc", ("Panel kullanım kılavuzu", "Dashboard guide"), "tamamlandi", "orta"),
)

# Places in TASKS: the first waits for the second.
DEPENDENCIES: Final = ((2, 1), (9, 6), (12, 10))

# Places in TASKS of those that --minimal makes, all in the first project.
MINIMAL: Final = (1, 0, 3)
