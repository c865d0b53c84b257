"""Ratings and reviews of your own: a CSV or TSV file, or a DataFrame, with every value checked.

`utils.data` calls what is public here. What cannot be used is a DataError that names the file, the
column and the line, and says what to do.
"""

import csv
import io
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd


class DataError(ValueError):
    """Data that cannot be used; the message says what was expected, found, and what to do."""


RATING_COLUMNS = {  # usual names, in lowercase without blanks and signs
    "user": "user userid uid",
    "item": "item itemid iid movie movieid book bookid isbn product productid",
    "rating": "rating ratings bookrating stars score",
    "timestamp": "timestamp time date",
}
REVIEW_COLUMNS = {"review": "review text sentence comment", "label": "label sentiment positive y"}
MISSING = ["", "nan", "NaN", "NA", "N/A", "None", "null", "NULL", "<NA>", "NaT"]
OTHER_FILES = {  # by their first bytes
    b"\x1f\x8b": "compressed with gzip: unpack it",
    b"PAR1": "a Parquet file: read it with pandas.read_parquet",
    b"PK": "a zip archive or an Excel workbook: unpack it, or save the sheet as CSV UTF-8",
}


def own_ratings(source: str | os.PathLike | pd.DataFrame, columns: dict | None) -> tuple:
    """The name and title of your table and its ratings, every value checked."""
    label, title, raw = _own_table(source)
    rows = _columns(title, raw, columns, RATING_COLUMNS)
    for role in ("user", "item"):
        ids = rows[role].str.strip()
        _refuse(title, ids, ids.isin(MISSING) | ids.str.contains("\n"), "an id")
        advice = "The digits are lost: in the spreadsheet format the column as text, export again."
        _refuse(title, ids, ids.str.fullmatch(r"\d([.,]\d+)?[eE]\+\d+"), "an id", advice)
        # Where a number is missing in a column, pandas writes the others as 7.0.
        rows[role] = ids.str[:-2] if ids.str.fullmatch(r"\d+\.0").all() else ids
    numbers = rows["rating"].str.replace(r"^\s*(\d+),(\d+)\s*$", r"\1.\2", regex=True)
    numbers = pd.to_numeric(numbers, errors="coerce").astype(float)
    _refuse(title, rows["rating"], ~np.isfinite(numbers), "a number")
    rows["rating"] = numbers
    if "timestamp" in rows:
        rows["time"] = seconds(rows.pop("timestamp"))
    return label, title, pd.DataFrame(rows)


def seconds(values: pd.Series) -> pd.Series:
    """Whole seconds since 1970 in UTC, from such numbers or from dates; NaN where unreadable."""
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.isna().all():
        dates = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
        numbers = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    return np.floor(numbers).where(numbers.abs() < 2**62)


def own_reviews(source: str | os.PathLike | pd.DataFrame, columns: dict | None = None) -> tuple:
    """The name and title of your table and its reviews, every value checked."""
    label, title, raw = _own_table(source)
    rows = _columns(title, raw, columns, REVIEW_COLUMNS)
    texts, labels = rows["review"].str.strip(), rows["label"].replace(["True", "False"], ["1", "0"])
    values = pd.to_numeric(labels, errors="coerce")
    _refuse(title, rows["review"], texts == "", "a text")
    _refuse(title, rows["label"], ~values.isin([0, 1]), "1 (positive) or 0 (negative)")
    positive = int(values.sum())
    if min(positive, len(values) - positive) < 5:
        found = f"{positive} positive and {len(values) - positive} negative reviews"
        raise DataError(f"{title} has {found}; expected at least 5 of each.")
    return label, title, pd.DataFrame({"review": texts, "label": values.astype(int)})


def _refuse(title, values, wrong, expected, advice="Mend or drop these rows.") -> None:
    """If any value is wrong: an error that names the first lines with such a value."""
    if wrong.any():
        found = [f"{values.index.name} {k}: {value!r}" for k, value in values[wrong].items()]
        shown = "; ".join(found[:3] + ["..."] * (len(found) > 3))
        raise DataError(
            f"{title}, column {values.name!r}: expected {expected} in every row; found "
            f"{len(found):,} others ({shown}). {advice}"
        )


