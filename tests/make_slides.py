"""Turn every lecture into slides that need no network: `make slides`.

slides/index.html lists them. What a browser loads (reveal.js, MathJax, the font of the code) comes
once from the npm registry into slides/assets, so no Node is needed. In the notebooks
`cell.metadata.slideshow` says where a slide begins; how it looks is in slides.css.
"""

import re
import shutil
import sys
import tarfile
from copy import deepcopy
from html import escape
from pathlib import Path

import nbformat
import pooch
from nbconvert import SlidesExporter
from nbconvert.filters import markdown2html

ROOT = Path(__file__).resolve().parents[1]
SLIDES = ROOT / "slides"
STYLE, TEMPLATE = (ROOT / "tests" / name for name in ("slides.css", "slides.html.j2"))
FONTS = "dist/theme/fonts/source-sans-pro/source-sans-pro-"

# The folder in slides/assets, the address in the registry, its SHA-256, and what is taken out.
PACKAGES = [
    (
        "reveal.js",
        "reveal.js/-/reveal.js-5.2.1.tgz",
        "359b575dd51bbda32f89b2fd4c7dc46ad7389a805572158916c29252f7a27333",
        ["LICENSE", "dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js"]
        + [f"{FONTS}{style}.woff" for style in ("regular", "italic", "semibold")]
        + ["dist/theme/fonts/source-sans-pro/LICENSE"],
    ),
    (
        "mathjax",
        "mathjax/-/mathjax-3.2.2.tgz",
        "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
        ["LICENSE", "es5/tex-svg.js"],
    ),
    (
        "inconsolata",
        "@fontsource/inconsolata/-/inconsolata-5.3.0.tgz",
        "d34e446cb20ca819c3bc2795ff7dd1f071a4a7a6f8a38518af3b47144b5e06d9",
        ["LICENSE"] + [f"files/inconsolata-latin-{weight}-normal.woff2" for weight in (400, 700)],
    ),
]
REGISTRY = "https://registry.npmjs.org"


def fetch_assets(assets: Path, registry: str = REGISTRY) -> None:
    """Put the files of all packages into `assets`, unless the same versions are there already.

    Raises:
        RuntimeError: a package is neither here nor to be had, or is not what it should be.
    """
    stamp, pins = assets / "packages.txt", "\n".join(address for _, address, _, _ in PACKAGES)
    wanted = [assets / folder / name for folder, _, _, names in PACKAGES for name in names]
    if stamp.is_file() and stamp.read_text() == pins and all(path.is_file() for path in wanted):
        return
    stamp.unlink(missing_ok=True)
    for folder, address, sha256, names in PACKAGES:
        archive = assets / Path(address).name
        try:
            print(f"slides/assets: {folder} from {registry}/{address}")
            pooch.retrieve(f"{registry}/{address}", f"sha256:{sha256}", archive.name, assets)
            with tarfile.open(archive) as package:
                for name in names:  # these and no others, under names that are ours
                    target = assets / folder / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(package.extractfile(f"package/{name}").read())
        except (OSError, ValueError, KeyError, tarfile.TarError) as error:
            raise RuntimeError(
                f"The slides need {archive.name} (SHA-256 {sha256}).\n"
                f"It is not in {assets}, and {registry}/{address} did not give it: {error}\n"
                "Run `make slides` once with a network; after that none is needed. Or fetch the "
                f"file on another machine, put it into {assets}, and run `make slides` again."
            ) from error
        archive.unlink()
    stamp.write_text(pins)  # last: an interrupted run is repeated


def prepare(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """No badge, which is a picture from the network, and no link that leads out of slides/."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            source = re.sub(r"^\[!\[.*\n+", "", cell.source, flags=re.M)
            source = re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.html)", source)
            cell.source = re.sub(r"\[([^]]*)\]\(\.\./[^)]*\)", r"\1", source)
    notebook.cells = spread(notebook.cells)
    return notebook


def spread(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The cells as they are shown: "data" in `cell.metadata.slideshow` may ask for more slides.

    "output": "next" puts what a cell prints on a slide of its own, where a figure has more room;
    "each" gives each figure and each table one. "code": "hide" shows what is printed alone.
    """
    shown = []
    for cell in cells:
        data = cell.metadata.get("slideshow", {}).get("data", {})
        pages = [cell]
        if data.get("output") in ("next", "each"):
            parts = [cell.outputs] if data.output == "next" else [[part] for part in cell.outputs]
            cell.outputs = []
            for k, part in enumerate(parts, start=1):
                pages.append(deepcopy(cell))
                pages[-1].update(id=f"{cell.id}-output-{k}", outputs=part)
                pages[-1].metadata.slideshow.slide_type = "subslide"
            if data.get("code") == "hide":
                pages = pages[1:]
        for page in pages if data.get("code") == "hide" else pages[1:]:
            page.metadata.update(jupyter={"source_hidden": True}, own_slide=True)
        shown += pages
    return shown


def title_of(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def html_of(notebook: nbformat.NotebookNode) -> str:
    """The slides of a lecture, as a page that loads from assets/ beside it and nowhere else."""
    exporter = SlidesExporter(
        template_file=str(TEMPLATE),
        reveal_url_prefix="assets/reveal.js",
        reveal_width="1280",
        reveal_height="720",
        reveal_number="c/t",
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.config.CSSHTMLHeaderPreprocessor.style = "default"  # the colours of the code
    resources = {"metadata": {"title": title_of(notebook)}}
    return exporter.from_notebook_node(prepare(notebook), resources)[0]


def page(title: str, body: str, kind: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<link rel="stylesheet" href="assets/slides.css">\n<body class="{kind}">\n{body}\n'
    )


def index_of(titles: dict[str, str]) -> str:
    links = [f'<li><a href="{name}">{escape(text)}</a></li>' for name, text in titles.items()]
    items = "\n".join(links)
    return page(
        "Slides",
        f"<h1>Neural Matrix Factorization</h1>\n<ul>\n{items}\n</ul>\n"
        "<p>Space or → goes on, ← goes back, Esc shows all slides, F fills the screen. "
        "For a PDF write <code>?print-pdf</code> behind <code>.html</code>, and print.</p>\n"
        '<p>For whoever teaches: <a href="run-sheets.html">the run sheets</a>, to print.</p>',
        "index",
    )


def run_sheets(readme: str) -> str:
    """The part of the README that is needed in class, each run sheet on paper of its own."""
    text = readme.split("\n### When something goes wrong\n")[1].split("\n## ")[0]
    text = re.sub(r"<details><summary>(.+)</summary>", r"## \1", text).replace("</details>", "")
    body = f"<h1>Run sheets</h1>\n{markdown2html('## When something goes wrong' + text)}"
    return page("Run sheets", body, "sheets")


def main() -> None:
    fetch_assets(SLIDES / "assets")
    shutil.copy(STYLE, SLIDES / "assets")
    titles = {}
    for path in sorted((ROOT / "lectures").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        target = SLIDES / f"{path.stem}.html"
        titles[target.name] = title_of(notebook)
        target.write_text(html_of(notebook), encoding="utf-8")
        print(target.relative_to(ROOT))
    (SLIDES / "index.html").write_text(index_of(titles), encoding="utf-8")
    sheets = run_sheets((ROOT / "README.md").read_text(encoding="utf-8"))
    (SLIDES / "run-sheets.html").write_text(sheets, encoding="utf-8")
    print("Open slides/index.html in a browser.")


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(str(error))
