"""Turn the course into web pages that need no other server: `make site` writes site/.

It holds the lectures, the practices, the pages on taking and on teaching the course, the slides
(whose MathJax the pages use, too), and an index from the README and the notebooks' first cells.
Solutions have no page: nobody should come upon them. Frame and look: site.html.j2, site.css.
"""

import re
import shutil
from pathlib import Path
from posixpath import join, normpath

import nbformat
from nbconvert import HTMLExporter

ROOT = Path(__file__).resolve().parents[1]
SITE, TEMPLATE = ROOT / "site", ROOT / ".tools/site.html.j2"
ADDRESS = re.search(r"^ADDRESS := (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
KINDS = ("lectures/*.ipynb", "practice/*.ipynb", "lectures/README.md", "practice/README.md")
NAMES = [path.relative_to(ROOT).as_posix() for kind in KINDS for path in sorted(ROOT.glob(kind))]
INDEX = """{about}

## The notebooks

Read the lectures here, with all outputs. Or run them in Colab, where nothing has to be installed.

| | lecture | practice |
|---|---|---|
{rows}

## Where to go on

- **You take the course**: [where the notebooks run, and how the checks work](practice/README.md).
- **You teach it**: [preparing, teaching live, a run sheet for each lecture](lectures/README.md),
  and [all slides](slides/index.html).
- **You want to run or to change it**: [the course on GitHub](https://github.com/{address}).
"""


def target(link: str, folder: str) -> str:
    """Where a link in a file of this folder leads: to a page of the site, or to GitHub."""
    if re.match(r"\w+:|#|slides/|results\.png", link):
        return link
    path, hash_sign, anchor = link.partition("#")
    name = normpath(join(folder, path))
    if name not in NAMES:
        return f"https://github.com/{ADDRESS}/blob/main/{name}{hash_sign}{anchor}"
    return re.sub(r"\.(ipynb|md)(?=#|$)", ".html", link)


def rewrite(source: str, name: str) -> str:
    """Markdown with links of the site, words for a badge (a picture of another server), and the
    comma or full stop behind a formula on the formula's line."""
    folder, stem = Path(name).parent.as_posix(), Path(name).stem
    slides = f" · [Slides](../slides/{stem}.html)" if folder == "lectures" else ""
    source = re.sub(r"\[!\[(.+?)\]\(\S+?\)\](\(\S+?\))", rf"[\1]\2{slides}", source)
    source = re.sub(r"(\$[^$\n]+\$[.,:;?)]+)", r'<span class="together">\1</span>', source)
    return re.sub(r"(?<=\]\()[^)\s]+(?=\))", lambda link: target(link[0], folder), source)


def html_of(text: str, name: str) -> str:
    """The page of a notebook or, as a notebook of one cell, of Markdown, by its text and its name.

    Links of the source start from its name in the repository.
    """
    if name.endswith(".ipynb"):
        notebook = nbformat.reads(text, as_version=4)
    else:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = rewrite(cell.source, name)
    exporter = HTMLExporter(template_name="basic", template_file=str(TEMPLATE))
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.config.CSSHTMLHeaderPreprocessor.style = "default"  # the colours of the code
    title = re.sub(r"[$\\]", "", notebook.cells[0].source.splitlines()[0].removeprefix("# "))
    resources = {"metadata": {"title": title}, "root": "../" if "/" in name else ""}
    page = exporter.from_notebook_node(notebook, resources)[0]
    anchors = r'(<h\d id="|class="anchor-link" href="#)[^"]+'
    return re.sub(anchors, lambda tag: tag[0].lower(), page)  # as on GitHub


def entry(name: str) -> str:
    """A notebook in the index, if it is there: its title, its minutes, where else to find it."""
    if name not in NAMES:
        return "*(done in class)*"  # the third lecture is a practice
    first = nbformat.read(ROOT / name, as_version=4).cells[0].source
    title = re.search(r"^# \d+ · (.+)", first)[1]
    minutes = re.search(r"\*\*Time\*\* (\d+) minutes", first)[1]
    colab = re.search(r"https://colab[^\s)]+\.ipynb", first)[0]
    slides = f"[slides](slides/{Path(name).stem}.html) · " if name.startswith("lectures") else ""
    return f"[{title}]({name})<br>{minutes} minutes · {slides}[Colab]({colab})"


def index() -> str:
    """What the README says before its first section, and a table of the notebooks."""
    about = (ROOT / "README.md").read_text("utf-8").split("\n## ")[0].replace(".github/", "")
    rows = ""
    for file in sorted({Path(name).name for name in NAMES if name.endswith(".ipynb")}):
        rows += f"| {int(file[:2])} | {entry(f'lectures/{file}')} | {entry(f'practice/{file}')} |\n"
    return INDEX.format(about=about, rows=rows, address=ADDRESS)


def main() -> None:
    """Write the pages beside a copy of slides/, which `make slides` writes."""
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(ROOT / "slides", SITE / "slides")
    for file in (".tools/site.css", ".github/results.png"):
        shutil.copy(ROOT / file, SITE)
    for name in NAMES:
        page = (SITE / name).with_suffix(".html")
        page.parent.mkdir(exist_ok=True)
        page.write_text(html_of((ROOT / name).read_text("utf-8"), name), encoding="utf-8")
    (SITE / "index.html").write_text(html_of(index(), "README.md"), encoding="utf-8")
    print("Open site/index.html in a browser.")


if __name__ == "__main__":
    main()
