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
MEMORY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},  # not the version of Python that happened to run it
}


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook at `path` with new outputs, run in its own folder; says what it took.

    Seconds of the clock, start of the kernel included; and the most memory that the kernel held.
    """
    notebook, started = nbformat.read(path, as_version=4), time.monotonic()
    notebook.cells.append(nbformat.v4.new_code_cell(MEMORY))
    resources = {"metadata": {"path": path.parent}}
    options = {"coalesce_streams": True, "record_timing": False}  # the same on every machine
    options["extra_arguments"] = ["--log-level=ERROR"]  # of the kernel
    print(path.relative_to(ROOT), end=": ", flush=True)
    NotebookClient(notebook, timeout=1200, resources=resources, **options).execute()
    (memory,) = notebook.cells.pop().outputs
    unit = 1e9 if sys.platform == "darwin" else 1e6  # bytes on a Mac, kilobytes on Linux
    seconds, size = time.monotonic() - started, int(memory.text) / unit
    print(f"{seconds:.0f} s, {size:.1f} GB", flush=True)
    return notebook


if __name__ == "__main__":
    if os.environ.get("COURSE_DATA"):  # kernels start in the folder of their notebook
        os.environ["COURSE_DATA"] = str(Path(os.environ["COURSE_DATA"]).resolve())
    chosen = [Path(name).resolve() for name in sys.argv[1:]]
    for path in chosen or [
        *sorted(ROOT.glob("lectures/*.ipynb")),
        *sorted(ROOT.glob("solutions/*.ipynb")),
    ]:
        notebook = executed(path)
        notebook.metadata.update(KERNEL)
        nbformat.write(notebook, path)
