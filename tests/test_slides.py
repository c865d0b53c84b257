"""The lectures as slides: what stands where, and in a browser whether it can be read."""

import os
import re
import sys
from copy import deepcopy
from pathlib import Path

import browser
import make_slides
import nbformat
import pytest
import speaker_notes
from bs4 import BeautifulSoup
from conftest import ROOT, missing

from utils import plotting

LECTURES = sorted(ROOT.glob("lectures/*.ipynb"))
NAMES = sorted([*(path.stem for path in LECTURES), make_slides.IN_CLASS])
TEACHING = (ROOT / "lectures/README.md").read_text(encoding="utf-8")
TYPES = {"slide", "subslide", "fragment", "skip"}
DATA = {"output": {"next", "each"}, "code": {"hide"}}


@pytest.fixture(params=LECTURES, ids=lambda path: path.stem, scope="module")
def lecture(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="module")
def soup(lecture) -> BeautifulSoup:
    return BeautifulSoup(make_slides.html_of(deepcopy(lecture), TEACHING), "html.parser")


def test_every_cell_says_where_it_is_shown(lecture):
    for cell in lecture.cells:
        shown = cell.metadata.slideshow
        assert shown.slide_type in TYPES, cell.id
        heading = cell.cell_type == "markdown" and re.match("##? ", cell.source)
        assert (shown.slide_type == "slide") == bool(heading), cell.id
        for key, value in shown.get("data", {}).items():
            assert value in DATA[key], cell.id
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            assert shown.slide_type == "skip" or cell.outputs, f"{cell.id}: nothing to see"


def test_code_is_not_wrapped(lecture):
    for cell in lecture.cells:
        kind, data = cell.metadata.slideshow.slide_type, cell.metadata.slideshow.get("data", {})
        if cell.cell_type == "code" and kind != "skip" and "code" not in data:
            assert max(map(len, cell.source.splitlines())) <= 100, cell.id


def test_a_question_is_alone_until_the_next_key(soup):
    questions = [tag for tag in soup.select(".jp-MarkdownCell") if "Predict first" in tag.text]
    assert questions
    for question in questions:
        step = question.find_parent(class_=["fragment", "page"])
        for later in question.find_all_next(class_=["jp-Cell", "jp-OutputArea"]):
            assert later.find_parent(class_=["fragment", "page"]) is not step, question.text


def test_nothing_is_loaded_from_the_network(soup):
    assets = {f"assets/{Path(name).name}" for name in [*make_slides.ASSETS, "slides.css"]}
    styles = [tag.text for tag in soup.select("style")] + [make_slides.STYLE.read_text()]
    inside = re.findall(r"(?:url\(|@import)\s*['\"]?([^)'\"]+)", "\n".join(styles))
    loaded = [tag.get("src") or tag["href"] for tag in soup.select("[src], link[href]")]
    for address in loaded + [f"assets/{path}" for path in inside]:
        assert address in assets or address.startswith("data:"), address
    pages = {f"{name}.html" for name in NAMES}
    assert all(tag["href"] in pages or "://" in tag["href"] for tag in soup.select("a[href]"))
    assert all(len(figure["alt"]) > 30 for figure in soup.select("img"))


def test_each_slide_has_a_title_and_the_run_sheet_of_its_section_in_the_notes(lecture, soup):
    sheet = speaker_notes.run_sheet(TEACHING, make_slides.title(lecture).split(" ")[0])
    rows = iter(sheet.values())
    about_all, row = next(rows), None
    for slide in soup.select("section:has(> .page)"):
        heading = slide.select_one("h1, h2, .section")
        notes = slide.select_one("aside.notes")
        if heading.name == "h2":
            row = next(rows, None)
        said = about_all if heading.name == "h1" else row
        if said:
            text = BeautifulSoup(make_slides.markdown2html(said), "html.parser").text
            assert " ".join(text.split()) in " ".join(notes.text.split()), heading.text
    assert row is None, "the summary has no row, all others are there"


def test_what_is_too_long_goes_to_the_notes_and_no_sentence_is_cut():
    words = " ".join(["word"] * 30)
    question = f"**Predict first** Which {words}? Or *Dr. No*?"
    cells = [f"## A title\n\nFirst {words}. Then $a$ more {words}. **Last**.", question]
    cells += ["*Fine print* Small. Print.", f"- One {words} A. B. C."]
    slide = [nbformat.v4.new_markdown_cell(text) for text in cells]
    notes = speaker_notes.shorten(slide).split("\n\n")
    assert slide[1].source == question and slide[2].source == ""
    assert slide[0].source.startswith("## A title") and "*Fine print* Small. Print." in notes
    assert sum(speaker_notes.words(cell.source) for cell in slide) <= 60
    assert f"Then $a$ more {words}." in notes and f"- One {words} A. B. C." in notes
    sentences = ["**So?** Yes.", "By B. Dai\n(it is. So) now.", "2 of *A. So* it"]
    assert speaker_notes.sentences(" ".join(sentences)) == sentences


def test_a_short_call_of_a_figure_is_not_shown_but_the_figure():
    figure = nbformat.v4.new_output("display_data", {"image/png": "", "text/plain": ""})
    for lines, source_hidden in ((2, [True]), (3, [False, True])):
        cell = nbformat.v4.new_code_cell("\n".join("abc"[:lines]), outputs=[figure])
        cell.metadata.slideshow = {"slide_type": "subslide", "data": {"output": "next"}}
        shown = make_slides.pages(nbformat.from_dict(cell))
        assert [bool(page.metadata.get("jupyter")) for page in shown] == source_hidden
        assert shown[-1].outputs == [figure]


