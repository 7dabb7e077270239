"""``gorev task``, ``project``, ``template``, ``search`` and ``workspace`` against a running daemon."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.running_daemon import RunningDaemon


def made(gorev: CommandLine, title: str, *options: str) -> str:
    """The id of a new task."""
    return str(gorev.json("task", "create", title, *options)["gorev"]["id"])


def test_a_task_is_made_from_its_title_and_shown_by_the_beginning_of_its_id(gorev: CommandLine) -> None:
    said = gorev.run(
        "task", "create", "Buy", "milk", "--priority", "high", "--tags", "home,food", "--due", "2031-02-03"
    )
    assert (said.returncode, said.stderr) == (0, "")
    id_ = said.stdout.split("ID: ")[1].strip()
    shown = gorev.run("task", "show", id_[:8])
    assert "# Buy milk" in shown.stdout
    task = gorev.json("task", "show", id_)["gorev"]
    assert (task["oncelik"], task["son_tarih"][:10]) == ("yuksek", "2031-02-03")
    assert sorted(tag["isim"] if isinstance(tag, dict) else tag for tag in task["etiketler"]) == ["food", "home"]


def test_a_task_is_made_from_a_template(gorev: CommandLine) -> None:
    fields = ["topic=Caches", "purpose=Speed", "questions=Which?", "criteria=Fast"]
    options = [word for field in fields for word in ("--field", field)]
    project = gorev.json("project", "create", "Studies")["proje"]["id"]
    done = gorev.json("task", "create", "--template", "research", "--project", project, *options)
    assert "Caches" in done["gorev"]["baslik"]
    refused = gorev.run("task", "create", "--template", "research")
    assert refused.returncode == 1
    assert "topic" in refused.stderr


def test_a_template_that_is_not_there_is_refused(gorev: CommandLine) -> None:
    assert gorev.run("task", "create", "x", "--template", "nonsense").returncode == 1
    assert gorev.run("template", "show", "nonsense").returncode == 1


def test_a_task_is_changed_completed_and_deleted(gorev: CommandLine) -> None:
    id_ = made(gorev, "Walk")
    assert gorev.run("task", "update", id_, "--status", "in_progress").returncode == 0
    assert gorev.run("task", "edit", id_, "--title", "Run").returncode == 0
    assert gorev.json("task", "done", id_)[0]["gorev"]["durum"] == "tamamlandi"
    assert gorev.json("task", "show", id_)["gorev"]["baslik"] == "Run"
    kept = gorev.run("task", "delete", id_)
    assert (kept.returncode, "--yes" in kept.stderr) == (1, True)
    assert gorev.run("task", "delete", id_, "--yes").returncode == 0
    gone = gorev.run("task", "show", id_)
    assert (gone.returncode, gone.stdout) == (1, "")
    assert id_ in gone.stderr


def test_on_a_terminal_deleting_asks(gorev: CommandLine) -> None:
    id_ = made(gorev, "Careful")
    assert "nothing was changed" in gorev.on_terminal("task", "delete", id_, typed="n\n")
    assert "Delete Careful?" in gorev.on_terminal("task", "delete", id_, typed="y\n")
    assert gorev.run("task", "show", id_).returncode == 1


def test_of_several_tasks_to_complete_those_that_can_be_are(gorev: CommandLine) -> None:
    id_ = made(gorev, "One of two")
    ended = gorev.run("task", "done", "00000000", id_)
    assert ended.returncode == 1
    assert "One of two" in ended.stdout
    assert "00000000" in ended.stderr


def test_on_a_pipe_a_list_is_one_line_of_fields_per_task(gorev: CommandLine) -> None:
    parent = made(gorev, "Line\tone", "--tags", "lines")
    made(gorev, "Below", "--parent", parent)
    lines = gorev.run("task", "list", "--tag", "lines").stdout.splitlines()
    assert lines[0].split("\t")[:4] == [parent, "beklemede", "Line one", "orta"]
    assert len(lines) == 2


def test_a_list_longer_than_the_tool_s_answer_is_whole(gorev: CommandLine, daemon: RunningDaemon) -> None:
    title = "T" * 400
    tasks = [{"id": f"{n}", "baslik": f"{title} {n}", "etiketler": ["many"]} for n in range(120)]
    with daemon.mcp() as client:
        client.call("gorev_import", data={"tasks": tasks})
    found = gorev.json("task", "list", "--tag", "many", "--limit", "110")
    assert len(found["gorevler"]) == 110
    assert found["kalan"] == 10
    rest = gorev.run("task", "list", "--tag", "many", "--limit", "100", "--offset", "110")
    assert len(rest.stdout.splitlines()) == 10


def test_the_tree_shows_what_is_below_a_task(gorev: CommandLine) -> None:
    root = made(gorev, "Root")
    branch = made(gorev, "Branch", "--parent", root)
    made(gorev, "Leaf", "--parent", branch)
    lines = gorev.run("task", "tree", root).stdout.splitlines()
    assert [line.split("  [")[0] for line in lines] == ["⏳ Root", "└─ ⏳ Branch", "   └─ ⏳ Leaf"]


def test_what_comes_next_is_told_with_a_reason(gorev: CommandLine) -> None:
    id_ = made(gorev, "Overdue", "--due", "2020-01-01")
    rows = gorev.json("task", "next")["suggestions"]
    assert rows[0]["task_id"] == id_
    assert len({row["task_id"] for row in rows}) == len(rows)


def test_a_project_is_made_chosen_and_its_tasks_are_listed(gorev: CommandLine) -> None:
    project = gorev.json("project", "create", "Garden", "--definition", "Plants")["proje"]["id"]
    assert gorev.run("project", "use", project).returncode == 0
    id_ = made(gorev, "Water")
    listed = gorev.json("task", "list", "--active-project")
    assert [row["id"] for row in listed["gorevler"]] == [id_]
    rows = gorev.run("project", "list").stdout.splitlines()
    assert next(row.split("\t") for row in rows if "Garden" in row)[:4] == [project, "*", "Garden", "1"]
    assert gorev.run("project", "use", "--none").returncode == 0
    assert gorev.json("project", "use")["proje"] is None


def test_templates_are_listed_and_shown_in_the_user_s_language(gorev: CommandLine) -> None:
    assert "bug\tBug Report\t" in gorev.run("template", "list").stdout
    assert "bug\tBug Raporu" in gorev.run("template", "aliases", "--lang", "tr").stdout
    assert "environment development|staging|production (required)" in gorev.run("template", "show", "bug").stdout
    assert "(zorunlu)" in gorev.run("template", "show", "bug", "--lang", "tr").stdout
    assert gorev.json("template", "init") == {"created": 0}
    nothing = gorev.run("template", "list", "nonsense")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "nonsense. Categories: Bug, Documentation, Feature" in nothing.stderr


def test_search_forgives_a_typing_error(gorev: CommandLine) -> None:
    id_ = made(gorev, "Quarterly spreadsheet")
    assert id_ in gorev.run("search", "spreadshet").stdout
    nothing = gorev.run("search", "zzzzqqqq")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "Nothing was found." in nothing.stderr


def test_a_folder_is_registered_as_a_workspace(gorev: CommandLine, tmp_path: Path) -> None:
    assert gorev.run("workspace", "register", folder=tmp_path).returncode == 0
    assert str(tmp_path) in [row["path"] for row in gorev.json("workspace", "list")]
    refused = gorev.run("workspace", "register", "missing", folder=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["task", "create"], "needs a title"),
        (["task", "create", "x", "--field", "a=b"], "--template"),
        (["task", "create", "x", "--template", "bug", "--field", "a"], "key=value"),
        (["task", "update", "12345678"], "--status"),
        (["task", "edit", "12345678"], "--title"),
        (["task", "show"], "ID is missing"),
        (["task", "list", "--limit", "0"], "--limit"),
        (["project", "use", "x", "--none"], "--none"),
        (["task", "crate"], "did you mean create?"),
        (["tsk"], "did you mean task?"),
        (["task", "list", "--stats", "x"], "did you mean --status?"),
        (["mcp", "call", "gorev_detay", "id"], "key=value"),
        (["mcp", "call", "gorev_detay", "{broken"], "JSON"),
        (["import", "x", "--mode", "erase"], "merge, replace"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_command_line_that_makes_no_sense_says_what_is_wrong(
    gorev: CommandLine, arguments: list[str], reason: str
) -> None:
    refused = gorev.run(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert reason in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_refusals_are_in_turkish_for_who_reads_turkish(gorev: CommandLine) -> None:
    assert "kimlikli bir görev yok" in gorev.run("task", "show", "00000000", "--lang", "tr").stderr
    assert "demek istediniz" in gorev.run("task", "crate", "--lang", "tr").stderr


def test_bytes_that_are_no_text_are_refused(gorev: CommandLine) -> None:
    for arguments in (["search", "\udcff"], ["task", "create", "\udcff"], ["task", "show", "\udcff"]):
        refused = gorev.run(*arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("word", ["tomorrow", "yarın", "YARIN"])
def test_a_due_date_may_be_a_word_of_either_language(gorev: CommandLine, word: str) -> None:
    made_task = gorev.json("task", "create", "Soon", "--due", word)["gorev"]
    assert made_task["son_tarih"][:10] == str(date.today() + timedelta(days=1))  # noqa: DTZ011


def test_a_refusal_calls_fields_as_the_language_does(gorev: CommandLine) -> None:
    assert "title cannot be" in gorev.run("task", "create", " ").stderr
    assert "baslik için" in gorev.run("task", "create", " ", GOREV_LANG="tr").stderr
    id_ = made(gorev, "Named")
    assert "title cannot be" in gorev.run("task", "edit", id_, "--title", " ").stderr
    assert "baslik için" in gorev.run("task", "edit", id_, "--title", " ", GOREV_LANG="tr").stderr


def test_of_several_tasks_the_one_that_is_refused_is_named(gorev: CommandLine) -> None:
    waiting, prerequisite = made(gorev, "Waits"), made(gorev, "First")
    gorev.run("mcp", "call", "gorev_bagimlilik_ekle", f"gorev_id={waiting}", f"bagli_gorev_id={prerequisite}")
    assert f"gorev: {waiting}: " in gorev.run("task", "done", waiting, made(gorev, "Free")).stderr


def keys_of(value: object) -> set[str]:
    """Every key in a JSON value, but for the fields of a template, whose language is the template's."""
    if isinstance(value, list):
        return {key for each in value for key in keys_of(each)}
    if isinstance(value, dict):
        return {*value, *(key for name, each in value.items() if name != "ornek_degerler" for key in keys_of(each))}
    return set()


