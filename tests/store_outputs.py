"""Run notebooks and store their outputs in place: `make outputs`, or with paths for some only.

The stored outputs are what the strict tests compare with, so they are made on the real data.
Cell ids and everything else in the file stay as they are, but for what Jupyter writes about the
kernel when it saves: that is the same in every notebook.
"""

import os
import sys
import time
from pathlib import Path

import nbformat
from conftest import ROOT, real_data_at_hand
from nbclient import NotebookClient

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},  # not the version of Python that happened to run it
}


def store_outputs(path: Path) -> None:
    """Execute the notebook at `path` in its own folder and write it back with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    metadata = dict(notebook.metadata)
    started = time.monotonic()
    NotebookClient(
        notebook,
        timeout=240,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # else a slow machine prints one text as two
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    notebook.metadata = metadata | KERNEL
    nbformat.write(notebook, path)
    print(f"{path.relative_to(ROOT)}: {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    if not real_data_at_hand():
        sys.exit(
            "Stored outputs are made on MovieLens 100K and on the restaurant reviews, of which one "
            "is neither in COURSE_DATA nor in the cache. Set COURSE_DATA, or load them once: "
            "load_ratings(fallback=False), load_reviews(fallback=False)."
        )
    if os.environ.get("COURSE_DATA"):
        os.environ["COURSE_DATA"] = str(Path(os.environ["COURSE_DATA"]).resolve())
    chosen = [Path(name).resolve() for name in sys.argv[1:]]
    for path in chosen or sorted(ROOT.glob("[lps][eor]*/[0-9]*.ipynb")):
        store_outputs(path)
