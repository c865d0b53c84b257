"""One notebook alone in an empty folder, as Colab opens it: it fetches the course and runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from conftest import ROOT
from nbclient import NotebookClient
from test_notebooks import REPOSITORY

FOLDERS = ("lectures", "practice", "solutions", "utils", "tests")


def published_copy(folder: Path) -> Path:
    """A git repository of the course as it stands here, in place of the one on the network."""
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "course"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def run_alone(path: Path, folder: Path, published: Path, monkeypatch) -> nbformat.NotebookNode:
    """Execute a copy of the notebook in `folder`, with Colab's stub modules on the path."""
    stubs = folder.parent / "stubs"
    (stubs / "google" / "colab").mkdir(parents=True)
    (stubs / "google" / "colab" / "__init__.py").write_text(
        "def __getattr__(name):\n    raise RuntimeError(f'the course must not use {name}')\n"
    )
    (stubs / "utils.py").write_text("raise ImportError('another utils won')\n")
    monkeypatch.setenv("PYTHONPATH", str(stubs))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{published.as_uri()}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"https://github.com/{REPOSITORY}")
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    kernel = {"kernel_name": "python3", "timeout": 300, "resources": resources}
    return NotebookClient(notebook, **kernel).execute()


def test_a_notebook_alone_runs_to_the_end(tmp_path, monkeypatch):
    published = published_copy(tmp_path / "published")
    alone = tmp_path / "content"
    alone.mkdir()
    notebook = run_alone(
        ROOT / "lectures" / "01_embedding_layers.ipynb", alone, published, monkeypatch
    )
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert [entry.name for entry in alone.iterdir()] == [REPOSITORY.split("/")[1]]
    status = ["git", "-C", str(next(alone.iterdir())), "status", "--porcelain", "--ignored"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    assert all("__pycache__" in line for line in changed.splitlines()), changed


def test_setup_cell_can_run_twice_and_beats_another_utils(tmp_path):
    setup = nbformat.read(ROOT / "lectures" / "01_embedding_layers.ipynb", as_version=4)
    source = next(cell.source for cell in setup.cells if cell.cell_type == "code")
    (tmp_path / "utils.py").write_text("other = True\n")
    lines = ["import utils", "assert utils.other", source, "first = list(sys.path)", source]
    lines += ["assert sys.path == first", "import utils.data", "print(utils.data.__file__)"]
    result = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT / "lectures",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(result.stdout.strip()) == ROOT / "utils" / "data.py"
