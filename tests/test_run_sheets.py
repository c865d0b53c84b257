"""The run sheets in lectures/README.md, beside the lectures that they are about."""

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


def sheets() -> dict[int, re.Match]:
    page = (ROOT / "lectures" / "README.md").read_text(encoding="utf-8")
    return {int(sheet[1]): sheet for sheet in SHEET.finditer(page.split("\n## Run sheets\n")[1])}


@pytest.fixture(params=LECTURES, ids=lambda path: path.stem)
def lecture(request: pytest.FixtureRequest) -> tuple[str, list, re.Match, list]:
    """The first cell, the sections (number, heading, text), the run sheet, and its rows."""
    cells = nbformat.read(request.param, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    parts = re.split(r"^## (\d+) (.+)$", prose, flags=re.M)[1:]
    sections = [(int(n), *rest) for n, *rest in zip(*[iter(parts)] * 3, strict=True)]
    sheet = sheets()[int(request.param.stem[:2])]
    return cells[0].source, sections, sheet, ROW.findall(sheet[4])


def test_each_lecture_has_one_run_sheet_and_they_are_in_order():
    assert list(sheets()) == [int(path.stem[:2]) for path in LECTURES]


def test_rows_name_the_sections_and_their_minutes_add_up(lecture):
    first, sections, sheet, rows = lecture
    assert len(rows) == len(re.findall(r"^\|", sheet[4], re.M)) - 2, "a row of another form"
    for (number, name, *_), (section, heading, _) in zip(rows, sections, strict=True):
        assert int(number) == section and name.casefold() in heading.casefold()
    planned = int(re.search(r"\*\*Time\*\* (\d+) minutes", first)[1])
    assert int(sheet[3]) == planned == sum(int(minutes) for _, _, minutes, *_ in rows)


def test_no_question_of_the_notebook_is_left_out_and_each_has_an_answer(lecture):
    _, sections, _, rows = lecture
    for (number, _, _, asked, needed), (*_, text) in zip(rows, sections, strict=True):
        assert asked.count(" → ") >= text.count("**Predict first**"), f"section {number}"
        assert asked == "–" or re.match(r"[^→]+\? → ", asked), f"section {number}"
        assert all(int(n) < int(number) for n in re.findall(r"\d+", needed)), "only what is before"


def test_the_rest_of_the_sheet_is_there_and_names_sections_that_are(lecture):
    _, sections, sheet, _ = lecture
    rest = (
        r"\n\*\*With two thirds of the time\*\* .+\n\*\*Traps\*\* .+\n\*\*Students ask\*\*\n\n(.+)"
    )
    entries = re.split(r"\n(?=- )", re.search(rest, sheet[4], re.S)[1])
    assert 4 <= len(entries) <= 7
    for entry in entries:
        assert re.fullmatch(r"- \*\*.+\?\*\* (\S+ ){7,}\S+[.)]", " ".join(entry.split())), entry
    here = re.sub(r"[Ll]ecture \d, section \d+", "", sheet[4])
    for named in re.findall(r"\bsections? (\d+(?:(?:, | and | to )\d+)*)", here):
        assert {int(n) for n in re.findall(r"\d+", named)} <= {n for n, *_ in sections}, named
