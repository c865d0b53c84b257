"""Write the address of this repository into all files that git tracks: `make publish`.

The address is owner/name on GitHub: the argument, or without one that of the git remote `origin`.
It takes the place of the address that stands in the Makefile, and nothing else changes.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAYS = re.compile(
    r"(?:.*\bgithub\.com(?::\d+/|[:/]))?([\w-]+/(?!\.)[\w.-]+?)(?:\.git)?/?", re.ASCII
)


def git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout


if __name__ == "__main__":
    text = " ".join(sys.argv[1:]) or git("remote", "get-url", "origin")
    match = WAYS.fullmatch(text.strip())
    if not match:
        sys.exit("Which repository on GitHub? Say make publish REPOSITORY=somebody/some-name")
    old = re.search(r"^ADDRESS := (\S+)", (ROOT / "Makefile").read_text(), re.M)[1]
    for name in git("ls-files", "-z").split("\0")[:-1]:
        before = (ROOT / name).read_bytes()
        after = re.sub(rf"{re.escape(old)}(?![\w-])".encode(), match[1].encode(), before)
        if after != before:
            (ROOT / name).write_bytes(after)
            print(name)
    print(f"The address is github.com/{match[1]}. Commit and push what is listed here.")
