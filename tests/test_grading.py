"""nbgrader 0.9.6 and otter-grader 7 grade what students hand in: `make grading`."""

import json
import re
from pathlib import Path

import make_nbgrader
import make_otter
import make_practice
import nbformat
import pytest
from conftest import ROOT
from make_nbgrader import CHECK, WORDS, run_tool
from test_practice import TABLES, answers_of, written

pytestmark = pytest.mark.grading
PRACTICES = {table.practice.notebook: table for table in TABLES}
BETWEEN = re.compile(r"^.*BEGIN SOLUTION.*\n(?s:(.*?))^.*END SOLUTION.*$", re.M)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    pytest.importorskip("nbgrader", reason="make grading installs it")
    folder = tmp_path_factory.mktemp("course")
    make_nbgrader.main(folder)
    return folder


def mistakes(table) -> dict[str, str]:
    """The cells of the last two exercises with a known mistake, by their ids."""
    found = {}
    for function in list(table.practice.exercises)[-2:]:
        _, *wrong = answers_of(table).WRONG[function][0]
        wrong = wrong[0] if isinstance(wrong[0], str) else wrong
        found[table.practice.exercises[function].cell] = written(table, function, wrong)
    return found


def test_release_has_no_trace_of_a_solution(course):
    for name in PRACTICES:
        text = (course / f"release/{name}/{name}.ipynb").read_text(encoding="utf-8")
        assert "solutions/" not in text and "SOLUTION" not in text
        assert "HIDDEN" not in text and "assert ok_" not in text
        path = ROOT / f"solutions/{name}.ipynb"
        solution, practice = nbformat.read(path, as_version=4), make_practice.text_of(path)
        release = nbformat.reads(text, as_version=4)
        assert not any(cell.get("outputs") for cell in release.cells)
        for cell in solution.cells:
            for secret in BETWEEN.findall(cell.source):
                lines = [line.strip() for line in secret.splitlines() if len(line.strip()) > 30]
                assert not [line for line in lines if line in text and line not in practice]


STUDENTS = ("untouched", "solved", "mistaken")


def answers(table, solved: dict[str, str], student: str) -> dict[str, str]:
    """What a student writes into the cells, by their ids."""
    two = mistakes(table)
    assert len(two) == 2
    return {"untouched": {}, "solved": solved, "mistaken": solved | two}[student]


def hand_in(given: Path, target: Path, answers: dict[str, str]) -> None:
    notebook = nbformat.read(given, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


@pytest.mark.parametrize("name", PRACTICES)
def test_three_submissions_get_their_points(name, course):
    from nbgrader.api import Gradebook

    table = PRACTICES[name]
    source = nbformat.read(course / f"source/{name}/{name}.ipynb", as_version=4)
    solved = {c.id: c.source for c in source.cells if "BEGIN SOLUTION" in c.source}
    for student in STUDENTS:
        hand_in(
            course / f"release/{name}/{name}.ipynb",
            course / "submitted" / student / name / f"{name}.ipynb",
            answers(table, solved, student),
        )
    run_tool(course, "nbgrader", "autograde", name, "--create", "--log-level=ERROR")
    run_tool(course, "nbgrader", "generate_feedback", name, "--log-level=ERROR")
    every, words = len(table.practice.exercises), len(solved) - len(table.practice.exercises)
    expected = {"untouched": 0, "solved": CHECK * every, "mistaken": CHECK * (every - 2)}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        handed_in = book.assignment_submissions(name)
        points = {one.student.id: one.score for one in handed_in}
        assert points == expected
        assert {one.max_score for one in handed_in} == {CHECK * every + WORDS * words}
        waiting = {one.student.id: one.needs_manual_grade for one in handed_in}
        assert waiting["solved"] == (words > 0)
    print(name, points)
    for student in points:
        page = (course / f"feedback/{student}/{name}/{name}.html").read_text(encoding="utf-8")
        assert "Score:" in page


@pytest.mark.parametrize("name", ["01_embedding_layers", "07_nlp_embeddings"])
def test_otter_gives_the_same_points(name, tmp_path):
    pytest.importorskip("otter", reason="make grading installs it")
    table, path = PRACTICES[name], ROOT / f"solutions/{name}.ipynb"
    make_otter.main(tmp_path, [path])
    (autograder,) = (tmp_path / f"dist/{name}/autograder").glob("*.zip")
    given = tmp_path / f"dist/{name}/student/{name}.ipynb"
    assert "SOLUTION" not in given.read_text(encoding="utf-8")
    code, every = make_nbgrader.code_of(path), len(table.practice.exercises)
    solved = {key: text for key, text in code.items() if "BEGIN SOLUTION" in text}
    points = []
    for student in STUDENTS:
        folder = tmp_path / student
        hand_in(given, folder / f"{name}.ipynb", answers(table, solved, student))
        run = ("run", "--no-logo", "-a", str(autograder), "-o", str(folder))
        run_tool(folder, "otter", *run, f"{name}.ipynb")
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))["tests"]
        points.append(sum(one.get("score") or 0 for one in results))
    assert points == [0, CHECK * every, CHECK * (every - 2)]
