"""The practices: in step with their solutions, nothing leaked, and every check says what is so.

Each practice has a table in practice/checks, whose rows are tested by themselves, and a module in
`answers`. There `WRONG` lists for each exercise (a part of the hint, answer), `RIGHT` answers. An
answer is pairs (old, new) to replace in the solution's cell; or the body of the function; or code
that defines it, in which `# THE SOLUTION` stands for that cell. Optional: `prepare`, `quicker`.
"""

import functools
import importlib
import json
import linecache
import re
import time
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from conftest import ROOT, real_data_at_hand
from make_practice import practice_of, text_of
from nbclient import NotebookClient

from practice.checks import _engine

SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
TABLES = [
    importlib.import_module(f"practice.checks.{path.stem}")
    for path in sorted((ROOT / "practice" / "checks").glob("[a-z]*.py"))
]
MARKED = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
CPU_SECONDS = 3  # for any answer


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


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.stem)
def solution(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_practice_has_a_solution():
    names = {path.name for path in (ROOT / "practice").glob("*.ipynb")}
    assert names == {path.name for path in SOLUTIONS}


def test_practice_is_what_the_script_makes(solution):
    stored = practice_path(solution).read_text(encoding="utf-8")
    assert text_of(solution) == text_of(solution)
    assert stored == text_of(solution), "out of step: run `make practice`"


def test_practice_has_the_same_cells_and_no_results(solution):
    theirs, ours = read(solution), read(practice_path(solution))
    assert [(c.id, c.cell_type) for c in ours.cells] == [(c.id, c.cell_type) for c in theirs.cells]
    assert set(ours.metadata) <= {"kernelspec", "language_info"}
    for cell in ours.cells:
        assert set(cell.metadata) <= {"tags", "cellView", "jupyter"}, cell.id
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell.id
        assert not cell.get("attachments"), cell.id


def test_nothing_of_the_solution_leaks(solution):
    raw = practice_path(solution).read_text(encoding="utf-8")
    lines = hidden_lines(read(solution))
    assert len(lines) > 5
    for line in lines:
        assert line not in raw and json.dumps(line, ensure_ascii=False)[1:-1] not in raw
        assert json.dumps(line)[1:-1] not in raw
    assert "SOLUTION" not in raw


def test_every_exercise_has_its_stub_and_its_check(solution):
    code = [cell for cell in read(practice_path(solution)).cells if cell.cell_type == "code"]
    exercises = [k for k, cell in enumerate(code) if "exercise" in cell.metadata.get("tags", [])]
    assert exercises
    for k in exercises:
        assert code[k].source.endswith("# YOUR CODE HERE\n    raise NotImplementedError()")
        assert re.fullmatch(r"ok_\w+ = checks\.check_\w+\(\w+\)", code[k + 1].source)
    assert sum("NotImplementedError" in cell.source for cell in code) == len(exercises)


def notebook_with(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])


BEGIN, END = "### BEGIN SOLUTION\n", "### END SOLUTION\n"
UNPAIRED = [f"{BEGIN}x = 1", f"x = 1\n{END}", f"{END}x = 1\n{BEGIN}", f"{BEGIN}x = 1\n{END}{END}"]
MISSPELT = ["###BEGIN SOLUTION\nx = 1\n###END SOLUTION", "### Begin solution\n### End solution"]


@pytest.mark.parametrize("source", UNPAIRED + MISSPELT)
def test_markers_that_do_not_pair_are_an_error(source):
    with pytest.raises(ValueError, match="markers"):
        practice_of(notebook_with(source))


def test_two_answers_in_one_cell_and_what_stands_around_them():
    answer = f"    {BEGIN}    secret = 1\n    {END}"
    source = f"def f():\n{answer}\ndef g():\n{answer}\nlast = 1"
    made = practice_of(notebook_with(source)).cells[0].source
    stub = "    # YOUR CODE HERE\n    raise NotImplementedError()\n"
    assert made == f"def f():\n{stub}\ndef g():\n{stub}\nlast = 1"


def run(source: str, space: dict, name: str) -> dict:
    """Run a cell with the names of `space`, so that tracebacks find its lines as in a notebook."""
    file = f"ipykernel_0/{name}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), space)
    return space


def answers_of(table: ModuleType) -> ModuleType:
    return importlib.import_module(f"answers.{table.__name__.split('.')[-1]}")


def notebook_of(table: ModuleType) -> Path:
    return ROOT / "solutions" / f"{table.practice.notebook}.ipynb"


