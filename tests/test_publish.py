"""The repository's address: in one place, the same everywhere, and stamped by `make publish`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import publish
import pytest
from conftest import ROOT

IN_BADGE = (
    r"colab\.research\.google\.com/github/([^/\s]+/[^/\s]+)/blob/main/"
    r"(?:lectures|practice|solutions)/"
)
IN_SETUP = r'^REPOSITORY = "https://github\.com/([^"]+)"$'
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not on the path")
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not on the path")
needs_sh = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for a program")


@pytest.fixture
def course(tmp_path):
    """A copy of the files that have the address in them, not stamped, and of the script."""
    for path in [*publish.files(), ROOT / "tests" / "publish.py"]:
        copy = tmp_path / "course" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    publish.stamp(publish.UNSTAMPED, tmp_path / "course")
    return tmp_path / "course"


def edit(path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def addresses(path) -> list[str]:
    """Every owner/name in badges and setup cells."""
    if path.suffix == ".md":
        return re.findall(IN_BADGE, path.read_text(encoding="utf-8"))
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    return re.findall(IN_BADGE, text) + re.findall(IN_SETUP, text, re.M)


def check_one_address_everywhere(root) -> None:
    for path in publish.files(root)[1:]:
        found = addresses(path)
        assert len(found) >= 2 and set(found) == {publish.address(root)}, path.name


def test_one_address_everywhere():
    check_one_address_everywhere(ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "some-body/fork.of_it",
        "github.com/some-body/fork.of_it",
        "https://github.com/some-body/fork.of_it",
        "https://github.com/some-body/fork.of_it.git\n",
        "https://github.com/some-body/fork.of_it/",
        "https://GitHub.com/some-body/fork.of_it",
        "https://www.github.com/some-body/fork.of_it",
        "https://github.com:443/some-body/fork.of_it.git",
        "https://jane@github.com/some-body/fork.of_it",
        "https://x-access-token:ghs_SECRET@github.com/some-body/fork.of_it.git",
        "git@github.com:some-body/fork.of_it.git",
        "ssh://git@github.com/some-body/fork.of_it.git",
        "ssh://git@ssh.github.com:443/some-body/fork.of_it.git",
    ],
)
def test_ways_to_write_an_address(text):
    assert publish.parse(text) == "some-body/fork.of_it"


def test_a_company_owns_names_with_an_underscore():
    assert publish.parse("https://github.com/jane_corp/course") == "jane_corp/course"


@pytest.mark.parametrize(
    "text",
    [
        *("", "fork", "a/b/c", "a/b c", "https://gitlab.com/a/b", "/srv/git/course", "../course"),
        *("jane/..", "jane/.", "jane/..git", "jane/.git", "jane/../", "https://github.com/jane/.."),
        *("https://notgithub.com/a/b", "https://github.com.example.org/a/b", publish.UNSTAMPED),
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"(?s)expected .* found .* make publish REPOSITORY="):
        publish.parse(text)


@pytest.mark.parametrize("host", ["gitlab.com/a/b", "github.com/a", "github.com/a/b/c", "x@y/a/b"])
def test_a_password_is_not_printed(host):
    with pytest.raises(ValueError) as error:
        publish.parse(f"https://x-access-token:ghs_SECRET@{host}")
    assert "SECRET" not in str(error.value) and "x-access" not in str(error.value)
    assert host.rpartition("@")[2] in str(error.value)


def test_stamp_changes_the_address_and_nothing_else(course):
    before = {path: path.read_text(encoding="utf-8") for path in publish.files(course)}
    assert publish.stamp("somebody/fork", course) == list(before)
    for path, text in before.items():
        after = path.read_text(encoding="utf-8")
        assert after == text.replace(publish.UNSTAMPED, "somebody/fork")
        assert "somebody/fork" in after
    assert publish.address(course) == "somebody/fork"
    assert publish.stamp("somebody/fork", course) == [], "a second time changes nothing"
    assert len(publish.stamp("somebody/fork-2", course)) == len(before), "a fork of a fork"
    for path in before:
        assert "somebody/fork-2-2" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["jane_corp/mf.2025", "x/REPOSITORY", "github/github.com"])
def test_one_address_everywhere_whatever_its_name(name, course):
    publish.stamp(name, course)
    assert publish.address(course) == name
    check_one_address_everywhere(course)


def test_stamp_after_the_makefile_was_edited_by_hand(course):
    edit(course / "Makefile", (f"ADDRESS := {publish.UNSTAMPED}", "ADDRESS := jane/course "))
    assert publish.stamp("jane/course", course) == publish.files(course)[1:]
    check_one_address_everywhere(course)


def test_stamp_after_a_notebook_came_from_elsewhere(course):
    publish.stamp("jane/course", course)
    notebook, readme = publish.files(course)[-1], course / "README.md"
    edit(notebook, ("jane/course", "upstream.org/mf-2"))
    edit(readme, ("jane/course/blob/main/lectures/01", "upstream/mf/blob/main/lectures/01"))
    assert publish.stamp("jane/course", course) == [readme, notebook]
    check_one_address_everywhere(course)


LINKS = """
git clone https://github.com/{0}.git course
    git clone --depth=1 'https://github.com/{0}'
