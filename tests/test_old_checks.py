"""The practices whose checks are still in utils: every check says what is so.

Each practice has a module in `answers`. There `WRONG` holds wrong answers with a part of the hint
that each must draw, `RIGHT` right answers that are written differently from the solution. An
answer is the solution's cell with a few pieces replaced, or code of its own, in which
`# THE SOLUTION` stands for that cell. `CHECKS` are the exercises, `GIVEN` the cells that they
need. Optional: `NEEDS`, `prepare`, `quicker`.
"""

import functools
import importlib
import linecache
import re
import time
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from conftest import ROOT, real_data_at_hand
from nbclient import NotebookClient

SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
ANSWERS = [
    importlib.import_module(f"answers.{path.stem}")
    for path in sorted((ROOT / "tests" / "answers").glob("*.py"))
    if "CHECKS = " in path.read_text(encoding="utf-8")
]
MARKED = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def practice_path(solution: Path) -> Path:
    return ROOT / "practice" / solution.name


def cells(path: Path) -> dict[str, str]:
    return {cell.id: cell.source for cell in read(path).cells}


def hidden_lines(notebook: nbformat.NotebookNode) -> set[str]:
    """The lines between the markers that do not stand elsewhere in the notebook too."""
    inside = "".join(text for cell in notebook.cells for text in MARKED.findall(cell.source))
    outside = "\n".join(MARKED.sub("", cell.source) for cell in notebook.cells)
    lines = {line.strip() for line in inside.splitlines()}
    return {line for line in lines if len(line) > 12 and line not in outside}


# Answers -----------------------------------------------------------------------------------


def run(source: str, namespace: dict, name: str) -> dict:
    """Run a cell in the namespace, so that tracebacks find its lines as in a notebook."""
    file = f"ipykernel_0/{name}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), namespace)
    return namespace


def solution_of(answers: ModuleType) -> Path:
    return ROOT / "solutions" / f"{answers.PRACTICE}.ipynb"


def given(answers: ModuleType, path: Path) -> dict:
    """What a student has at hand: imports, helpers, the exercises' cells, and some data."""
    namespace, sources = {"__name__": "notebook"}, cells(path)
    for name in [*answers.GIVEN, *(cell for cell, _ in answers.CHECKS.values())]:
        run(sources[name], namespace, name)
    if hasattr(answers, "prepare"):
        answers.prepare(namespace)
    return namespace


@functools.cache
def solved(answers: ModuleType) -> dict:
    return given(answers, solution_of(answers))


def answer(answers: ModuleType, function: str, change: list | str) -> object:
    """The student's function: the solution's cell with pieces replaced, or code of its own."""
    theirs = cells(solution_of(answers))[answers.CHECKS[function][0]]
    own = isinstance(change, str)
    source = change.replace("# THE SOLUTION", theirs) if own else theirs
    for old, new in () if own else change:
        assert old in source, f"not in the solution: {old}"
        source = source.replace(old, new)
    return run(source, dict(solved(answers)), "answer")[function]


def say(answers: ModuleType, function: str, code: object, capsys) -> tuple[bool, list[str]]:
    """What a check returns and prints, its broken lines joined again."""
    capsys.readouterr()
    ok = getattr(solved(answers)["checks"], answers.CHECKS[function][1])(code)
    out = capsys.readouterr().out
    assert not [line for line in out.splitlines() if len(line) > 88 and " " in line.strip()[3:]]
    return ok, re.sub(r"\n   (?!Nudge: )", " ", out).splitlines()


def listed(table: str) -> list:
    """All answers of a kind, of all practices."""
    return [
        pytest.param(answers, function, case, id=f"{answers.PRACTICE}: {function}: {name}")
        for answers in ANSWERS
        for function, cases in getattr(answers, table).items()
        for name, case in cases.items()
    ]


# The checks --------------------------------------------------------------------------------

EXERCISES = [
    pytest.param(answers, function, id=f"{answers.PRACTICE}: {function}")
    for answers in ANSWERS
    for function in answers.CHECKS
]


@pytest.fixture(params=ANSWERS, ids=lambda answers: answers.PRACTICE)
def answers(request: pytest.FixtureRequest) -> ModuleType:
    return request.param


