"""Run notebooks and store their outputs in place: `make outputs`, or with paths for some only.

The stored outputs are what the strict tests compare with, so `make` sees first that the real data
is there. Cell ids stay, and what Jupyter writes about the kernel is the same in every notebook.
"""

import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},  # not the version of Python that happened to run it
}


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook at `path` with new outputs, run in its own folder; says how long it took."""
    notebook, started = nbformat.read(path, as_version=4), time.monotonic()
    resources = {"metadata": {"path": path.parent}}
    options = {"coalesce_streams": True, "record_timing": False}  # the same on every machine
    options["extra_arguments"] = ["--log-level=ERROR"]  # of the kernel
    print(path.relative_to(ROOT), end=": ", flush=True)
    NotebookClient(notebook, timeout=1200, resources=resources, **options).execute()
    print(f"{time.monotonic() - started:.0f} s", flush=True)
    return notebook


if __name__ == "__main__":
    if os.environ.get("COURSE_DATA"):  # kernels start in the folder of their notebook
        os.environ["COURSE_DATA"] = str(Path(os.environ["COURSE_DATA"]).resolve())
    chosen = [Path(name).resolve() for name in sys.argv[1:]]
    for path in chosen or sorted(ROOT.glob("[lps][eor]*/[0-9]*.ipynb")):
        notebook = executed(path)
        notebook.metadata.update(KERNEL)
        nbformat.write(notebook, path)
