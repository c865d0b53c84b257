"""What a student sees: JupyterLab in a browser, a lecture that runs and a practice that answers.

Everything is done as a user does it, with menus and keys, and judged by what stands on the page.
`make browser` runs it, and fails where it cannot; plain pytest skips. CHROME_PATH names a browser
that is not found by itself. The screenshots go to the folder in COURSE_SCREENSHOTS, if it is set.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from test_make import lab

pytestmark = pytest.mark.browser

SETTINGS = {
    # By default only the cells near the visible part are on the page. With "none" all of them are,
    # so that they can be counted, and found by their place in the notebook.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
OUTPUT = ".jp-OutputArea-output"
COMPLAINT = "[data-mime-type$='.error'], [data-mime-type$='.stderr']"


@pytest.fixture(scope="module")
def opened(chromium, tmp_path_factory) -> Iterator[Callable]:
    """A function that opens a notebook in JupyterLab, as `make lab` starts it on a copy."""
    folder = tmp_path_factory.mktemp("course")
    pictures = Path(os.environ.get("COURSE_SCREENSHOTS") or folder)
    ignore = shutil.ignore_patterns(".[!t]*", "__pycache__", "slides", "site", "live", "tests")
    shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)
    for name, values in SETTINGS.items():
        file = folder / "CONFIG/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(values))
    with lab(folder) as (_, address):
        yield lambda path: Notebook(chromium.new_page(), address, folder / path, pictures)


class Notebook:
    """A notebook that is open in JupyterLab, and what a user does with it."""

    def __init__(self, page, address: str, path: Path, pictures: Path) -> None:
        self.page = page
        self.picture = str(pictures / f"{path.parent.name}-{path.stem}-{{}}.png")
        self.cells = nbformat.read(path, as_version=4).cells
        self.ids = [cell.id for cell in self.cells]
        # Not the circle at the top right: it says idle even before there is a kernel.
        self.idle = page.locator("#jp-main-statusbar", has_text="| Idle")
        page.set_default_timeout(60_000)
        page.set_viewport_size({"width": 1400, "height": 1000})
        # "reset", or JupyterLab opens what the test before has opened as well.
        url, token = address.split("lectures/")[0], address.split("token=")[1]
        page.goto(f"{url}{path.parent.name}/{path.name}?reset&token={token}")
        self.cell(self.ids[-1]).wait_for()
        self.idle.wait_for()

    def menu(self, name: str, entry: str) -> None:
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text(name, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()

    def cell(self, cell_id: str):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.ids.index(cell_id))

    def said(self, cell_id: str) -> str:
        return self.cell(cell_id).locator(OUTPUT).inner_text()

    def counts(self) -> list[int]:
        """The numbers beside the code cells, 0 where there is none yet; none of folded cells."""
        prompts = self.page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts()
        return [int("0" + prompt.strip("[*]: ")) for prompt in prompts]

    def run_all(self, seconds: int = 300) -> None:
        before, end = max(self.counts()), time.monotonic() + seconds
        self.menu("Run", "Run All Cells")
        while min(self.counts()) <= before:
            assert self.page.locator(COMPLAINT).all_inner_texts() == []
            assert time.monotonic() < end, f"not all cells have run: {self.counts()}"
            self.page.wait_for_timeout(300)
        self.idle.wait_for()

    def run(self, *cell_ids: str) -> None:
        """Shift+Enter, which goes to the next cell, for these cells one below the other."""
        for cell_id in cell_ids:
            number = max(self.counts()) + 1
            self.page.keyboard.press("Shift+Enter")
            self.cell(cell_id).get_by_text(f"[{number}]:", exact=True).wait_for()

    def take(self, name: str) -> None:
        self.page.screenshot(path=self.picture.format(name))

    def take_pages(self) -> None:
        panel = self.page.locator(".jp-WindowedPanel-outer")
        for k in range(panel.evaluate("e => Math.ceil(e.scrollHeight / e.clientHeight)")):
            panel.evaluate("(e, k) => { e.scrollTop = k * e.clientHeight }", k)
            self.take(f"{k:02d}")

    def looks_right(self) -> None:
        """No error, no warning, nothing cut off on the right, every formula is set."""
        assert self.page.locator(COMPLAINT).all_inner_texts() == []
        wide = "es => es.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
        assert self.page.locator(f"{OUTPUT}, .jp-RenderedMarkdown").evaluate_all(wide) == []
        prose = "\n\n".join(c.source for c in self.cells if c.cell_type == "markdown")
        formulas = re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", prose, re.S)
        assert self.page.locator("mjx-container").count() == len(formulas) > 0
        wrong = self.page.locator("mjx-merror, mtext[mathcolor=red]")  # red: an unknown command
        assert wrong.all_inner_texts() == []
        assert self.page.locator(".jp-RenderedMarkdown", has_text="$").all_inner_texts() == []


def test_a_lecture_runs(opened):
    lecture = opened("lectures/01_embedding_layers.ipynb")
    assert lecture.cell("setup").inner_text().startswith("# @title Setup: run me first.")
    assert lecture.cell("setup").locator(".cm-line").count() == 0, "only the title is seen"
    images = lecture.page.locator(f"{OUTPUT} img")
    outputs = [output for cell in lecture.cells for output in cell.get("outputs", [])]
    lecture.menu("Edit", "Clear Outputs of All Cells")
    assert images.count() == max(lecture.counts()) == 0, "what is seen from here on is new"
    lecture.run_all()
    number = sum(cell.cell_type == "code" for cell in lecture.cells)
    tooltip = lecture.page.locator(".jp-Notebook-ExecutionIndicator-tooltip")
    tooltip.get_by_text(f"Executed {number} cells").wait_for(state="attached")
    assert images.count() == sum("image/png" in o.get("data", {}) for o in outputs) > 0
    lecture.looks_right()
    lecture.take_pages()


def test_a_practice_answers(opened):
    practice = opened("practice/01_embedding_layers.ipynb")
    practice.run_all()
    practice.looks_right()
    checks = [cell_id for cell_id in practice.ids if cell_id.startswith("check-")]
    assert [practice.said(check)[0] for check in checks] == ["⏳"] * len(checks)

    practice.cell("ex-vectors").get_by_text("raise NotImplementedError()").click()
    practice.page.keyboard.press("Home")
    practice.page.keyboard.press("Shift+End")
    practice.page.keyboard.type("return np.stack([W[ids].mean(axis=0) for ids in genre_ids])")
    practice.run("ex-vectors", "check-vectors")
    practice.take("wrong")
    said = practice.said("check-vectors")
    assert said.startswith("❌") and len(said) > 40, "with a hint"

    solutions = nbformat.read(ROOT / "solutions/01_embedding_layers.ipynb", as_version=4).cells
    right = next(cell.source for cell in solutions if cell.id == "ex-vectors")
    for name in ("right", "right-again"):
        practice.cell("ex-vectors").locator(".cm-content").click()
        practice.page.keyboard.press("ControlOrMeta+A")
        practice.page.keyboard.insert_text(right)  # as if pasted: nothing is indented once more
        practice.run("ex-vectors", "check-vectors")
        practice.take(name)
        assert practice.said("check-vectors").startswith("✅")

    practice.run_all()
    practice.looks_right()
    assert practice.said("summary").startswith(f"1 of {len(checks)} done")
    practice.take_pages()
