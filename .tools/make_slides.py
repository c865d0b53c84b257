"""Turn every lecture into slides that need no network: `make slides`.

slides/index.html lists them. What a browser loads comes from packages of PyPI, installed by `make`
once into a folder of their own, the argument. In the notebooks `cell.metadata.slideshow` says where
a slide begins; how it looks is in slides.css.
"""

import re
import shutil
import sys
from copy import deepcopy
from html import escape
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from nbconvert.filters import markdown2html

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
<body class="{kind}"><h1>{title}</h1>
{body}
"""
INDEX = """<ul>{links}</ul>
<p>Space or → goes on, ← goes back, Esc shows all slides, F fills the screen. For a PDF write
<code>?print-pdf</code> behind <code>.html</code>, and print.</p>
<p>For whoever teaches: <a href="run-sheets.html">the run sheets</a>, to print.</p>
"""


def prepare(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """No badge, which is a picture from the network, and no link that leads out of slides/."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            source = re.sub(r"^\[!\[.*\n+", "", cell.source, flags=re.M)
            source = re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.html)", source)
            cell.source = re.sub(r"\[([^]]*)\]\(\.\./[^)]*\)", r"\1", source)
    notebook.cells = [page for cell in notebook.cells for page in pages(cell)]
    return notebook


def pages(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cell as it is shown: "data" in `cell.metadata.slideshow` may ask for more slides.

    "output": "next" puts what a cell prints on a slide of its own, where a figure has more room;
    "each" gives each figure and each table one. "code": "hide" shows what is printed alone.
    """
    data = cell.metadata.get("slideshow", {}).get("data", {})
    shown = []
    if data.get("output") in ("next", "each"):
        parts = [cell.outputs] if data.output == "next" else [[part] for part in cell.outputs]
        cell.outputs = []
        for k, part in enumerate(parts, start=1):
            shown.append(deepcopy(cell))
            shown[-1].update(id=f"{cell.id}-output-{k}", outputs=part)
            shown[-1].metadata.slideshow.slide_type = "subslide"
    hidden = data.get("code") == "hide"
    if not hidden or not shown:
        shown.insert(0, cell)
    for page in shown if hidden else shown[1:]:
        page.metadata.update(jupyter={"source_hidden": True}, own_slide=True)
    return shown


def html_of(notebook: nbformat.NotebookNode) -> str:
    """The slides of a lecture, as a page that loads from assets/ beside it and nowhere else."""
    hidden = ("exclude_anchor_links", "exclude_input_prompt", "exclude_output_prompt")
    exporter = SlidesExporter(template_file=str(TEMPLATE), **dict.fromkeys(hidden, True))
    exporter.config.CSSHTMLHeaderPreprocessor.style = "default"  # the colours of the code
    resources = {"metadata": {"title": title(notebook)}}
    return exporter.from_notebook_node(prepare(notebook), resources)[0]


def title(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def run_sheets(text: str) -> str:
    """The part of lectures/README.md that is needed in class, each run sheet on its own paper."""
    text = "## When something" + text.split("\n## When something")[1]
    text = re.sub(r"<details><summary>(.+)</summary>", r"## \1", text).replace("</details>", "")
    return PAGE.format(title="Run sheets", kind="sheets", body=markdown2html(text))


def main(packages: Path) -> None:
    """Write the pages, and copy what they load from the folder of the packages."""
    (SLIDES / "assets").mkdir(parents=True, exist_ok=True)
    for path in [STYLE, *(packages / name for name in ASSETS)]:
        shutil.copy(path, SLIDES / "assets")
    links = ""
    for path in sorted((ROOT / "lectures").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        links += f'<li><a href="{path.stem}.html">{escape(title(notebook))}</a></li>\n'
        (SLIDES / f"{path.stem}.html").write_text(html_of(notebook), encoding="utf-8")
    body = INDEX.format(links=links)
    index = PAGE.format(title="Neural Matrix Factorization", kind="index", body=body)
    (SLIDES / "index.html").write_text(index, encoding="utf-8")
    if (teaching := ROOT / "lectures" / "README.md").exists():
        sheets = run_sheets(teaching.read_text(encoding="utf-8"))
        (SLIDES / "run-sheets.html").write_text(sheets, encoding="utf-8")
    print("Open slides/index.html in a browser.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
