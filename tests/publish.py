"""Stamp the repository's address into badges, setup cells and README: `make publish`.

The address is owner/name on GitHub, from the argument or, without one, from the git remote
`origin`. It takes the place of whatever address stands where one belongs: in the badges, in the
line REPOSITORY of the setup cells, in `git clone` lines, and in the Makefile, which is asked what
the address is. Other links to GitHub are changed only where they have the Makefile's old address.
Nothing else in these files changes: cell ids, outputs, layout.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IN_MAKEFILE = re.compile(r"^ADDRESS := (\S+)\s*$", re.M)
NAME = r"[A-Za-z0-9][\w-]*/(?!\.{0,2}(?:\.git)?/?$)[\w.-]+?"
HOST = r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]+@)?(?:www\.|ssh\.)?github\.com(?::\d+/|[:/])"
ACCEPTED = re.compile(rf"(?:(?i:{HOST}))?({NAME})(?:\.git)?/?", re.ASCII)
UNSTAMPED = "OWNER/neural-matrix-factorization"

# Where an address belongs, whatever it is now. In a notebook's file a quote is written \".
PLACES = [
    re.compile(r'(\bREPOSITORY = \\?"https://github\.com/)[^"\\\s]+(?=\\?")'),
    re.compile(
        r"(\bcolab\.research\.google\.com/github/)[\w.-]+/[\w.-]+"
        r"(?=/blob/main/(?:lectures|practice|solutions)/)"
    ),
    re.compile(r"^(ADDRESS := )\S+", re.M),
    re.compile(
        r"(\bgit clone\b[^\n]*?https://github\.com/)[\w.-]+/\.?[\w-]+(?:\.(?!git\b)[\w-]+)*"
    ),
]


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
        ValueError: it is not an address on GitHub, which is where Colab opens notebooks from. The
            message leaves out what stands before an @, which may be a password.
    """
    match = ACCEPTED.fullmatch(text.strip())
    if not match or match[1].startswith("OWNER/"):
        raise ValueError(
            f"expected a repository on GitHub, such as somebody/some-name or "
            f"https://github.com/somebody/some-name, found {text.strip().rpartition('@')[2]!r}.\n"
            "Say which it is: make publish REPOSITORY=somebody/some-name"
        )
    return match[1]


def remote(root: Path = ROOT) -> str:
    """The address of the git remote `origin`; empty if there is none, or no git."""
    command = ["git", "-C", str(root), "config", "--get", "remote.origin.url"]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""


def stamp(new: str, root: Path = ROOT) -> list[Path]:
    """Put `new` (owner/name) where an address belongs; the files that changed."""
    old = re.escape(address(root))
    links = re.compile(rf"(https://github\.com/){old}(?=\.git\b|(?!\.?[\w-]))")
    changed = []
    for path in files(root):
        before = after = path.read_bytes().decode()
        for place in [*PLACES, links]:
            after = place.sub(lambda match: match[1] + new, after)
        if after != before:
            path.write_bytes(after.encode())
            changed.append(path)
    return changed


def main(arguments: list[str], root: Path = ROOT) -> None:
    try:
        new = parse(" ".join(arguments) or remote(root))
    except ValueError as error:
        sys.exit(f"make publish: {error}")
    changed = stamp(new, root)
    for path in changed:
        print(path.relative_to(root))
    print(f"All {len(files(root))} files say github.com/{new}, {len(changed)} of them newly.")
    print("Commit and push them." if changed else "There is nothing to commit.")


if __name__ == "__main__":
    main(sys.argv[1:])
