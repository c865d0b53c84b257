"""What is said to a slide and does not stand on it: the run sheet, and what is too long to read."""

import re

import nbformat

WORDS = 60  # of prose on a slide
PARAGRAPH = r"\n\n|\n(?=- |\d\. )"
# A sentence ends with a full stop that is neither behind an initial nor behind a number of a list.
SENTENCE = r"(?:(?<=\S[.?!])|(?<=[.?!]\*\*))(?<!\W[A-Z]\.)(?<!^\d\.)\s+(?=[A-Z\d*$`(])"
ROW = re.compile(r"^\| (\d[^|]+) \| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.M)


def words(text: str) -> int:
    """How many words of prose there are; headings, tables, formulas and tags are none."""
    prose = re.sub(r"(?ms)^[#|][^\n]*$|\$\$.+?\$\$|\$.+?\$|<[^>]+>", "", text)
    return len(re.findall(r"\S*\w\S*", prose))


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph.

    What is emphasized or stands in brackets is not cut in two, and a bold beginning stays with the
    sentence behind it.
    """
    found, start = [], 0
    for gap in re.finditer(SENTENCE, paragraph):
        said = paragraph[start : gap.start()]
        inside = said.count("**") % 2 or said.count("*") % 2 or said.count("(") > said.count(")")
        begins = not start and re.fullmatch(r"(- )?\*\*[^*]+\*\*", said)
        if not (inside or begins):
            found.append(said)
            start = gap.end()
    return [*found, paragraph[start:]]


def shorten(slide: list[nbformat.NotebookNode]) -> str:
    """Cut fine print, and prose beyond 60 words, out of the cells of a slide: text for the notes.

    The longest paragraph gives its last sentence first, unless a part of it is bold; where each has
    only one, the last goes. A question to the class is cut last.
    """
    cells, cut = [cell for cell in slide if cell.cell_type == "markdown"], []
    whole = "\n\n".join(cell.source for cell in cells)

    def remove(cell: nbformat.NotebookNode, paragraph: str, sentence: str) -> None:
        rest = paragraph.removesuffix(sentence).rstrip()
        cell.source = cell.source.replace(paragraph, rest, 1).strip()
        cut.append(sentence)

    def order(found: tuple) -> tuple:
        _, paragraph, parts = found
        asked, several = "**Predict first**" in paragraph, len(parts) > 1
        length = words(paragraph) if several else whole.index(paragraph)
        return not asked, several, several and "**" not in parts[-1], length

    for cell in cells:
        for paragraph in cell.source.split("\n\n"):
            if paragraph.startswith("*Fine print*"):
                remove(cell, paragraph, paragraph)
    while sum(words(cell.source) for cell in cells) > WORDS:
        found = [(cell, text) for cell in cells for text in re.split(PARAGRAPH, cell.source)]
        found = [(*place, sentences(place[1])) for place in found if words(place[1])]
        cell, paragraph, parts = max(found, key=order)
        remove(cell, paragraph, parts[-1])
    return "\n\n".join(sorted(cut, key=whole.index))


def run_sheet(teaching: str, number: str) -> dict[str, str]:
    """What lectures/README.md has for a lecture, by the beginning of the heading where it belongs.

    "## 4" has the row of section 4, and what to leave out; "# 1" what is about all of lecture 1.
    """
    sheet = teaching.partition(f"<summary>Run sheet of lecture {number} ·")[2]
    sheet = sheet.partition("</details>")[0]
    about_all = sheet.rpartition("|\n")[2].strip()
    notes = {f"# {number}": about_all}
    for part, minutes, asked, needed in re.findall(ROW, sheet):
        row = [f"**{part}, {minutes} minutes**", asked, f"After a restart, run: {needed}"]
        notes[f"## {part.split()[0]}"] = "\n\n".join([*row, about_all.split("\n\n")[0]])
    return notes