def test_without_a_browser_there_is_no_pdf_and_no_error(tmp_path):
    page = tmp_path / "page.html"
    page.with_suffix(".pdf").write_text("an old one")
    assert not browser.print_pdf(str(tmp_path / "nothing"), page)
    assert not page.with_suffix(".pdf").exists()


def test_run_sheets_to_print_are_on_pages_of_their_own():
    page = "# Teaching\n\nno\n\n## When something goes wrong\n\n| a | b |\n|---|---|\n| c | d |\n"
    page += "\n<details><summary>Run sheet of lecture 1</summary>\n\nask\n\n</details>\n"
    sheets = BeautifulSoup(make_slides.run_sheets(page), "html.parser")
    headings = [tag.text.rstrip("¶") for tag in sheets.select("h2")]
    assert headings == ["When something goes wrong", "Run sheet of lecture 1"]
    assert sheets.select("table") and "ask" in sheets.text
    assert "Teaching" not in sheets.text and not sheets.select("details")


SMALLEST = 11 / 72 * plotting.DPI  # pixels of a figure: the smallest letters that plotting writes

# What a browser shows, when all of a slide is shown. Lengths are in pixels of 1280 x 720.
LOOK = """() => {
  const page = Reveal.getCurrentSlide().querySelector('.page');
  const all = [...page.querySelectorAll('*')].filter(e => !e.closest('mjx-container'));
  const boxes = all.filter(e => e.matches('p, li, pre, td, th, h1, h2, h3'))
    .map(e => e.getBoundingClientRect());
  const prose = [...page.querySelectorAll('p, li:not(:has(p))')]
    .filter(e => !e.closest('.section, td')).map(e => e.cloneNode(true));
  prose.forEach(e => e.querySelectorAll('mjx-container').forEach(formula => formula.remove()));
  const own = e => [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data).join('').trim();
  const texts = all.filter(own);
  return {
    words: prose.flatMap(e => e.textContent.match(/\\S*[\\p{L}\\p{N}]\\S*/gu) || []).length,
    says: page.innerText.slice(0, 60), height: page.getBoundingClientRect().height,
    low: Math.max(0, ...boxes.map(b => b.bottom)), right: Math.max(0, ...boxes.map(b => b.right)),
    scrolls: page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth,
    font: Math.min(99, ...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
    raw: texts.filter(e => own(e).includes('$') && !e.closest('pre, code')).map(own),
    wrong: page.querySelectorAll('mjx-merror, mtext[mathcolor=red]').length,
    images: [...page.querySelectorAll('img')].map(i => {
      const scale = Math.min(i.clientWidth / i.naturalWidth, i.clientHeight / i.naturalHeight);
      return { scale, width: i.naturalWidth * scale, alt: i.alt };
    }),
  };
}"""


@pytest.fixture(scope="module")
def built() -> Path:
    packages = Path(sys.prefix) / "slides"  # make slides
    if not (packages / "segno").is_dir():
        missing(f"no packages in {packages}: make slides")
    make_slides.main(packages)
    return make_slides.SLIDES


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_slides_can_be_read_without_a_network(name, built, chromium, tmp_path):
    pictures = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((built / f"{name}.html").as_uri())
    page.wait_for_function("Reveal.isReady() && MathJax.startup.promise.then(() => true)")
    page.evaluate("document.fonts.ready.then(() => 0)")
    fonts = page.evaluate("[...document.fonts].map(font => font.status)")
    assert fonts.count("loaded") >= 3 and "error" not in fonts
    assert page.locator("mjx-container").count() >= 1
    number = page.evaluate("Reveal.getTotalSlides()")
    for k in range(1, number + 1):
        while page.evaluate("Reveal.availableFragments().next"):
            page.keyboard.press("ArrowRight")
        seen = page.evaluate(LOOK)
        page.screenshot(path=pictures / f"slides-{name}-{k:02}.png")
        assert seen["height"] == 720, seen
        assert seen["low"] <= 682 and seen["right"] <= 1226 and not seen["scrolls"], seen
        assert seen["font"] >= 20 and not seen["raw"] and not seen["wrong"], seen
        for image in seen["images"]:
            least = 14.4 if image["width"] >= 1200 else 18  # a wide network has no more room
            assert image["scale"] * SMALLEST >= least, seen
        assert seen["words"] <= speaker_notes.WORDS, seen
        assert seen["says"].strip() or seen["images"], f"slide {k} is empty"
        page.keyboard.press("ArrowRight")
    assert number > 20 or name == make_slides.IN_CLASS
    assert k == number and page.evaluate("Reveal.isLastSlide()")
    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in asked), asked
    page.close()


@pytest.mark.browser
def test_the_presenters_view_shows_the_run_sheet_from_a_file(built, chromium):
    page = chromium.new_page()
    page.goto((built / "02_mf_as_a_network.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    page.keyboard.press("ArrowRight")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    notes = popup.value.locator(".speaker-controls-notes")
    notes.get_by_text("Which pair gets the highest prediction").wait_for()
    assert "With two thirds of the time" in notes.inner_text()
    assert popup.value.locator("iframe").count() == 2, "this slide and the next"
    popup.value.close(), page.close()


@pytest.mark.browser
def test_a_pdf_has_a_page_for_each_slide_and_a_run_sheet_is_one_page(built):
    for name in [*NAMES, "run-sheets"]:
        pdf = (built / f"{name}.pdf").read_bytes()
        number = len(re.findall(rb"/Type /Page\b", pdf))
        page = BeautifulSoup((built / f"{name}.html").read_text("utf-8"), "html.parser")
        assert number == len(page.select(".page") or [*LECTURES, "the table of troubles"]), name
        assert b"SourceSansPro" in pdf and pdf.count(b"/Subtype /Image") >= len(page.select("img"))
