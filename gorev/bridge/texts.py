"""What the bridge says to people, in Turkish and English; the catalogues of the rest of Gorev cost too much to load."""

from __future__ import annotations

_OPTIONS_EN = """
  --lang tr|en       language of the answers
  --debug            say on standard error what happens
  --help             show this"""

_OPTIONS_TR = """
  --lang tr|en       yanıtların dili
  --debug            olan biteni standart hataya yazar
  --help             bunu gösterir"""

TEXTS = {
    "usage": {
        "en": "Usage: gorev mcp-proxy [--workspace PATH] [--lang tr|en] [--debug]\n\n"
        "Joins an MCP client on standard input and output to the Gorev daemon, starting it if need be.\n\n"
        "  --workspace PATH   folder whose tasks the client sees" + _OPTIONS_EN,
        "tr": "Kullanım: gorev mcp-proxy [--workspace YOL] [--lang tr|en] [--debug]\n\n"
        "Standart giriş ve çıkıştaki MCP istemcisini Gorev arka plan sürecine bağlar, gerekirse onu başlatır.\n\n"
        "  --workspace YOL    istemcinin görevlerini göreceği klasör" + _OPTIONS_TR,
    },
    "usage_serve": {
        "en": "Usage: gorev serve [--api-port N] [--db-path PATH] [--mode local] [--no-api] [--lang tr|en] [--debug]\n"
        "\nOn a terminal: the daemon in the foreground. On a pipe: makes sure that a daemon runs, then joins the MCP\n"
        "client on standard input and output to it.\n\n"
        "  --api-port N       port of a daemon started by this command (also --port)\n"
        "  --db-path PATH     database of its default workspace" + _OPTIONS_EN,
        "tr": "Kullanım: gorev serve [--api-port N] [--db-path YOL] [--mode local] [--no-api] [--lang tr|en]\n"
        "                      [--debug]\n\n"
        "Terminalde: ön planda arka plan süreci. Boru hattında: sürecin çalıştığından emin olur, ardından standart\n"
        "giriş ve çıkıştaki MCP istemcisini ona bağlar.\n\n"
        "  --api-port N       bu komutun başlattığı sürecin portu (--port da olur)\n"
        "  --db-path YOL      varsayılan çalışma alanının veritabanı" + _OPTIONS_TR,
    },
    "unknown_option": {
        "en": "gorev {command}: unknown option or argument: {option}{nearest}\nTry 'gorev {command} --help'.",
        "tr": "gorev {command}: bilinmeyen seçenek veya argüman: {option}{nearest}\n"
        "'gorev {command} --help' yardımcı olur.",
    },
    "did_you_mean": {
        "en": " (did you mean {name}?)",
        "tr": " (bunu mu demek istediniz: {name}?)",
    },
    "missing_value": {
        "en": "gorev {command}: {option} needs a value\nTry 'gorev {command} --help'.",
        "tr": "gorev {command}: {option} bir değer ister\n'gorev {command} --help' yardımcı olur.",
    },
    "bad_value": {
        "en": "gorev {command}: {option} does not take {value!r}\nTry 'gorev {command} --help'.",
        "tr": "gorev {command}: {option} için geçersiz değer: {value!r}\n'gorev {command} --help' yardımcı olur.",
    },
    "local_only": {
        "en": "{variable}={value}: this program connects to the daemon of the same user on the same machine only",
        "tr": "{variable}={value}: bu program yalnızca aynı makinede, aynı kullanıcının sürecine bağlanır",
    },
    "no_home": {
        "en": "there is no home directory: set HOME to an absolute path",
        "tr": "ev dizini yok: HOME değişkenine mutlak bir yol verin",
    },
    "outcome_unknown": {
        "en": "outcome unknown: the Gorev daemon ended before it answered, so this call may or may not have taken "
        "effect. Look at the present state before repeating it.",
        "tr": "sonuç bilinmiyor (outcome unknown): Gorev süreci yanıt vermeden sona erdi; çağrı uygulanmış da "
        "olabilir, uygulanmamış da. Yinelemeden önce güncel duruma bakın.",
    },
    "start_died": {
        "en": "The Gorev daemon ended before it was ready. Its log says why: {log}",
        "tr": "Gorev süreci hazır olmadan sona erdi. Nedeni günlüğünde: {log}",
    },
    "start_timeout": {
        "en": "The Gorev daemon was not ready in time. Its log: {log}",
        "tr": "Gorev süreci zamanında hazır olmadı. Günlüğü: {log}",
    },
    "start_draining": {
        "en": "An earlier Gorev daemon is still running but does not answer. Its log: {log}",
        "tr": "Önceki Gorev süreci hâlâ çalışıyor ama yanıt vermiyor. Günlüğü: {log}",
    },
    "start_unusable": {
        "en": "The Gorev daemon could not be started: {detail}. Its log, if there is one: {log}",
        "tr": "Gorev süreci başlatılamadı: {detail}. Varsa günlüğü: {log}",
    },
    "silent": {
        "en": "The Gorev daemon accepts connections but does not answer. Its log: {log}",
        "tr": "Gorev süreci bağlantıyı kabul ediyor ama yanıt vermiyor. Günlüğü: {log}",
    },
    "id_in_flight": {
        "en": "A request with this id is still being answered",
        "tr": "Bu kimlikteki bir istek hâlâ yanıt bekliyor",
    },
    "line_too_long": {
        "en": "The message is longer than {limit} MiB and was not passed on",
        "tr": "İleti {limit} MiB sınırını aşıyor, aktarılmadı",
    },
}


def say(language: str | None, key: str, **fields: object) -> str:
    """Return the text of this key in ``tr`` or ``en``; no language means Turkish."""
    return TEXTS[key]["en" if language == "en" else "tr"].format(**fields)