It is at https://github.com/{1}, https://github.com/{1}.git, "https://github.com/{1}" and
[here](https://github.com/{1}/issues). It is not https://github.com/{2}-extra,
https://github.com/{2}.extra, https://github.com/keras-team/keras or
https://colab.research.google.com/github/keras-team/keras/blob/main/guides/a.ipynb,
and https://github.com/{1}.
"""


@pytest.mark.parametrize("clones", [publish.UNSTAMPED, "upstream/mf.2"])
def test_other_links_are_stamped_only_where_they_mean_the_course(clones, course):
    readme, old = course / "README.md", publish.UNSTAMPED
    edit(readme, ("## Start", LINKS.format(clones, old, old)))
    publish.stamp("jane/course", course)
    assert LINKS.format("jane/course", "jane/course", old) in readme.read_text(encoding="utf-8")


def run_publish(course, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "tests/publish.py", *arguments]
    return subprocess.run(command, cwd=course, capture_output=True, text=True)


def run_make(course, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    command = ["make", *arguments]
    # what a make around this gives on
    outer = {"MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL"}
    outer |= {"VENV", "PYTHON", "CONSTRAINTS", "ARGS", "SETS", "NOTEBOOKS", "REPOSITORY"}
    kept = {name: value for name, value in os.environ.items() if name not in outer}
    environment = {**kept, **environment}
    return subprocess.run(command, cwd=course, capture_output=True, text=True, env=environment)


def test_publish_takes_the_argument(course):
    done = run_publish(course, "other/fork")
    assert done.returncode == 0 and "README.md" in done.stdout
    assert publish.address(course) == "other/fork"
    check_one_address_everywhere(course)
    again = run_publish(course, "other/fork")
    assert again.returncode == 0 and "nothing to commit" in again.stdout


@needs_git
def test_publish_takes_the_remote(course):
    subprocess.run(["git", "init", "-q"], cwd=course, check=True)
    none = run_publish(course)
    assert none.returncode and "make publish REPOSITORY=" in none.stderr
    assert publish.address(course) == publish.UNSTAMPED
    remote = ["git", "remote", "add", "origin", "https://x:ghs_SECRET@github.com/somebody/fork.git"]
    subprocess.run(remote, cwd=course, check=True)
    done = run_publish(course)
    assert done.returncode == 0 and publish.address(course) == "somebody/fork"
    assert "SECRET" not in done.stdout + done.stderr
    check_one_address_everywhere(course)


def test_publish_without_git_and_without_an_argument_says_what_to_do(monkeypatch, course):
    monkeypatch.setenv("PATH", str(course))
    with pytest.raises(SystemExit, match="make publish REPOSITORY="):
        publish.main([], course)


@needs_make
def test_make_publish_takes_the_argument_or_the_remote(course):
    python = f"PYTHON={sys.executable}"
    secret = run_make(course, "publish", python, "REPOSITORY=https://x:ghs_SECRET@gitlab.com/a/b")
    assert secret.returncode and "found 'gitlab.com/a/b'" in secret.stderr
    assert "SECRET" not in secret.stdout + secret.stderr
    assert run_make(course, "publish", python, "REPOSITORY=a/b c").returncode
    assert publish.address(course) == publish.UNSTAMPED
    assert run_make(course, "publish", python, "REPOSITORY=other/fork").returncode == 0
    assert publish.address(course) == "other/fork"
    check_one_address_everywhere(course)
    if shutil.which("git"):
        subprocess.run(["git", "init", "-q"], cwd=course, check=True)
        remote = ["git", "remote", "add", "origin", "git@github.com:somebody/fork.git"]
        subprocess.run(remote, cwd=course, check=True)
        assert run_make(course, "publish", python).returncode == 0
        assert publish.address(course) == "somebody/fork"


# The rest of the Makefile ------------------------------------------------------------------------


def script(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh -u", *lines, ""]))
    path.chmod(0o755)
    return path


@needs_make
@needs_sh
@pytest.mark.parametrize("data", ["/tmp/my data", "my data/$HOME", "data", ""])
@pytest.mark.parametrize("how", ["environment", "argument"])
def test_make_keeps_the_path_to_the_data(data, how, course):
    shutil.copy(ROOT / "requirements.txt", course)
    for name in ("python", "jupyter"):
        script(course / ".venv" / "bin" / name, f'echo "{name} has <$COURSE_DATA>"')
    (course / ".venv" / "installed").touch()
    given = {"COURSE_DATA": data} if how == "environment" else {"COURSE_DATA": "/elsewhere"}
    arguments = [f"COURSE_DATA={data.replace('$', '$$')}"] if how == "argument" else []
    said = run_make(course, "test", *arguments, **given)
    assert f"python has <{data}>" in said.stdout, "tests/conftest.py makes it absolute"
    said = run_make(course, "lab", *arguments, **given)
    absolute = str(course / data) if data else ""
    assert f"jupyter has <{absolute}>" in said.stdout, "kernels start in lectures/"


@needs_make
@needs_sh
@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 13), (3, 14), (4, 0)])
def test_make_refuses_a_python_that_has_no_tensorflow(version, course):
    shutil.copy(ROOT / "requirements.txt", course)
    old = 'import sys; sys.version_info = ({}, {}, 0, "final", 0); exec(sys.argv[1])'
    python = script(
        course / "bin" / "python",
        '[ "$1" = -m ] && echo "makes $3" && exit 1',
        f"exec '{sys.executable}' -c '{old.format(*version)}' \"$2\"",
    )
    said = run_make(course, "lab", f"PYTHON={python}", "VENV=new")
    right = (3, 11) <= version <= (3, 13)
    assert ("makes new" in said.stdout) == right
    words = f"Python 3.11, 3.12 or 3.13 is needed, found {version[0]}.{version[1]}; "
    assert (words in said.stderr) != right and ("make PYTHON=" in said.stderr) != right


# The setup cell where there is no course ---------------------------------------------------------

ADDRESS = "somebody/neural-matrix-factorization"


def setup_cell(name: str = publish.UNSTAMPED) -> str:
    notebook = nbformat.read(ROOT / "lectures" / "01_embedding_layers.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return source.replace(publish.address(), name)


def run_setup(source: str, folder: Path, **environment: str) -> str:
    """What the setup cell says that fails in this folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(AssertionError) as error:
            exec(compile(source, "setup", "exec"), {})
    assert error.value.__cause__ is error.value.__context__ is None, "one error, not two"
    return str(error.value)


def test_alone_and_not_stamped_says_what_to_do(tmp_path):
    said = run_setup(setup_cell(), tmp_path)
    assert "no address (make publish)" in said and "Open me in the course" in said
    assert list(tmp_path.iterdir()) == []


def nowhere(tmp_path: Path) -> dict[str, str]:
    """The environment in which GitHub is not there."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'nowhere').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{ADDRESS}",
    }


def check_what_is_said(said: str) -> None:
    assert f"https://github.com/{ADDRESS} cannot be fetched in 120 s" in said
    assert "Are git and a network there (Kaggle: Settings, Internet)?" in said
    assert said.endswith("Or open me in the folder of the course.")


@pytest.mark.parametrize("git", [pytest.param("there", marks=needs_git), "missing"])
def test_alone_and_not_to_be_fetched_says_what_to_do(git, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    path = {} if git == "there" else {"PATH": str(alone)}
    said = run_setup(setup_cell(ADDRESS), alone, **nowhere(tmp_path), **path)
    check_what_is_said(said)
    assert ("nowhere" in said) == (git == "there"), "git's own words"
    assert "rename" not in said
    assert list(alone.iterdir()) == []


TAKEN = {
    "something else": "mine.txt",
    "the start of a clone": ".git/HEAD",
    "half a clone": "lectures/01_embedding_layers.ipynb",
    "half of utils": "utils/__init__.py",
    "a file": "",
}


@pytest.mark.parametrize("what", TAKEN)
def test_alone_where_the_folder_is_taken_says_which(what, tmp_path):
    inside = tmp_path / "alone" / ADDRESS.split("/")[1]
    mine = inside / TAKEN[what]
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("keep me")
    said = run_setup(setup_cell(ADDRESS), inside.parent, **nowhere(tmp_path))
    check_what_is_said(said)
    assert f"{inside} is not the course: rename or delete it." in said
    assert mine.read_text() == "keep me"
    assert list(inside.parent.iterdir()) == [inside], "nothing else was written"


@needs_sh
def test_a_network_that_is_too_slow_says_what_to_do(tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    script(tmp_path / "bin" / "git", "mkdir half", "exec sleep 60")
    path = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    assert setup_cell().count("timeout=120") == 1
    source = setup_cell(ADDRESS).replace("timeout=120", "timeout=0.5")
    check_what_is_said(run_setup(source, alone, PATH=path))
    assert list(alone.iterdir()) == []
