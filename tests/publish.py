"""Stamp the repository's address into badges, setup cells and README: `make publish`.

The address, owner/name on GitHub, stands in the Makefile. It is taken from the argument or, without
one, from the git remote `origin`, and put in place of the old one wherever notebooks, README and
Makefile have it. Nothing else in these files changes: cell ids, outputs, layout.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IN_MAKEFILE = re.compile(r"^ADDRESS := (\S+)$", re.M)
NAME = r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+?"
ACCEPTED = re.compile(rf"(?:(?:https?://|ssh://git@|git@)github\.com[/:])?({NAME})(?:\.git)?/?")
UNSTAMPED = "OWNER/neural-matrix-factorization"


def address(root: Path = ROOT) -> str:
    """The address that stands in the Makefile, as owner/name."""
    return IN_MAKEFILE.search((root / "Makefile").read_text(encoding="utf-8"))[1]


def files(root: Path = ROOT) -> list[Path]:
    """All files that have the address in them."""
    notebooks = sorted(root.glob("[lps][eor]*/[0-9]*.ipynb"))
    return [root / "Makefile", root / "README.md", *notebooks]


def parse(text: str) -> str:
    """The owner/name in an address as people or git write it.

    Raises:
        ValueError: it is not an address on GitHub, which is where Colab opens notebooks from.
    """
    match = ACCEPTED.fullmatch(text.strip())
    if not match or match[1].startswith("OWNER/"):
        raise ValueError(
            f"expected a repository on GitHub, such as somebody/some-name or "
            f"https://github.com/somebody/some-name, found {text.strip()!r}.\n"
            "Say which it is: make publish REPOSITORY=somebody/some-name"
        )
    return match[1]


def remote(root: Path = ROOT) -> str:
    """The address of the git remote `origin`; empty if there is none."""
    command = ["git", "-C", str(root), "config", "--get", "remote.origin.url"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def stamp(new: str, root: Path = ROOT) -> list[Path]:
    """Replace the old address by `new` (owner/name); the files that changed."""
    old = re.escape(address(root))
    linked = re.compile(rf"(github\.com/|/github/|ADDRESS := ){old}(?![\w.-])")
    changed = []
    for path in files(root):
        before = path.read_bytes().decode()
        after = linked.sub(lambda match: match[1] + new, before)
        if after != before:
            path.write_bytes(after.encode())
            changed.append(path)
    return changed


if __name__ == "__main__":
    try:
        new = parse(sys.argv[1] if len(sys.argv) > 1 else remote())
    except ValueError as error:
        sys.exit(f"make publish: {error}")
    changed = stamp(new)
    for path in changed:
        print(path.relative_to(ROOT))
    print(f"{len(changed)} files now say github.com/{new}. Commit and push them.")
