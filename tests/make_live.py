"""Copies of the lectures to type along in, without outputs: `make live`.

They lie in live/, which git ignores. An instructor writes into them, so a copy that is not as it
was made stays as it is. What it was made as stands in live/.made.json.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LIVE = ROOT / "live"


def cleared(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without outputs and execution counts; everything else stays, also cell ids."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_live(folder: Path = LIVE) -> list[Path]:
    """Write the copies into `folder`; returns those that were changed by hand, and are kept."""
    folder.mkdir(exist_ok=True)
    record = folder / ".made.json"
    made = json.loads(record.read_text()) if record.is_file() else {}
    kept = []
    for path in sorted((ROOT / "lectures").glob("*.ipynb")):
        target = folder / path.name
        text = nbformat.writes(cleared(nbformat.read(path, as_version=4))) + "\n"
        there = target.read_text(encoding="utf-8") if target.is_file() else None
        if there not in (None, text) and digest(there) != made.get(path.name):
            kept.append(target)
            continue
        target.write_text(text, encoding="utf-8")
        made[path.name] = digest(text)
        record.write_text(json.dumps(made))
    return kept


def main(folder: Path = LIVE) -> None:
    kept = make_live(folder)
    for path in kept:
        print(f"live/{path.name} is kept: it was changed since it was made, or run and saved.")
    if kept:
        print("For a fresh one rename or delete it, for all delete live/; then run `make live`.")
        print("The other copies are new, without outputs.")
    else:
        print("The copies in live/ are new, without outputs.")
    jupyter = os.path.relpath(Path(sys.executable).with_name("jupyter"), ROOT)
    print(f"Open one: {jupyter} lab live/01_embedding_layers.ipynb")


if __name__ == "__main__":
    main()
