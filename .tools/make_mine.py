"""Copies of the practices to write answers in: `make lab`.

They lie in mine/, which git ignores, so that `git pull` meets no answers. A practice that became
newer replaces its copy as long as nothing was written or run in it.
"""

from contextlib import redirect_stdout
from pathlib import Path

import nbformat
from make_live import ROOT, write_unless_changed


def make_mine(folder: Path = ROOT / "mine") -> None:
    """Write the copies into `folder`, without a word about each."""
    folder.mkdir(exist_ok=True)
    for path in sorted((ROOT / "practice").glob("*.ipynb")):
        with redirect_stdout(None):
            write_unless_changed(nbformat.read(path, as_version=4), folder / path.name)


if __name__ == "__main__":
    make_mine()
    print("The practices, for your answers: mine/")