def given(table: ModuleType, path: Path) -> dict:
    """What a student has at hand: imports, helpers, the exercises' cells, and some data."""
    space, sources = {"__name__": "notebook"}, cells(path)
    for cell in [*table.practice.given, *(one.cell for one in table.practice.exercises.values())]:
        run(sources[cell], space, cell)
    getattr(answers_of(table), "prepare", lambda space: None)(space)
    return space


@functools.cache
def solved(table: ModuleType) -> dict:
    return given(table, notebook_of(table))


def written(table: ModuleType, function: str, answer: tuple | str) -> str:
    """The student's cell: the solution's with replacements, or with another body, or code."""
    theirs = cells(notebook_of(table))[table.practice.exercises[function].cell]
    if not isinstance(answer, str):
        return _engine.changed(theirs, answer)
    if re.search(rf"def {function}\b|^{function} =|# THE SOLUTION", answer, re.M):
        return answer.replace("# THE SOLUTION", theirs)
    head = re.search(rf"def {function}\(.*?\):\n", theirs, re.S).group()
    return head + "    " + answer.strip().replace("\n", "\n    ") + "\n"


def made(table: ModuleType, function: str, answer: tuple | str) -> object:
    """The student's function."""
    source = written(table, function, answer)
    return run(source, dict(solved(table)), "answer")[function]


def say(table: ModuleType, function: str, code: object, capsys) -> tuple[bool, list[str]]:
    """What a check returns and prints, its broken lines joined again; it must be quick."""
    capsys.readouterr()
    start = time.process_time()
    ok = table.practice.exercises[function].check(code)
    seconds = time.process_time() - start
    out, error = capsys.readouterr()
    for _ in range(4):  # two processes on one core slow each other down: then once more
        if seconds >= CPU_SECONDS:
            start = time.process_time()
            table.practice.exercises[function].check(code)
            seconds = time.process_time() - start
            capsys.readouterr()
    assert seconds < CPU_SECONDS and not error
    assert not [line for line in out.splitlines() if len(line) > 88 and " " in line.strip()[3:]]
    return ok, re.sub(r"\n   (?!Nudge: )", " ", out).splitlines()


def hint(table: ModuleType, function: str, code: object, capsys) -> str:
    """The hint that a wrong answer draws, the same twice, with a nudge the second time."""
    table.practice.last.clear()
    ok, first = say(table, function, code, capsys)
    assert not ok and len(first) == 1 and first[0].startswith(f"❌ {function}: "), first
    ok, second = say(table, function, code, capsys)
    assert not ok and second[0] == first[0] and len(second) == 2, "no nudge"
    assert second[1].startswith("   Nudge: ") and len(second[1]) > 20
    said = re.sub(r"in line \d+, `.*`, with", "", "\n".join(second))  # the student's own line
    assert not [line for line in hidden_lines(read(notebook_of(table))) if line in said]
    return first[0]


EXERCISES = [
    pytest.param(table, function, id=f"{table.practice.notebook}: {function}")
    for table in TABLES
    for function in table.practice.exercises
]
every_exercise = pytest.mark.parametrize("table, function", EXERCISES)


def listed(kind: str) -> list:
    """All answers of a kind, of all practices."""
    return [
        pytest.param(table, function, answer, id=f"{table.practice.notebook}: {function} {k}")
        for table in TABLES
        for function, answers in getattr(answers_of(table), kind).items()
        for k, answer in enumerate(answers)
    ]


@pytest.fixture(params=TABLES, ids=lambda table: table.practice.notebook)
def table(request: pytest.FixtureRequest) -> ModuleType:
    return request.param


@every_exercise
def test_solution_is_right_in_any_form(table, function, capsys):
    solution = solved(table)[function]

    class Callable:
        def __call__(self, *args, **kwargs):
            print("a line of the student's own")
            return solution(*args, **kwargs)

    for form in (solution, functools.partial(solution), Callable()):
        assert say(table, function, form, capsys) == (True, [f"✅ {function}: right"])


@every_exercise
def test_what_is_no_answer(table, function, capsys):
    stub = given(table, practice_path(notebook_of(table)))[function]
    ok, lines = say(table, function, stub, capsys)
    assert not ok and len(lines) == 1 and lines[0].startswith(f"⏳ {function}: not filled in")
    nothing = made(table, function, "pass")
    assert "returns nothing; expected " in hint(table, function, nothing, capsys)
    broken = made(table, function, "pass\nraise ValueError('a reason')")
    said = hint(table, function, broken, capsys)
    assert re.search(r"stopped in line \d+, `raise Val.*`, with ValueError: a reason$", said), said
    assert "is no function any more: found a list of int" in hint(table, function, [1], capsys)
    library = made(table, function, "raise NotImplementedError('not for this dtype')")
    assert "NotImplementedError: not for this dtype" in hint(table, function, library, capsys)


