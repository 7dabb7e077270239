"""The templates that every workspace begins with, in both languages (``mcp-tools.md`` §6).

Data, read as a table: each row of a template asks for one field. Wherever two texts stand together, the first is
Turkish and the second English.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import attrs

from gorev.domain.template import PRIORITY_OPTIONS, Field, FieldKind, Template

Both: TypeAlias = tuple[str, str]
LANGUAGES: Final = ("tr", "en")


@attrs.frozen(kw_only=True)
class _Row:
    """A field: its name, the heading it gets, a sample of its value, and its options where it has some."""

    name: Both
    heading: Both
    sample: Both = ("", "")
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    default: Both = ("", "")
    options: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@attrs.frozen(kw_only=True)
class _Default:
    alias: str
    base_id: str
    name: Both
    definition: Both
    category: Both
    title: Both
    rows: tuple[_Row, ...]
    priority: str
    priorities: tuple[str, ...] = PRIORITY_OPTIONS
    tags: Both

    def variant(self, place: int) -> Template:
        """The template in one language, with an id still to be given."""
        rows = (*self.rows, *self._common_rows())
        return Template(
            id="",
            name=self.name[place],
            definition=self.definition[place],
            alias=self.alias,
            default_title=self.title[place],
            description_template="\n\n".join(f"## {row.heading[place]}\n\n{{{{{row.name[place]}}}}}" for row in rows),
            fields=tuple(
                Field(
                    name=row.name[place],
                    kind=row.kind,
                    required=row.required,
                    default=row.default[place],
                    options=row.options[place],
                    description=row.heading[place],
                )
                for row in rows
            ),
            sample_values={row.name[place]: row.sample[place] for row in rows if row.sample[place]},
            category=self.category[place],
            active=True,
            language=LANGUAGES[place],
            base_id=self.base_id,
        )

    def _common_rows(self) -> tuple[_Row, ...]:
        return (
            _Row(
                name=("oncelik", "priority"),
                heading=("Öncelik", "Priority"),
                kind=FieldKind.SELECT,
                default=(self.priority, self.priority),
                options=(self.priorities, self.priorities),
            ),
            _Row(name=("etiketler", "tags"), heading=("Etiketler", "Tags"), required=False, default=self.tags),
        )


def _text(turkish_name: str, english_name: str, heading: Both, sample: Both) -> _Row:
    return _Row(name=(turkish_name, english_name), heading=heading, sample=sample)


def _optional(turkish_name: str, english_name: str, turkish_heading: str, english_heading: str) -> _Row:
    return _Row(name=(turkish_name, english_name), heading=(turkish_heading, english_heading), required=False)


def _select(
    turkish_name: str,
    english_name: str,
    heading: Both,
    options: tuple[str, ...],
    english_options: tuple[str, ...] = (),
    *,
    required: bool = True,
) -> _Row:
    """A choice; without English options those of Turkish are of both languages."""
    both = (options, english_options or options)
    return _Row(
        name=(turkish_name, english_name),
        heading=heading,
        sample=(both[0][0], both[1][0]) if required else ("", ""),
        kind=FieldKind.SELECT,
        required=required,
        options=both,
    )


def _title(turkish_sample: str, english_sample: str) -> _Row:
    return _text("baslik", "title", ("Başlık", "Title"), (turkish_sample, english_sample))


def _description(turkish_sample: str, english_sample: str) -> _Row:
    return _text("aciklama", "description", ("Açıklama", "Description"), (turkish_sample, english_sample))


_DUE_DATE: Final = _Row(
    name=("son_tarih", "due_date"), heading=("Son Tarih", "Due Date"), kind=FieldKind.DATE, required=False
)
_SEVERITY: Final = _select("severity", "severity", ("Önem Derecesi", "Severity"), ("critical", "high", "medium", "low"))

_BUG: Final = _Default(
    alias="bug",
    base_id="bug-report",
    name=("Bug Raporu", "Bug Report"),
    definition=("Yazılımdaki bir hatanın bildirimi", "A report of a software defect"),
    category=("Teknik", "Technical"),
    title=("🐛 [{{modul}}] {{baslik}}", "🐛 [{{module}}] {{title}}"),
    rows=(
        _title("Giriş sayfası boş açılıyor", "The sign-in page stays blank"),
        _description("Parola girildikten sonra sayfa boş kalıyor", "After the password is entered nothing is shown"),
        _text("modul", "module", ("Modül", "Module"), ("giriş", "sign-in")),
        _select("ortam", "environment", ("Ortam", "Environment"), ("development", "staging", "production")),
        _text("adimlar", "steps", ("Adımlar", "Steps"), ("1. Sayfayı aç 2. Giriş yap", "1. Open the page 2. Sign in")),
        _text(
            "beklenen", "expected", ("Beklenen Sonuç", "Expected Result"), ("Ana sayfa açılır", "The home page opens")
        ),
        _text("mevcut", "actual", ("Mevcut Sonuç", "Actual Result"), ("Sayfa boş kalır", "The page stays blank")),
        _optional("ekler", "attachments", "Ekler", "Attachments"),
        _optional("cozum", "solution", "Çözüm Önerisi", "Proposed Solution"),
    ),
    priority="orta",
    tags=("bug", "bug"),
)

_FEATURE: Final = _Default(
    alias="feature",
    base_id="feature-request",
    name=("Özellik İsteği", "Feature Request"),
    definition=("Yeni bir özellik ya da iyileştirme isteği", "A request for a new feature or an enhancement"),
    category=("Özellik", "Feature"),
    title=("✨ {{baslik}}", "✨ {{title}}"),
    rows=(
        _title("Koyu tema", "Dark theme"),
        _description("Arayüz koyu renklerle de kullanılabilsin", "The interface can be used in dark colours as well"),
        _text(
            "amac", "purpose", ("Amaç", "Purpose"), ("Gece çalışanların gözü yorulmasın", "Easier on the eyes at night")
        ),
        _text("kullanicilar", "users", ("Kullanıcılar", "Users"), ("Tüm kullanıcılar", "Everybody")),
        _text(
            "kriterler",
            "criteria",
            ("Kabul Kriterleri", "Acceptance Criteria"),
            ("Tema ayarlardan seçilebilir", "The theme can be chosen in the settings"),
        ),
        _optional("ui_ux", "ui_ux", "UI/UX Notları", "UI/UX Notes"),
        _optional("ilgili", "related", "İlgili Konular", "Related"),
        _select(
            "efor",
            "effort",
            ("Tahmini Efor", "Estimated Effort"),
            ("küçük", "orta", "büyük"),
            ("small", "medium", "large"),
            required=False,
        ),
        _DUE_DATE,
    ),
    priority="orta",
    tags=("özellik", "feature"),
)

_DEBT: Final = _Default(
    alias="debt",
    base_id="technical-debt",
    name=("Teknik Borç", "Technical Debt"),
    definition=("Ödenmesi gereken bir teknik borcun kaydı", "A record of technical debt that has to be paid back"),
    category=("Teknik", "Technical"),
    title=("🔧 [{{alan}}] {{baslik}}", "🔧 [{{area}}] {{title}}"),
    rows=(
        _title("Tarih işlemlerini tek yerde topla", "Bring date handling together"),
        _description("Tarihler beş ayrı yerde ayrıştırılıyor", "Dates are parsed in five different places"),
        _text("alan", "area", ("Alan", "Area"), ("altyapı", "infrastructure")),
        _optional("dosyalar", "files", "Dosyalar", "Files"),
        _text(
            "neden",
            "reason",
            ("Neden", "Reason"),
            ("Her değişiklik beş kez yapılıyor", "Each change is made five times"),
        ),
        _text(
            "analiz", "analysis", ("Analiz", "Analysis"), ("Kod parçaları birbirinin kopyası", "The places are copies")
        ),
        _text("cozum", "solution", ("Çözüm", "Solution"), ("Ortak bir modül yazmak", "One module for all of them")),
        _optional("riskler", "risks", "Riskler", "Risks"),
        _text(
            "iyilestirmeler",
            "improvements",
            ("İyileştirmeler", "Improvements"),
            ("Daha az kod, daha az hata", "Less code, fewer defects"),
        ),
        _select(
            "sure",
            "duration",
            ("Tahmini Süre", "Estimated Duration"),
            ("1 gün", "2-3 gün", "1 hafta", "2+ hafta"),
            ("1 day", "2-3 days", "1 week", "2+ weeks"),
            required=False,
        ),
    ),
    priority="orta",
    tags=("teknik-borç,refaktöring", "tech-debt,refactoring"),
)

_RESEARCH: Final = _Default(
    alias="research",
    base_id="research-task",
    name=("Araştırma Görevi", "Research Task"),
    definition=("Bir konunun ya da teknolojinin araştırılması", "Research into a topic or a technology"),
    category=("Araştırma", "Research"),
    title=("🔍 {{konu}} Araştırması", "🔍 {{topic}} Research"),
    rows=(
        _text("konu", "topic", ("Konu", "Topic"), ("Mesaj kuyrukları", "Message queues")),
        _text("amac", "purpose", ("Amaç", "Purpose"), ("Uygun kuyruğu seçmek", "Choosing the right queue")),
        _text("sorular", "questions", ("Sorular", "Questions"), ("Saniyede kaç mesaj?", "How many messages a second?")),
        _optional("kaynaklar", "sources", "Kaynaklar", "Sources"),
        _optional("alternatifler", "alternatives", "Alternatifler", "Alternatives"),
        _text(
            "kriterler",
            "criteria",
            ("Değerlendirme Kriterleri", "Evaluation Criteria"),
            ("Hız, bakım, lisans", "Speed, maintenance, licence"),
        ),
        _DUE_DATE,
    ),
    priority="orta",
    tags=("araştırma", "research"),
)

_BUG2: Final = _Default(
    alias="bug2",
    base_id="bug-report-v2",
    name=("Bug Raporu v2", "Bug Report v2"),
    definition=("Ortam bilgileriyle ayrıntılı hata bildirimi", "A detailed defect report with its environment"),
    category=("Bug", "Bug"),
    title=("🐛 [{{severity}}] {{modul}}: {{baslik}}", "🐛 [{{severity}}] {{module}}: {{title}}"),
    rows=(
        _title("Ödeme iki kez alınıyor", "Payments are taken twice"),
        _description("Aynı sipariş için iki tahsilat oluşuyor", "One order leads to two charges"),
        _text("modul", "module", ("Modül", "Module"), ("ödeme", "payment")),
        _text(
            "steps_to_reproduce",
            "steps_to_reproduce",
            ("Yeniden Üretme Adımları", "Steps to Reproduce"),
            ("1. Sipariş ver 2. Geri dön 3. Onayla", "1. Order 2. Go back 3. Confirm"),
        ),
        _text(
            "expected_behavior",
            "expected_behavior",
            ("Beklenen Davranış", "Expected Behaviour"),
            ("Tek tahsilat", "A single charge"),
        ),
        _text(
            "actual_behavior",
            "actual_behavior",
            ("Gerçekleşen Davranış", "Actual Behaviour"),
            ("İki tahsilat", "Two charges"),
        ),
        _text("os_version", "os_version", ("İşletim Sistemi", "Operating System"), ("Debian 13", "Debian 13")),
        _text("client_info", "client_info", ("İstemci", "Client"), ("Firefox 140", "Firefox 140")),
        _text("server_version", "server_version", ("Sunucu Sürümü", "Server Version"), ("2.4.1", "2.4.1")),
        _optional("db_info", "db_info", "Veritabanı", "Database"),
        _SEVERITY,
        _text(
            "affected_users",
            "affected_users",
            ("Etkilenen Kullanıcılar", "Affected Users"),
            ("Kartla ödeyenler", "Those who pay by card"),
        ),
        _optional("attachments", "attachments", "Ekler", "Attachments"),
        _optional("workaround", "workaround", "Geçici Çözüm", "Workaround"),
    ),
    priority="yuksek",
    tags=("bug,production", "bug,production"),
)

_SPIKE: Final = _Default(
    alias="spike",
    base_id="spike-research",
    name=("Spike Araştırma", "Spike Research"),
    definition=(
        "Süresi sınırlı, karara götüren teknik deneme",
        "A time-boxed technical trial that leads to a decision",
    ),
    category=("Araştırma", "Research"),
    title=("🔬 [SPIKE] {{research_question}}", "🔬 [SPIKE] {{research_question}}"),
    rows=(
        _text(
            "research_question",
            "research_question",
            ("Araştırma Sorusu", "Research Question"),
            ("WebAssembly yeterince hızlı mı?", "Is WebAssembly fast enough?"),
        ),
        _text(
            "success_criteria",
            "success_criteria",
            ("Başarı Kriterleri", "Success Criteria"),
            ("100 ms altında yanıt", "An answer in less than 100 ms"),
        ),
        _select(
            "time_box",
            "time_box",
            ("Zaman Kutusu", "Time Box"),
            ("4 saat", "1 gün", "2 gün", "3 gün", "1 hafta"),
            ("4 hours", "1 day", "2 days", "3 days", "1 week"),
        ),
        _Row(
            name=("decision_deadline", "decision_deadline"),
            heading=("Karar Tarihi", "Decision Deadline"),
            sample=("2030-01-31", "2030-01-31"),
            kind=FieldKind.DATE,
        ),
        _text(
            "research_plan",
            "research_plan",
            ("Araştırma Planı", "Research Plan"),
            ("Küçük bir örnek yazıp ölçmek", "Write a small example and measure it"),
        ),
        _text(
            "expected_outputs",
            "expected_outputs",
            ("Beklenen Çıktılar", "Expected Outputs"),
            ("Ölçümler ve öneri", "Measurements and a proposal"),
        ),
        _optional("risks_assumptions", "risks_assumptions", "Riskler ve Varsayımlar", "Risks and Assumptions"),
    ),
    priority="yuksek",
    tags=("spike,research,poc", "spike,research,poc"),
)

_PERFORMANCE: Final = _Default(
    alias="performance",
    base_id="performance-issue",
    name=("Performans Sorunu", "Performance Issue"),
    definition=("Ölçülmüş bir yavaşlığın giderilmesi", "A measured slowness that is to be removed"),
    category=("Teknik", "Technical"),
    title=("⚡ [PERF] {{metric_affected}}: {{baslik}}", "⚡ [PERF] {{metric_affected}}: {{title}}"),
    rows=(
        _title("Rapor ekranı yavaş", "The report page is slow"),
        _description("Aylık rapor 8 saniyede açılıyor", "The monthly report takes 8 seconds to open"),
        _select(
            "metric_affected",
            "metric_affected",
            ("Etkilenen Metrik", "Affected Metric"),
            (
                "response_time",
                "throughput",
                "cpu_usage",
                "memory_usage",
                "database_query",
                "page_load",
                "api_latency",
            ),
        ),
        _text("current_value", "current_value", ("Mevcut Değer", "Current Value"), ("8 sn", "8 s")),
        _text("target_value", "target_value", ("Hedef Değer", "Target Value"), ("1 sn", "1 s")),
        _optional("acceptable_value", "acceptable_value", "Kabul Edilebilir Değer", "Acceptable Value"),
        _text(
            "measurement_method",
            "measurement_method",
            ("Ölçüm Yöntemi", "Measurement Method"),
            ("Tarayıcının ağ kayıtları", "The browser's network log"),
        ),
        _text("user_impact", "user_impact", ("Kullanıcı Etkisi", "User Impact"), ("Bekliyorlar", "They have to wait")),
        _optional("root_cause", "root_cause", "Kök Neden", "Root Cause"),
        _text(
            "proposed_solutions",
            "proposed_solutions",
            ("Önerilen Çözümler", "Proposed Solutions"),
            ("Sorguya indeks eklemek", "An index for the query"),
        ),
        _optional("tradeoffs", "tradeoffs", "Ödünler", "Trade-offs"),
    ),
    priority="yuksek",
    tags=("performance,optimization", "performance,optimization"),
)

_SECURITY: Final = _Default(
    alias="security",
    base_id="security-fix",
    name=("Güvenlik Düzeltmesi", "Security Fix"),
    definition=("Bir güvenlik açığının kapatılması", "A vulnerability that has to be closed"),
    category=("Güvenlik", "Security"),
    title=(
        "🔒 [SEC-{{severity}}] {{vulnerability_type}}: {{baslik}}",
        "🔒 [SEC-{{severity}}] {{vulnerability_type}}: {{title}}",
    ),
    rows=(
        _title("Arama kutusunda betik çalışıyor", "The search box runs scripts"),
        _description("Arama metni kaçışsız yazdırılıyor", "The searched text is printed unescaped"),
        _select(
            "vulnerability_type",
            "vulnerability_type",
            ("Açık Türü", "Vulnerability Type"),
            (
                "SQL Injection",
                "XSS",
                "CSRF",
                "Authentication",
                "Authorization",
                "Data Exposure",
                "Misconfiguration",
                "Dependency",
                "Other",
            ),
        ),
        _optional("cvss_score", "cvss_score", "CVSS Puanı", "CVSS Score"),
        _SEVERITY,
        _text(
            "affected_components",
            "affected_components",
            ("Etkilenen Bileşenler", "Affected Components"),
            ("Arama sayfası", "The search page"),
        ),
        _text(
            "potential_impact",
            "potential_impact",
            ("Olası Etki", "Potential Impact"),
            ("Oturum çalınabilir", "Sessions can be stolen"),
        ),
        _text(
            "mitigation_steps",
            "mitigation_steps",
            ("Giderme Adımları", "Mitigation Steps"),
            ("Çıktıyı kaçışlamak", "Escape the output"),
        ),
        _text(
            "testing_requirements",
            "testing_requirements",
            ("Test Gereksinimleri", "Testing Requirements"),
            ("Betik içeren aramalar", "Searches with scripts in them"),
        ),
        _optional("disclosure_timeline", "disclosure_timeline", "Açıklama Takvimi", "Disclosure Timeline"),
    ),
    priority="yuksek",
    priorities=("yuksek",),
    tags=("security,vulnerability", "security,vulnerability"),
)

_REFACTOR: Final = _Default(
    alias="refactor",
    base_id="refactoring",
    name=("Yeniden Düzenleme", "Refactoring"),
    definition=("Davranışı değiştirmeden kodu iyileştirmek", "Better code with the same behaviour"),
    category=("Teknik", "Technical"),
    title=("♻️ [REFACTOR] {{code_smell}}: {{baslik}}", "♻️ [REFACTOR] {{code_smell}}: {{title}}"),
    rows=(
        _title("Sipariş sınıfını böl", "Split the order class"),
        _description("Sınıf 2000 satır ve on ayrı iş yapıyor", "The class has 2000 lines and does ten things"),
        _select(
            "code_smell",
            "code_smell",
            ("Kod Kokusu", "Code Smell"),
            (
                "Long Method",
                "Large Class",
                "Duplicate Code",
                "Dead Code",
                "Complex Conditionals",
                "Feature Envy",
                "Data Clumps",
                "Primitive Obsession",
                "Switch Statements",
                "Parallel Inheritance",
                "Lazy Class",
                "Speculative Generality",
                "Message Chains",
                "Middle Man",
                "Other",
            ),
        ),
        _text("code_smell_type", "code_smell_type", ("Kokunun Türü", "Kind of Smell"), ("Şişkinlik", "Bloater")),
        _text("affected_files", "affected_files", ("Etkilenen Dosyalar", "Affected Files"), ("order.py", "order.py")),
        _text(
            "refactoring_strategy",
            "refactoring_strategy",
            ("Düzenleme Stratejisi", "Refactoring Strategy"),
            ("Sınıf çıkarmak", "Extract class"),
        ),
        _select("risk_level", "risk_level", ("Risk Düzeyi", "Risk Level"), ("low", "medium", "high")),
        _text("impact_scope", "impact_scope", ("Etki Alanı", "Impact Scope"), ("Sipariş modülü", "The order module")),
        _text(
            "rollback_plan", "rollback_plan", ("Geri Alma Planı", "Rollback Plan"), ("Değişikliği geri almak", "Revert")
        ),
        _optional("current_complexity", "current_complexity", "Mevcut Karmaşıklık", "Current Complexity"),
        _optional("target_complexity", "target_complexity", "Hedef Karmaşıklık", "Target Complexity"),
        _optional("current_coverage", "current_coverage", "Mevcut Test Kapsamı", "Current Coverage"),
    ),
    priority="orta",
    tags=("refactoring,code-quality", "refactoring,code-quality"),
)

_TEST: Final = _Default(
    alias="test",
    base_id="test-writing",
    name=("Test Yazma", "Test Writing"),
    definition=("Eksik testlerin yazılması", "Tests that have to be written"),
    category=("Teknik", "Technical"),
    title=("🧪 {{baslik}}", "🧪 {{title}}"),
    rows=(
        _title("Ödeme modülü testleri", "Tests of the payment module"),
        _select("test_turu", "test_type", ("Test Türü", "Test Type"), ("unit", "integration", "e2e", "performance")),
        _text("kapsam", "scope", ("Kapsam", "Scope"), ("Kartla ödeme", "Payment by card")),
        _text(
            "test_senaryolari",
            "test_scenarios",
            ("Test Senaryoları", "Test Scenarios"),
            ("Geçersiz kart, yetersiz bakiye", "Invalid card, insufficient funds"),
        ),
        _optional("beklenen_kapsama", "expected_coverage", "Beklenen Kapsama", "Expected Coverage"),
    ),
    priority="orta",
    tags=("test", "test"),
)

_DOC: Final = _Default(
    alias="doc",
    base_id="documentation",
    name=("Dokümantasyon", "Documentation"),
    definition=("Bir belgenin yazılması ya da güncellenmesi", "A document to be written or brought up to date"),
    category=("Dokümantasyon", "Documentation"),
    title=("📝 {{baslik}}", "📝 {{title}}"),
    rows=(
        _title("Kurulum kılavuzu", "Installation guide"),
        _select(
            "dokuman_turu",
            "document_type",
            ("Doküman Türü", "Document Type"),
            ("README", "API", "Guide", "Tutorial", "Changelog"),
        ),
        _text("hedef_okuyucu", "audience", ("Hedef Okuyucu", "Audience"), ("Yeni kullanıcılar", "New users")),
        _text("kapsam", "scope", ("Kapsam", "Scope"), ("Kurulum ve ilk kullanım", "Installation and first use")),
        _optional("yapisal_tasarim", "structure", "Yapısal Tasarım", "Structure"),
    ),
    priority="orta",
    tags=("dokümantasyon", "documentation"),
)

_DEFAULTS: Final = (
    _BUG,
    _FEATURE,
    _DEBT,
    _RESEARCH,
    _BUG2,
    _SPIKE,
    _PERFORMANCE,
    _SECURITY,
    _REFACTOR,
    _TEST,
    _DOC,
)


def names() -> frozenset[tuple[str, str]]:
    """Alias and language of every default template."""
    return frozenset((default.alias, language) for default in _DEFAULTS for language in LANGUAGES)


def every() -> list[Template]:
    """Every default template, both variants of each; their ids are still to be given."""
    return [default.variant(place) for default in _DEFAULTS for place in range(len(LANGUAGES))]
