"""Turn every lecture into slides that need no network: `make slides`.

slides/index.html lists them. What a browser loads comes from packages of PyPI, installed by `make`
once into a folder of their own, the argument. In the notebooks `cell.metadata.slideshow` says where
a slide begins; how it looks is in slides.css, what is said to it in speaker_notes.py.
"""

import re
import shutil
import sys
from collections.abc import Iterable
from copy import deepcopy
from html import escape
from pathlib import Path

import browser
import nbformat
from nbconvert import SlidesExporter
from nbconvert.filters import markdown2html
from nbformat.v4 import new_markdown_cell, new_notebook
from speaker_notes import run_sheet, shorten

ROOT = Path(__file__).resolve().parents[1]
SLIDES = ROOT / "slides"
STYLE, TEMPLATE = ROOT / ".tools/slides.css", ROOT / ".tools/slides.html.j2"
ASSETS = """
sphinx_revealjs/_static/revealjs/dist/reveal.js
sphinx_revealjs/_static/revealjs/dist/reveal.css
sphinx_revealjs/_static/revealjs/plugin/notes/notes.js
sphinx_revealjs/_static/revealjs/dist/theme/fonts/source-sans-pro/source-sans-pro-regular.woff
sphinx_revealjs/_static/revealjs/dist/theme/fonts/source-sans-pro/source-sans-pro-italic.woff
sphinx_revealjs/_static/revealjs/dist/theme/fonts/source-sans-pro/source-sans-pro-semibold.woff
sphinx-mathjax-offline/static/mathjax/tex-svg.js
sphinx_rtd_theme/static/fonts/Inconsolata-Regular.ttf
sphinx_rtd_theme/static/fonts/Inconsolata-Bold.ttf
""".split()
PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="assets/slides.css">
<script>MathJax = {{ tex: {{ inlineMath: [["$", "$"]] }} }}</script>
<script src="assets/tex-svg.js"></script>
<body class="{kind}"><h1>{title}</h1>
{body}
"""
INDEX = """<ul>{links}</ul>
<p>Space or → goes on, ← goes back, Esc shows all slides, F fills the screen. S opens the
presenter's view: a window with the next slide, the clock, and the run sheet of the section.</p>
<p>For whoever teaches: <a href="run-sheets.html">the run sheets</a>, to print.</p>
"""
IN_CLASS = "03_mf_mean"  # the practice that has a slide, since it is done in class
PDF = "Beside each page there is a PDF of it."
NO_PDF = """PDFs are missing: there is no Chromium (CHROME_PATH=file names one), or it failed. With
?print-pdf behind .html any browser prints a page."""

Notebook = nbformat.NotebookNode
Cells = list[nbformat.NotebookNode]


def prepare(notebook: Notebook, teaching: str) -> Notebook:
    """The cells that are shown, with what a slide says of its section, and the speaker's notes."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            # No badge, which is a picture from the network, and no link that leads out of slides/.
            source = re.sub(r"^\[!\[.*\n+", "", cell.source, flags=re.M)
            source = source.replace(f"../practice/{IN_CLASS}", IN_CLASS)
            source = re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.html)", source)
            cell.source = re.sub(r"\[([^]]*)\]\(\.\./[^)]*\)", r"\1", source)
    sheet, shown, section = run_sheet(teaching, title(notebook).split(" ")[0]), [], ""
    for slide in slides(page for cell in notebook.cells for page in pages(cell)):
        kind, notes = slide[0].metadata.slideshow.slide_type, shorten(slide)
        slide = [cell for cell in slide if cell.cell_type == "code" or cell.source.strip()]
        if not slide:  # there was only fine print
            shown[-1].metadata.notes = "\n\n".join([notes, shown[-1].metadata.notes])
            continue
        slide[0].metadata.slideshow.slide_type = kind
        if slide[0].metadata.get("jupyter"):  # a folded cell: no empty slide before its output
            slide[0].metadata.own_slide = True
        if kind == "slide":
            section = slide[0].source.splitlines()[0]
        else:
            slide[0].metadata.section = section.lstrip("# ")
        row = sheet.get(" ".join(section.split(" ")[:2]), "")
        slide[-1].metadata.notes = "\n\n".join(filter(None, [notes, row]))
        shown += slide
    notebook.cells = shown
    return notebook


def slides(cells: Iterable[nbformat.NotebookNode]) -> list[Cells]:
    """The cells of each slide, without those that are skipped."""
    found = []
    for cell in cells:
        if "slide" in (kind := cell.metadata.slideshow.slide_type):
            found.append([])
        if kind != "skip":
            found[-1].append(cell)
    return found


