"""The course as web pages: where links lead, and in a browser whether all of it can be read."""

import functools
import os
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import make_site
import pytest
from bs4 import BeautifulSoup
from conftest import ADDRESS, ROOT, missing
from test_make import make

BLOB = f"https://github.com/{ADDRESS}/blob/main"
LINKS = [  # in a file of which folder, to what; where it leads on the site
    ("lectures", "02_mf_as_a_network.ipynb", "02_mf_as_a_network.html"),
    ("lectures", "../practice/03_mf_mean.ipynb", "../practice/03_mf_mean.html"),
    ("lectures", "../practice/README.md#words", "../practice/README.html#words"),
    ("lectures", "https://example.org/a.ipynb", "https://example.org/a.ipynb"),
    ("practice", "../solutions/03_mf_mean.ipynb", f"{BLOB}/solutions/03_mf_mean.ipynb"),
    (".", "lectures/06_ncf3_neural.ipynb", "lectures/06_ncf3_neural.html"),
    ("lectures", "../utils/README.md#words", f"{BLOB}/utils/README.md#words"),
]


@pytest.mark.parametrize(("folder", "link", "place"), LINKS)
def test_links_lead_to_pages_of_the_site_or_to_github(folder, link, place):
    assert make_site.target(link, folder) == place


def test_the_index_shows_the_result_and_leads_to_every_notebook():
    soup = BeautifulSoup(make_site.html_of(make_site.index(), "README.md"), "html.parser")
    links = {tag["href"] for tag in soup.select("a")}
    for path in [*ROOT.glob("lectures/*.ipynb"), *ROOT.glob("practice/*.ipynb")]:
        name = path.relative_to(ROOT).as_posix()
        colab = f"https://colab.research.google.com/github/{ADDRESS}/blob/main/{name}"
        slides = {f"slides/{path.stem}.html"} if name.startswith("lectures") else set()
        assert {name.replace(".ipynb", ".html"), colab} | slides <= links
    assert not any("solutions" in link for link in links) and "](" not in soup.text
    (picture,) = soup.select("img")
    assert picture["src"] == "results.png" and picture["alt"].startswith("Test RMSE in stars")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The site as `make site` writes it, in a folder of a server, as on GitHub Pages."""
    venv = Path(sys.prefix)
    if not (venv / "slides").is_dir():
        missing(f"no packages in {venv}/slides: make slides")
    done = make(ROOT, "-o", f"{venv}/installed", "site", f"VENV={venv}")
    assert done.returncode == 0, done.stderr
    folder = tmp_path_factory.mktemp("served")
    (folder / "course").symlink_to(make_site.SITE)
    (folder / "favicon.ico").touch()  # which a browser asks for by itself
    handler = functools.partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/course/"
        server.shutdown()


SET = """() => !document.querySelector('script[src$="tex-svg.js"]')
  || window.MathJax?.startup?.promise?.then(() => true)"""
LOOK = """() => {
  document.querySelectorAll('details').forEach(e => { e.open = true });
  const all = [...document.querySelectorAll('title, body *:not(pre, code, script, pre *, code *)')];
  const own = e => [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data).join('');
  return {
    raw: all.map(own).filter(text => text.includes('$')),
    wrong: document.querySelectorAll('mjx-merror, mtext[mathcolor=red]').length,
    unseen: [...document.images].filter(i => !i.alt || !i.naturalWidth).map(i => i.src.slice(-80)),
    wide: Math.max(0, document.scrollingElement.scrollWidth - innerWidth),
    links: [...document.querySelectorAll('a[href]:not(.anchor-link)')].map(a => a.href),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
  };
}"""


@pytest.mark.browser
def test_every_page_can_be_read_and_nothing_comes_from_elsewhere(address, chromium):
    page = chromium.new_page()
    files = {path.relative_to(make_site.SITE).as_posix() for path in make_site.SITE.rglob("*.*")}
    places, waiting = {name for name in files if not name.endswith(".html")}, ["index.html"]
    asked, complaints, links = [], [], set()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
    while waiting:
        name = waiting.pop()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address + name)
            page.wait_for_function(SET)
            seen = page.evaluate(LOOK)
            if pictures := os.environ.get("COURSE_SCREENSHOTS"):
                picture = f"{pictures}/site-{name[:-5].replace('/', '-')}-{width}.png"
                page.screenshot(path=picture, full_page="slides" not in name)
            faults = {key: seen[key] for key in ("raw", "wrong", "unseen", "wide") if seen[key]}
            assert not faults, (name, width, faults)
        places |= {name, *(f"{name}#{anchor}" for anchor in seen["ids"])}
        inside = {link.removeprefix(address) for link in seen["links"] if "#/" not in link}
        links |= {link for link in inside if not link.startswith("https://")}
        waiting += {link.split("#")[0] for link in links} - places - {*waiting}
    assert links <= places and files <= places
    assert complaints == []
    assert all(url.startswith((address, "data:")) for url in asked), asked
    page.close()
