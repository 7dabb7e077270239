"""What is built from this tree is the whole program, however it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest

import gorev

ROOT = Path(__file__).resolve().parent.parent
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".gorev", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info", "node_modules", "__pycache__"
)
LIST_PLUGINS = (
    "from twisted.application.service import IServiceMaker\n"
    "from twisted.plugin import getPlugins\n"
    "print(*(f'{plugin.tapname}={plugin.module}' for plugin in getPlugins(IServiceMaker)), sep='\\n')"
)
BUILD = "from setuptools import build_meta; import sys; getattr(build_meta, 'build_' + sys.argv[1])(sys.argv[2])"


def run(
    *command: str | Path, cwd: Path, env: dict[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with both outputs in one; a failure shows them."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if check and done.returncode:
        pytest.fail(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this tree to build in, with the page if that was built."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("build") / "checkout", ignore=NOT_COPIED)


@pytest.fixture(scope="module")
def no_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which no program is found in PATH."""
    return {"PATH": str(tmp_path_factory.mktemp("empty"))}


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    """A wheel built from a checkout."""
    target = checkout.parent / "wheel"
    run(sys.executable, "-c", BUILD, "wheel", target, cwd=checkout)
    [built] = target.glob("gorev-*.whl")
    return built


@pytest.fixture(scope="module")
def sdist(checkout: Path, wheel: Path) -> Path:
    """A source distribution of a checkout; after the wheel, since both build in the same folder."""
    target = checkout.parent / "sdist"
    run(sys.executable, "-c", BUILD, "sdist", target, cwd=checkout)
    [built] = target.glob("gorev-*.tar.gz")
    return built


def names(wheel: Path) -> list[str]:
    """The paths of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def missing(wheel: Path) -> set[str]:
    """What of the program a wheel lacks; the sources are taken from this tree."""
    sources = [*(ROOT / "gorev").rglob("*.py"), *(ROOT / "gorev").rglob("*.sql"), ROOT / "gorev" / "py.typed"]
    wanted = {path.relative_to(ROOT).as_posix() for path in sources}
    wanted |= {path.with_suffix(".mo").relative_to(ROOT).as_posix() for path in (ROOT / "gorev").rglob("*.po")}
    wanted |= {"twisted/plugins/gorev_plugin.py", "gorev/page/index.html"}
    return wanted - set(names(wheel))


def test_the_tests_run_against_this_checkout() -> None:
    assert Path(gorev.__file__) == ROOT / "gorev" / "__init__.py"


def test_twisted_finds_the_plugin_of_the_installed_package(tmp_path: Path) -> None:
    """An editable install hides the plugin unless setup.cfg maps the package folder."""
    listed = run(sys.executable, "-c", LIST_PLUGINS, cwd=tmp_path).stdout.splitlines()
    assert listed.count("gorev=gorev.tap") == 1


def test_a_wheel_from_a_checkout_has_every_module_and_the_data_they_read(wheel: Path) -> None:
    assert missing(wheel) == set()


def test_a_wheel_has_the_scripts_of_the_page_that_it_shows(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        page = archive.read("gorev/page/index.html").decode()
        scripts = [name for name in archive.namelist() if name.startswith("gorev/page/") and name.endswith(".js")]
    assert scripts
    assert [name for name in scripts if Path(name).name in page]


def test_a_wheel_has_nothing_but_the_program(wheel: Path) -> None:
    folders = {name.split("/")[0] for name in names(wheel)}
    assert folders == {"gorev", "twisted", f"gorev-{gorev.__version__}.dist-info"}
    assert [name for name in names(wheel) if name.startswith("twisted/")] == ["twisted/plugins/gorev_plugin.py"]


def test_a_wheel_does_not_keep_what_an_earlier_build_left(checkout: Path, wheel: Path) -> None:
    """setuptools copies into a folder that it never empties."""
    left = checkout / "build" / "lib" / "gorev" / "page" / "assets" / "of-an-older-page.js"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.touch()
    again = checkout.parent / "again"
    run(sys.executable, "-c", BUILD, "wheel", again, cwd=checkout)
    assert sorted(names(next(again.glob("*.whl")))) == sorted(names(wheel))


def test_an_sdist_makes_the_same_wheel_without_node(
    sdist: Path, wheel: Path, tmp_path: Path, no_node: dict[str, str]
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()
    run(sys.executable, "-c", BUILD, "wheel", tmp_path / "wheel", cwd=source, env=no_node)
    assert sorted(names(next((tmp_path / "wheel").glob("*.whl")))) == sorted(names(wheel))


def test_an_sdist_has_the_documentation(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "docs").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert sources - packed == set()


def test_a_checkout_without_node_says_which_node_it_needs(
    checkout: Path, tmp_path: Path, no_node: dict[str, str]
) -> None:
    source = shutil.copytree(checkout, tmp_path / "source", ignore=shutil.ignore_patterns("page", "build"))
    for arguments in (["wheel", str(tmp_path)], ["editable", str(tmp_path)], ["sdist", str(tmp_path)]):
        done = run(sys.executable, "-c", BUILD, *arguments, cwd=source, env=no_node, check=False)
        assert done.returncode != 0
        assert "Node >= 20" in done.stdout
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_an_installed_wheel_is_the_working_program(wheel: Path, tmp_path: Path, home: Path) -> None:
    """Installed alone into an environment of its own, which sees the dependencies of this one."""
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    python = venv / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=tmp_path)
    purelib = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).stdout.strip()
    )
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (purelib / "dependencies.pth").write_text("\n".join(sorted(dependencies)), encoding="utf-8")

    version = run(venv / "bin" / "gorev", "--version", cwd=tmp_path)
    plugins = run(python, "-c", LIST_PLUGINS, cwd=tmp_path).stdout.splitlines()
    package = run(python, "-c", "import gorev; print(gorev.__file__)", cwd=tmp_path).stdout.strip()
    folder = tmp_path / "folder"
    folder.mkdir()
    english = {"GOREV_LANG": "en", "GOREV_API_PORT": "0"}
    made = run(venv / "bin" / "gorev", "task", "create", "Made by a wheel", cwd=folder, env=english).stdout
    listed = run(venv / "bin" / "gorev", "--lang", "tr", "task", "list", cwd=folder, env=english).stdout
    port = json.loads((home / ".gorev-daemon" / ".lock").read_text("utf-8"))["port"]
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read().decode()

    assert gorev.__version__ in version.stdout
    assert made.startswith("Task created.")
    assert "\tbeklemede\tMade by a wheel\t" in listed
    assert "<title>" in page
    assert plugins.count("gorev=gorev.tap") == 1
    assert Path(package).is_relative_to(venv)


def test_a_build_notes_the_commit_of_a_checkout_and_of_nothing_else(tmp_path: Path) -> None:
    shutil.copy(ROOT / "setup.py", tmp_path)
    note = tmp_path / "gorev" / "commit"
    note.parent.mkdir()
    note.write_text("stale")
    record = (sys.executable, "setup.py", "--quiet", "record_commit")
    run(*record, cwd=tmp_path)
    assert not note.exists()
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org")
    for words in (("init",), ("add", "setup.py"), ("commit", "-m", "x")):
        run(*git, *words, cwd=tmp_path)
    head = run("git", "rev-parse", "HEAD", cwd=tmp_path).stdout
    run(*record, cwd=tmp_path)
    assert note.read_text() == head
    (tmp_path / "setup.py").open("a").write("# changed\n")
    run(*record, cwd=tmp_path)
    assert note.read_text() == f"{head.strip()}-dirty\n"