def pages(cell: nbformat.NotebookNode) -> Cells:
    """The cell as it is shown: "data" in `cell.metadata.slideshow` may ask for more slides.

    "output": "next" puts what a cell prints on a slide of its own, where a figure has more room;
    "each" gives each figure and each table one. "code": "hide" shows what is printed alone, and so
    is a figure that one or two lines call for.
    """
    data = cell.metadata.get("slideshow", {}).get("data", {})
    figure = any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    hidden = "code" in data or ("output" in data and figure and cell.source.count("\n") < 2)
    shown = [] if hidden else [cell]
    if "output" in data and not (hidden and data.output == "next"):
        parts = [cell.outputs] if data.output == "next" else [[part] for part in cell.outputs]
        cell.outputs = []
        for k, part in enumerate(parts, start=1):
            shown.append(deepcopy(cell))
            shown[-1].update(id=f"{cell.id}-output-{k}", outputs=part)
            shown[-1].metadata.slideshow.slide_type = "subslide"
    shown = shown or [cell]
    for page in shown if hidden else shown[1:]:
        page.metadata.update(jupyter={"source_hidden": True}, own_slide=True)
    return shown


def html_of(notebook: Notebook, teaching: str = "") -> str:
    """The slides of a lecture, as a page that loads from assets/ beside it and nowhere else."""
    hidden = ("exclude_anchor_links", "exclude_input_prompt", "exclude_output_prompt")
    exporter = SlidesExporter(template_file=str(TEMPLATE), **dict.fromkeys(hidden, True))
    exporter.config.CSSHTMLHeaderPreprocessor.style = "default"  # the colours of the code
    resources = {"metadata": {"title": title(notebook)}}
    return exporter.from_notebook_node(prepare(notebook, teaching), resources)[0]


def title(notebook: Notebook) -> str:
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def in_class(practice: Notebook, solution: Notebook) -> Notebook:
    """The slide of the in-class practice: formula, network, minutes, and the way to Colab."""
    import segno  # one of the packages beside reveal.js

    first, model = (cell.source for cell in practice.cells if cell.id in ("title", "s1"))
    address = re.search(r"\]\((https://colab[^)]+/github/[^)]+)", first)[1]
    minutes = re.search(r"\*\*Time\*\*.+?(?= · )", first)[0]
    formula = re.search(r"\$\$.+?\$\$", model)[0]
    code = segno.make(address).svg_inline(border=0, omitsize=True)
    says = f"## {title(practice)}\n\n{formula}\n\n{minutes}"
    way = f'<div class="hand-out">{code}<p>{address.replace("/", "/<wbr>")}</p></div>'
    (network,) = (cell for cell in solution.cells if cell.id == "sketch")
    network.metadata.update(own_slide=True)
    cells = [new_markdown_cell(says), network, new_markdown_cell(way)]
    for cell, kind in zip(cells, ("slide", "-", "-"), strict=True):
        cell.metadata.slideshow = {"slide_type": kind}
    return new_notebook(cells=cells)


def run_sheets(text: str) -> str:
    """The part of lectures/README.md that is needed in class, each run sheet on its own paper."""
    text = "## When something" + text.split("\n## When something")[1]
    text = text.replace("\n## Run sheets", "\n### Run sheets")
    text = re.sub(r"<details><summary>(.+)</summary>", r"## \1", text).replace("</details>", "")
    return PAGE.format(title="Run sheets", kind="sheets", body=markdown2html(text))


def main(packages: Path) -> None:
    """Write the pages, and copy what they load from the folder of the packages."""
    (SLIDES / "assets").mkdir(parents=True, exist_ok=True)
    for path in [STYLE, *(packages / name for name in ASSETS)]:
        shutil.copy(path, SLIDES / "assets")
    sys.path.append(str(packages))
    teaching = (ROOT / "lectures/README.md").read_text(encoding="utf-8")
    notebooks = {path.stem: nbformat.read(path, 4) for path in ROOT.glob("lectures/*.ipynb")}
    both = [ROOT / folder / f"{IN_CLASS}.ipynb" for folder in ("practice", "solutions")]
    notebooks[IN_CLASS] = in_class(*(nbformat.read(path, 4) for path in both))
    written = {"run-sheets": run_sheets(teaching)}
    written |= {name: html_of(notebooks[name], teaching) for name in sorted(notebooks)}
    for name, html in written.items():
        (SLIDES / f"{name}.html").write_text(html, encoding="utf-8")
    if chromium := browser.find():
        print("The slides are written; printing them takes a minute.", flush=True)
    pdfs = {n for n in written if chromium and browser.print_pdf(chromium, SLIDES / f"{n}.html")}
    links = ""
    for name, notebook in sorted(notebooks.items()):
        pdf = f' (<a href="{name}.pdf">PDF</a>)' if name in pdfs else ""
        links += f'<li><a href="{name}.html">{escape(title(notebook))}</a>{pdf}</li>\n'
    body = INDEX.format(links=links)
    index = PAGE.format(title="Neural Matrix Factorization", kind="index", body=body)
    (SLIDES / "index.html").write_text(index, encoding="utf-8")
    print("Open slides/index.html in a browser.", NO_PDF if written.keys() - pdfs else PDF)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
