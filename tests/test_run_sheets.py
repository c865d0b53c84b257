"""The run sheets in README, "For instructors", beside the lectures that they are about."""

import re

import nbformat
import pytest
from conftest import ROOT

LECTURES = sorted(ROOT.glob("lectures/*.ipynb"))
SHEET = re.compile(
    r"^<details><summary>Run sheet of lecture (\d+) · (.+?), (\d+) minutes</summary>\n"
    r"\n(.+?)\n\n</details>$",  # without the blank line GitHub would show the Markdown as it stands
    re.M | re.S,
)
ROW = re.compile(r"^\| (\d+) ([^|]+) \| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.M)
NOTHING = "–"


def sheets() -> dict[int, re.Match]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    instructors = readme.split("\n## For instructors\n")[1].split("\n## ")[0]
    return {int(sheet[1]): sheet for sheet in SHEET.finditer(instructors)}


@pytest.fixture(params=LECTURES, ids=lambda path: path.stem)
def lecture(request: pytest.FixtureRequest) -> tuple[str, list[tuple[int, str, str]], re.Match]:
    """The first cell, the sections (number, heading, text), and the run sheet."""
    cells = nbformat.read(request.param, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    parts = re.split(r"^## (\d+) (.+)$", prose, flags=re.M)[1:]
    sections = [(int(n), *rest) for n, *rest in zip(*[iter(parts)] * 3, strict=True)]
    return cells[0].source, sections, sheets()[int(request.param.stem[:2])]


def test_each_lecture_has_one_run_sheet_and_they_are_in_order():
    assert list(sheets()) == [int(path.stem[:2]) for path in LECTURES]


def test_rows_name_the_sections_in_order(lecture):
    _, sections, sheet = lecture
    rows = ROW.findall(sheet[4])
    assert len(rows) == len(re.findall(r"^\|", sheet[4], re.M)) - 2, "a row of another form"
    assert [int(number) for number, *_ in rows] == [number for number, *_ in sections]
    for (_, name, *_), (_, heading, _) in zip(rows, sections, strict=True):
        assert name.casefold() in heading.casefold()


def test_minutes_add_up_to_the_time_on_the_first_cell(lecture):
    first, _, sheet = lecture
    planned = int(re.search(r"\*\*Time\*\* (\d+) minutes", first)[1])
    assert int(sheet[3]) == planned
    assert sum(int(minutes) for _, _, minutes, *_ in ROW.findall(sheet[4])) == planned


def test_no_question_of_the_notebook_is_left_out_and_each_has_an_answer(lecture):
    _, sections, sheet = lecture
    for (number, _, _, asked, needed), (_, _, text) in zip(
        ROW.findall(sheet[4]), sections, strict=True
    ):
        answers = asked.count(" → ")
        assert answers >= text.count("**Predict first**"), f"section {number}"
        assert asked == NOTHING or answers, f"section {number}"
        assert re.match(r"[^→]+\? → ", asked) or asked == NOTHING, f"section {number}"
        assert all(int(n) < int(number) for n in re.findall(r"\d+", needed)), "only what is before"


def test_students_questions_have_answers(lecture):
    *_, sheet = lecture
    assert "\n**With two thirds of the time** " in sheet[4]
    assert "\n**Traps** " in sheet[4]
    asked = sheet[4].split("\n**Students ask**\n\n")[1]
    entries = re.split(r"\n(?=- )", asked)
    assert 4 <= len(entries) <= 7
    for entry in entries:
        question, answer = re.fullmatch(r"- \*\*(.+?)\*\* (.+)", " ".join(entry.split())).groups()
        assert question.endswith("?")
        assert len(answer.split()) >= 8 and answer.endswith((".", ")"))


def test_sections_that_an_answer_names_are_there(lecture):
    *_, sections, sheet = lecture
    numbers = {number for number, *_ in sections}
    here = re.sub(r"[Ll]ecture \d, section \d+", "", sheet[4])
    for named in re.findall(r"\bsections? (\d+(?:(?:, | and | to )\d+)*)", here):
        assert {int(number) for number in re.findall(r"\d+", named)} <= numbers, named