@pytest.mark.parametrize("answers, function", EXERCISES)
def test_solution_is_right_and_quickly_so(answers, function, capsys, record_property):
    start = time.perf_counter()
    ok, lines = say(answers, function, solved(answers)[function], capsys)
    seconds = time.perf_counter() - start
    record_property("seconds", round(seconds, 2))
    assert ok and lines == [f"✅ {function}: right"]
    assert seconds < 3


def test_stubs_are_not_filled_in(answers, capsys):
    stubs = given(answers, practice_path(solution_of(answers)))
    for function in answers.CHECKS:
        ok, lines = say(answers, function, stubs[function], capsys)
        assert not ok and len(lines) == 1 and lines[0].startswith(f"⏳ {function}: not filled in")
    stubs["checks"].summary()
    first, count = next(iter(answers.CHECKS)), len(answers.CHECKS)
    assert capsys.readouterr().out.startswith(f"0 of {count} done:  ⏳ {first}")


def test_an_exercise_that_needs_a_stub_says_which(answers, capsys):
    for function, other in getattr(answers, "NEEDS", {}).items():
        source = cells(solution_of(answers))[answers.CHECKS[function][0]]
        needs = run(source, given(answers, practice_path(solution_of(answers))), "answer")
        ok, lines = say(answers, function, needs[function], capsys)
        assert not ok and lines == [f"⏳ {function}: it uses {other}, which is not filled in yet"]


def test_every_exercise_has_answers(answers):
    """At least 8 wrong answers and 3 other right ones for each practice, some for each exercise."""
    assert set(answers.WRONG) == set(answers.RIGHT) == set(answers.CHECKS)
    assert all(answers.WRONG.values()) and all(answers.RIGHT.values())
    assert sum(map(len, answers.WRONG.values())) >= 8
    assert sum(map(len, answers.RIGHT.values())) >= 3


@pytest.mark.parametrize("answers, function, change", listed("RIGHT"))
def test_right_answer(answers, function, change, capsys):
    ok, lines = say(answers, function, answer(answers, function, change), capsys)
    lines = [line for line in lines if "━" not in line]  # a bar of progress is the student's own
    assert (ok, lines) == (True, [f"✅ {function}: right"])


def another_mistake(*anything):
    raise RuntimeError("something else")


@pytest.mark.parametrize("answers, function, wrong", listed("WRONG"))
def test_wrong_answer_draws_its_hint(answers, function, wrong, capsys):
    change, symptom = wrong
    symptoms = symptom if isinstance(symptom, tuple) else (symptom,)  # by version of Keras
    code = answer(answers, function, change)
    say(answers, function, another_mistake, capsys)  # so that this one is new
    ok, first = say(answers, function, code, capsys)
    assert not ok and len(first) == 1, first
    assert first[0].startswith(f"❌ {function}: ") and any(text in first[0] for text in symptoms)
    ok, second = say(answers, function, code, capsys)
    assert not ok and second[0] == first[0] and len(second) == 2, "no nudge"
    assert second[1].startswith("   Nudge: ") and len(second[1]) > 20
    _, third = say(answers, function, another_mistake, capsys)
    assert "RuntimeError: something else" in third[0] and len(third) == 1
    said = "\n".join(second)
    said = re.sub("in the line `.*` with", "", said)  # the student's own line
    hidden = hidden_lines(read(solution_of(answers)))
    assert not [line for line in hidden if line in said]


# All of it ---------------------------------------------------------------------------------


def test_a_practice_that_is_filled_in_has_every_check_right(answers):
    """Shortened where the module says how; nbval runs all of the solution."""
    sources = cells(solution_of(answers))
    notebook = read(practice_path(solution_of(answers)))
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", []):
            cell.source = sources[cell.id]
        elif hasattr(answers, "quicker"):
            cell.source = answers.quicker(cell.id, cell.source)
        if not real_data_at_hand():
            cell.source = cell.source.replace("load_ratings()", 'load_ratings("synthetic")')
    resources = {"metadata": {"path": str(ROOT / "practice")}}
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources=resources).execute()
    said = {c.id: "".join(o.get("text", "") for o in c.get("outputs", [])) for c in notebook.cells}
    for function, (cell, _) in answers.CHECKS.items():
        assert said[cell.replace("ex-", "check-")] == f"✅ {function}: right\n"
    count = len(answers.CHECKS)
    assert said["summary"].startswith(f"{count} of {count} done:")