def _own_table(source: str | os.PathLike | pd.DataFrame) -> tuple[str, str, pd.DataFrame]:
    """Its name, its title, and its values as text; the index says in which line each row is."""
    if isinstance(source, pd.DataFrame):
        raw = source.astype(object).where(source.notna(), "").astype(str).reset_index(drop=True)
        return "DataFrame", "a DataFrame", raw.rename_axis("row")
    path = Path(os.path.expanduser(source))
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "does not exist"
        raise DataError(f"{path} {found}; expected the path of a CSV or TSV file.")
    content = path.read_bytes()
    kind = next((OTHER_FILES[start] for start in OTHER_FILES if content.startswith(start)), "")
    try:
        text = "" if kind else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        code = "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "Latin-1 perhaps"
        kind = f"not in UTF-8 but in {code}: save it as CSV UTF-8"
    if kind:
        raise DataError(f"{path.name} is {kind}; or give a DataFrame in place of the path.")
    return path.stem, path.name, _parse(path.name, text)


def _parse(title: str, text: str) -> pd.DataFrame:
    """The rows of a CSV or TSV file; the index holds the line in which each begins."""
    hint = re.match(r'"?sep=(.)"?(?=\r?\n)', text)  # a first line that Excel writes
    text = text[hint.end() :] if hint else text
    sep = hint[1] if hint else max("\t;|,", key=text.lstrip().partition("\n")[0].count)
    options = {"quoting": csv.QUOTE_NONE} if sep == "\t" else {"skipinitialspace": True}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sep, strict=True, **options)
    lines, rows, begin = [], [], 1
    try:
        for row in reader:
            if "".join(row).strip():
                lines.append(begin)
                rows.append([re.sub(r'^"([^"]*)"$', r"\1", value) for value in row])
                if len(row) != len(rows[0]):
                    raise csv.Error(f"{len(row)} columns, but {len(rows[0])} in the header")
            begin = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{title}, line {begin}: {error}. Expected as many columns in each row as in the "
            "header, and each quote that opens here to close at the end of its value. Mend the row."
        ) from None
    if len(rows) < 2:
        found = "has a header but nothing below it" if rows else "is empty"
        raise DataError(f"{title} {found}; expected a header and rows below it.")
    return pd.DataFrame(rows[1:], pd.Index(lines[1:], name="line"), rows[0], dtype=str)


def _columns(title: str, raw: pd.DataFrame, columns: dict | None, usual: dict) -> dict:
    """The wanted columns, by the names that were asked for or by usual ones."""
    names, asked, places, problems = [str(name).strip() for name in raw], columns or {}, {}, []
    if not isinstance(asked, dict) or set(asked) - set(usual):
        problems, asked = [f"columns= must have no other keys than {', '.join(usual)}"], {}
    for role, aliases in usual.items():
        plain = [re.sub("[^a-z0-9]", "", name.lower()) in aliases.split() for name in names]
        fits = [name == str(asked[role]) for name in names] if role in asked else plain
        if sum(fits) == 1 and fits.index(True) not in places.values():
            places[role] = fits.index(True)
        elif role in asked or role != "timestamp":
            wanted = f"{role}, called {asked[role]!r}" if role in asked else role
            found = "one that has another role" if sum(fits) == 1 else sum(fits)
            problems.append(f"expected one column for {wanted}; found {found}")
    needed = [role for role in usual if role != "timestamp"]
    numbers = [k for k, name in enumerate(names) if re.fullmatch(r"-?\d+([.,]\d+)?", name)]
    counted = names == [str(k) for k in range(len(names))]  # as pandas calls columns without names
    if numbers and not counted and (problems or set(numbers) & set(places.values())):
        problems = [f"the first line is no header; write one above it, such as {','.join(needed)}"]
    if problems:
        shown = ", ".join(name[:30] for name in names[:8])
        shown += f", ... ({len(names):,} in all)" if len(names) > 8 else ""
        example = ", ".join(f'"{role}": "..."' for role in needed)
        raise DataError(
            f"{title}: {problems[0]}. The columns are {shown}; say which is which with "
            f"columns={{{example}}}."
        )
    return {role: raw.iloc[:, k].rename(names[k]) for role, k in places.items()}


def one_per_pair(rows: pd.DataFrame, remarks: list[str]) -> pd.DataFrame:
    """Of each pair of user and item the newest rating, or the last where no time says which."""
    twice, which = rows.duplicated(["user", "item"], keep=False), "last"
    if twice.any() and "time" in rows and rows["time"][twice].notna().all():
        rows, which = rows.sort_values("time", kind="stable"), "newest"
    kept = rows.drop_duplicates(["user", "item"], keep="last").sort_index()
    if twice.any():
        dropped = len(rows) - len(kept)
        remarks.append(
            f"duplicate pairs: {dropped:,} earlier ratings dropped, the {which} one kept"
        )
    return kept