@pytest.mark.parametrize("language", ["tr", "en"])
def test_json_has_the_turkish_names_in_either_language(gorev: CommandLine, language: str) -> None:
    id_ = made(gorev, "One vocabulary", "--tags", "words")
    commands: list[list[str]] = [
        ["task", "list"],
        ["task", "tree", id_],
        ["task", "show", id_],
        ["project", "list"],
        ["template", "list"],
        ["template", "show", "bug"],
        ["search", "vocabulary"],
        ["log"],
    ]
    english = {"title", "status", "due_date", "tags", "subtasks", "definition", "default_title", "fields", "category"}
    found = {" ".join(words[:2]): keys_of(gorev.json(*words, GOREV_LANG=language)) & english for words in commands}
    assert {command: keys for command, keys in found.items() if keys} == {}


def test_what_a_template_still_needs_is_told_in_the_words_of_the_command_line(gorev: CommandLine) -> None:
    gorev.run("project", "use", "--none")
    fields = [word for name in ("topic", "purpose", "questions", "criteria") for word in ("--field", f"{name}=x")]
    homeless = gorev.run("task", "create", "--template", "research", *fields)
    assert (homeless.returncode, "--project" in homeless.stderr) == (1, True)
    incomplete = gorev.run("task", "create", "--template", "research")
    assert "topic" in incomplete.stderr
    assert "--field KEY=VALUE" in incomplete.stderr
    assert "gorev template show research" in incomplete.stderr


def test_the_nearest_tool_is_suggested(gorev: CommandLine) -> None:
    missing = gorev.run("mcp", "call", "gorev_listle")
    assert missing.stderr == "gorev: there is no tool gorev_listle (did you mean gorev_listele?)\n"
