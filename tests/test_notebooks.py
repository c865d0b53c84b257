"""What every notebook must be, apart from running to the end (nbval sees to that)."""

import ast
import re
import statistics
import subprocess
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from conftest import ADDRESS, ROOT

PATHS = sorted(ROOT.glob("lectures/*.ipynb")) + sorted(ROOT.glob("[ps]*/*.ipynb"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(params=PATHS, ids=name_of)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(notebook: nbformat.NotebookNode) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def outputs(notebook: nbformat.NotebookNode) -> list:
    return [(cell.id, output) for cell in code_cells(notebook) for output in cell.outputs]


def test_top_level_holds_the_course_and_nothing_else():
    allowed = {"lectures", "practice", "solutions", "utils", "tests"}
    allowed |= {"README.md", "requirements.txt", "LICENSE", "Makefile", "pyproject.toml"}
    found = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    made = {"__pycache__", "slides", "site", "live", "mine", "nbgrader", "otter"}  # ignored by git
    assert found - allowed <= made


def test_format_is_valid_and_the_same_everywhere(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}, "no version of one machine"


def test_cell_ids_are_words_chosen_once(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    for cell_id in ids:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell_id), cell_id
        assert not re.fullmatch(r"[0-9a-f]{8}", cell_id), f"{cell_id} was made by a tool"


def test_begins_with_title_and_badge(path, notebook):
    first = notebook.cells[0].source
    number = int(path.stem[:2])
    assert first.startswith(f"# {number} · ")
    link = f"https://colab.research.google.com/github/{ADDRESS}/blob/main/{name_of(path)}"
    assert f"]({link})" in first
    for word in ("**Afterwards you can**", "**Slides**", "**Time**"):
        assert word in first


def test_imports_stand_together_after_the_setup(notebook):
    for cell in code_cells(notebook)[2:]:
        assert not re.search(r"^\s*(import|from \S+ import) ", cell.source, re.M), cell.id


def test_every_code_cell_was_run_in_order(path, notebook):
    if path.parent.name == "practice":
        pytest.skip("practices are stored without outputs")
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_outputs_have_no_errors_warnings_or_paths(notebook):
    for cell_id, output in outputs(notebook):
        assert output.output_type != "error", cell_id
        assert output.get("name") != "stderr", cell_id
        text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        assert "WARNING" not in text, cell_id
        assert not re.search(r"(?<![\w.])/(home|root|tmp|usr|work|Users|content)/", text), cell_id


def test_no_cell_is_exempt_from_the_comparison(notebook):
    for cell in code_cells(notebook):
        assert not re.search("(?i)nbval|raises", " ".join(cell.metadata.get("tags", []))), cell.id
        assert "nbval" not in cell.source.lower(), cell.id


def test_no_cell_asks_for_a_device_an_installation_or_a_log_in(notebook):
    words = r"tf\.device|list_physical|cuda|Strategy\(|jit_compile|pip install|apt|drive\.mount"
    for cell in code_cells(notebook):
        assert not re.search(rf"\b({words})|^\s*[!%]|google\.colab", cell.source, re.M), cell.id


def test_figures_have_alt_text(notebook):
    for cell_id, output in outputs(notebook):
        if "image/png" in output.get("data", {}):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            assert len(alt) > 30, f"{cell_id}: show it with plotting.show(ax)"
    assert not re.search(r"!\[\s*\]\(|<img(?![^>]*\balt=.[^\"'])", prose(notebook))


def test_no_cell_tells_in_words_what_the_figure_below_it_will_show(notebook):
    for cell in code_cells(notebook):
        for call in ast.walk(ast.parse(cell.source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "plotting.show":
                assert len(call.args) + len(call.keywords) == 1, f"{cell.id}: an alt text"


def test_headings_are_in_order(notebook):
    levels = [len(hashes) for hashes in re.findall(r"^(#+) ", prose(notebook), re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_links_inside_the_course_lead_somewhere(path, notebook):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", prose(notebook)):
        if not target.startswith("http"):
            assert (path.parent / target).is_file(), target


def test_cells_are_short(notebook):
    lengths, seen = [], []  # in lines; of all cells, and of those that are not folded away
    for cell in code_cells(notebook):
        lengths.append(sum(bool(line.strip()) for line in cell.source.splitlines()))
        if not cell.metadata.get("jupyter", {}).get("source_hidden"):
            seen.append(lengths[-1])
    assert max(lengths) <= 25
    assert statistics.median(seen) <= 6
    assert all(cell.source.strip() for cell in code_cells(notebook)), "no empty cells"


def test_files_stay_small(path):
    assert path.stat().st_size < 1_500_000


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = [name for name in listed.stdout.splitlines() if not name.endswith(".png")]
    assert names or listed.returncode, "in a copy without git there is nothing to ask"
    hosts = "registry.npm js|pypi .org|files.python hosted|unp kg".replace(" ", "")
    folders = r"(?<![\w.$}<>\"'-])/(?:home|root|tmp|work|Users)/\w"
    for name in names:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(rf"{hosts}|{folders}", text), name