@every_exercise
def test_an_exercise_that_uses_a_stub_says_which(table, function, capsys):
    sources, space = cells(notebook_of(table)), given(table, practice_path(notebook_of(table)))
    run(sources[table.practice.exercises[function].cell], space, "answer")
    _, lines = say(table, function, space[function], capsys)
    source = sources[table.practice.exercises[function].cell]
    used = [one for one in table.practice.exercises if one != function and f" {one}(" in source]
    used = [one for one in used if f"def {one}(" not in source]
    wait = [f"⏳ {function}: it uses {name}, which is not filled in yet" for name in used]
    assert lines == (wait or [f"✅ {function}: right"])


@every_exercise
def test_the_names_of_the_notebook_come_back(table, function, capsys):
    def interrupted(*args, **kwargs):
        seen.update(space)
        raise KeyboardInterrupt

    space, seen = dict(solved(table)), {}
    name = min(table.practice.variables - space.keys())
    space[name] = 3.5
    source = f"def answer(*a, **k): return _interrupted(*a, **k), {name}"
    answer = run(source, space, "own")["answer"]
    space["_interrupted"] = interrupted
    before = dict(space)
    with pytest.raises(KeyboardInterrupt):
        table.practice.exercises[function].check(answer)
    assert seen[name] != 3.5
    assert space.keys() == before.keys() and all(space[name] is before[name] for name in space)


def test_summary(table, capsys):
    practice = table.practice
    practice.marks.update(dict.fromkeys(practice.marks, "⏳"))
    practice.summary()
    first, count = next(iter(practice.exercises)), len(practice.exercises)
    assert capsys.readouterr().out.startswith(f"0 of {count} done:  ⏳ {first}")


@every_exercise
def test_a_row_draws_its_own_hint(table, function, capsys):
    exercise = table.practice.exercises[function]
    for symptom, nudge, *looks in exercise.known(0):
        assert len(nudge) > 10, symptom
        if isinstance(looks[0], dict):
            continue
        answer = looks[0] if callable(looks[0]) else made(table, function, looks)
        assert hint(table, function, answer, capsys) == f"❌ {function}: {symptom}"


@every_exercise
def test_values_of_rows_differ(table, function):
    exercise = table.practice.exercises[function]
    exercise.check(solved(table)[function])
    for draw in range(exercise.draws):
        seen = [(facet.name, facet.value, "right") for facet in exercise.right[draw]]
        for symptom, _, *looks in exercise.known(draw):
            values = looks[0].items() if isinstance(looks[0], dict) else ()
            for name, value in values:
                alike = [(one, other) for key, one, other in seen if key == name]
                clash = [other for one, other in alike if _engine.same(one, value)]
                assert clash in ([], [symptom]), f"{symptom}: the same as {clash}"
                seen.append((name, value, symptom))


def test_every_exercise_has_answers(table):
    """At least 8 wrong answers and 3 other right ones for each practice, some for each exercise."""
    answers = answers_of(table)
    assert set(answers.WRONG) == set(answers.RIGHT) == set(table.practice.exercises)
    assert all(answers.WRONG.values()) and all(answers.RIGHT.values())
    assert sum(map(len, answers.WRONG.values())) >= 8
    assert sum(map(len, answers.RIGHT.values())) >= 3


@pytest.mark.parametrize("table, function, answer", listed("RIGHT"))
def test_right_answer(table, function, answer, capsys):
    ok, lines = say(table, function, made(table, function, answer), capsys)
    assert (ok, lines) == (True, [f"✅ {function}: right"])


@pytest.mark.parametrize("table, function, wrong", listed("WRONG"))
def test_wrong_answer_draws_its_hint(table, function, wrong, capsys):
    word, *answer = wrong
    answer = answer[0] if isinstance(answer[0], str) else answer
    said = hint(table, function, made(table, function, answer), capsys)
    assert re.search(word, said), said


def test_a_practice_that_is_filled_in_has_every_check_right(table):
    """Shortened where the module of answers says how; nbval runs all of the solution."""
    sources, answers = cells(notebook_of(table)), answers_of(table)
    notebook = read(practice_path(notebook_of(table)))
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
    for function, exercise in table.practice.exercises.items():
        assert said[exercise.cell.replace("ex-", "check-")] == f"✅ {function}: right\n"
    count = len(table.practice.exercises)
    assert said["summary"].startswith(f"{count} of {count} done:")
