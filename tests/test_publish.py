"""The repository's address: in one place, the same everywhere, and stamped by `make publish`."""

import re
import shutil
import subprocess

import nbformat
import publish
import pytest
from conftest import ROOT

ANY_ADDRESS = re.compile(r"(?:github\.com|colab\.research\.google\.com/github)/([\w.-]+/[\w.-]+)")


@pytest.fixture
def course(tmp_path):
    """A copy of the files that have the address in them."""
    for path in publish.files():
        copy = tmp_path / "course" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return tmp_path / "course"


def addresses(path) -> list[str]:
    """Every owner/name in links of GitHub and Colab, except the ones of other projects."""
    found = ANY_ADDRESS.findall(path.read_text(encoding="utf-8"))
    return [name for name in found if name.split("/")[1].startswith(("neural-matrix", "fork"))]


def test_one_address_everywhere():
    for path in publish.files()[1:]:
        found = addresses(path)
        assert found and set(found) == {publish.address()}, path.name


@pytest.mark.parametrize(
    "text",
    [
        "some-body/fork.of_it",
        "https://github.com/some-body/fork.of_it",
        "https://github.com/some-body/fork.of_it.git\n",
        "https://github.com/some-body/fork.of_it/",
        "git@github.com:some-body/fork.of_it.git",
        "ssh://git@github.com/some-body/fork.of_it.git",
    ],
)
def test_ways_to_write_an_address(text):
    assert publish.parse(text) == "some-body/fork.of_it"


@pytest.mark.parametrize(
    "text",
    ["", "fork", "a/b/c", "https://gitlab.com/a/b", "/srv/git/course", "a/b c", publish.UNSTAMPED],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"(?s)expected .* found .* make publish REPOSITORY="):
        publish.parse(text)


def test_stamp_changes_the_address_and_nothing_else(course):
    before = {path: path.read_text(encoding="utf-8") for path in publish.files(course)}
    assert publish.stamp("somebody/fork", course) == list(before)
    for path, text in before.items():
        after = path.read_text(encoding="utf-8")
        assert after == text.replace(publish.address(), "somebody/fork")
        assert "somebody/fork" in after
    assert publish.address(course) == "somebody/fork"
    assert publish.stamp("somebody/fork", course) == [], "a second time changes nothing"
    assert len(publish.stamp("somebody/fork-2", course)) == len(before), "a fork of a fork"
    for path in before:
        assert "somebody/fork-2-2" not in path.read_text(encoding="utf-8")


def test_make_publish_takes_the_argument_or_the_remote(course):
    def make(*arguments: str) -> subprocess.CompletedProcess:
        command = ["make", "publish", *arguments]
        return subprocess.run(command, cwd=course, capture_output=True, text=True)

    (course / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "publish.py", course / "tests")
    subprocess.run(["git", "init", "-q"], cwd=course, check=True)
    none = make()
    assert none.returncode and "make publish REPOSITORY=" in none.stderr
    assert publish.address(course) == publish.address()
    remote = ["git", "remote", "add", "origin", "git@github.com:somebody/fork.git"]
    subprocess.run(remote, cwd=course, check=True)
    assert make().returncode == 0 and publish.address(course) == "somebody/fork"
    assert make("REPOSITORY=other/fork").returncode == 0
    assert publish.address(course) == "other/fork"
    for path in publish.files(course)[1:]:
        assert set(addresses(path)) == {"other/fork"}, path.name


def setup_cell() -> str:
    notebook = nbformat.read(ROOT / "lectures" / "01_embedding_layers.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return source.replace(publish.address(), publish.UNSTAMPED)


def run_setup(source: str, folder, **environment) -> Exception:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GIT_TERMINAL_PROMPT", "")  # which the cell sets, to be undone afterwards
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(RuntimeError) as error:
            exec(compile(source, "setup", "exec"), {})
    return error.value


def test_alone_and_not_stamped_says_what_to_do(tmp_path):
    assert "make publish" in str(run_setup(setup_cell(), tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("why", ["no such repository", "no git", "folder taken"])
def test_alone_and_not_to_be_fetched_says_what_to_do(why, tmp_path):
    source = setup_cell().replace(publish.UNSTAMPED, "somebody/neural-matrix-factorization")
    inside = tmp_path / "neural-matrix-factorization"
    environment = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'nowhere').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/somebody/neural-matrix-factorization",
    }
    if why == "no git":
        environment["PATH"] = str(tmp_path)
    if why == "folder taken":
        inside.mkdir()
        (inside / "mine.txt").write_text("keep me")
    said = str(run_setup(source, tmp_path, **environment))
    assert "github.com/somebody/neural-matrix-factorization cannot be fetched" in said
    assert "Is there a network?" in said and "Kaggle" in said
    words = {"no git": "git", "no such repository": "nowhere", "folder taken": "not an empty"}
    assert words.get(why, "") in said
    assert not inside.exists() or (inside / "mine.txt").read_text() == "keep me"
