"""What the practices' checks share: three answers, hints in two steps, and never an exception.

A check is a function that looks at a student's function and raises `Mistake` where it is wrong.
The decorator `exercise` turns it into one that prints ⏳ (not filled in), ❌ with one hint, or ✅,
and returns whether it was ✅. The same mistake twice in a row draws a second hint, the nudge.
Nothing here uses the network or changes a file.
"""

import functools
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


class Mistake(Exception):
    """A wrong answer: what can be seen of it, and a nudge towards the cause.

    Args:
        symptom: what was expected and what was found, without the cause.
        nudge: where to look; shown when the same mistake is made again. Never the solution.
    """

    def __init__(self, symptom: str, nudge: str) -> None:
        super().__init__(symptom)
        self.symptom, self.nudge = symptom, nudge


def require(condition: bool, symptom: str, nudge: str) -> None:
    """Raise a `Mistake` unless the condition holds."""
    if not condition:
        raise Mistake(symptom, nudge)


def close(found, expected) -> bool:
    """Whether two arrays have the same shape and the same numbers, up to rounding."""
    found, expected = np.asarray(found), np.asarray(expected)
    return found.shape == expected.shape and bool(np.allclose(found, expected, atol=1e-4))


def require_something(found, what: str) -> None:
    """A function that ends without `return` gives None; `what` is what it should give."""
    require(
        found is not None,
        f"the function returns nothing; expected {what}",
        "Does it end with a `return`?",
    )


def kind(found) -> str:
    """What something is, in words of the student's: "a list"."""
    return f"a {type(found).__name__}"


def require_whole_number(found, what: str) -> None:
    """One whole number, of Python or of NumPy."""
    require_something(found, what)
    array = np.asarray(found)
    number = array.ndim == 0 and array.dtype.kind in "iuf"
    require(
        number and float(array).is_integer(),
        f"expected {what}; found {kind(found)}" + (f", {found}" if number else ""),
        "A count is a single whole number.",
    )


@dataclass
class Progress:
    """The state of one practice: mark and last mistake of each of its exercises."""

    marks: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def exercise(self, name: str) -> Callable:
        """Make a check of a function that raises `Mistake`; `name` is how the text calls it."""
        self.marks[name] = "⏳"

        def decorate(check: Callable[..., None]) -> Callable[..., bool]:
            @functools.wraps(check)
            def checked(*answer) -> bool:
                mark, text, seen, nudge = "✅", "right", "", ""
                try:
                    check(*answer)
                except Mistake as mistake:
                    mark, text, nudge = "❌", mistake.symptom, mistake.nudge
                    seen = text
                except Exception as error:
                    stub = _stub_in(error)
                    if stub is None:
                        mark, text, seen, nudge = "❌", *_what_stopped(error)
                    elif stub in (name, getattr(answer[0], "__name__", name)):
                        mark, text = (
                            "⏳",
                            "not filled in (or `raise NotImplementedError()` still there)",
                        )
                    else:
                        mark, text = "⏳", f"it uses {stub}, which is not filled in yet"
                print(f"{mark} {name}: {text}")
                if seen and self.last.get(name) == seen:
                    print(f"   Nudge: {nudge}")
                self.marks[name], self.last[name] = mark, seen
                return mark == "✅"

            return checked

        return decorate

    def summary(self) -> None:
        """Print one line: how many of the practice's checks are ✅."""
        done = list(self.marks.values()).count("✅")
        each = "  ".join(f"{mark} {name}" for name, mark in self.marks.items())
        print(f"{done} of {len(self.marks)} done:  {each}")


def _stub_in(error: Exception) -> str | None:
    """The function that is still a stub; None for any other error. (Those of Keras have a text.)"""
    if isinstance(error, NotImplementedError) and not str(error):
        return traceback.extract_tb(error.__traceback__)[-1].name
    return None


def _what_stopped(error: Exception) -> tuple[str, str, str]:
    """What to print of an error, with the student's own line; what to know it by; a nudge."""
    kind = type(error).__name__
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # Keras prints in bold
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Exception encountered")] or ["?"]
    frames = traceback.extract_tb(error.__traceback__)
    own = [f.line for f in frames if re.search("ipykernel|ipython-input", f.filename) and f.line]
    where = f" in the line `{own[0]}`" if own else ""
    nudge = "Print what goes into that line, and its shape."
    if "Could not interpret" in text:
        nudge = "An object is expected there, with its brackets; a name or a number is not enough."
    elif "(of type int64)" in text:
        nudge = "Keras wants an integer of Python there: int(…) makes one of NumPy's."
    elif "Only input tensors" in text:
        nudge = "Has every layer been applied to its ids before the sum?"
    elif "monitor" in text:
        nudge = "The metric must be called rmse for val_rmse to exist: look at its `name`."
    elif kind == "KeyError":
        nudge = "A frame was asked for a row or column that it does not have."
    elif re.search("out of bounds|mismatch|broadcast|not aligned", text):
        nudge = "The check has sizes of its own, all different. Which two does that line mix up?"
    elif kind in ("NameError", "AttributeError", "UnboundLocalError"):
        nudge = "Is the name spelt as where it is defined, and has that cell been run?"
    elif kind == "TypeError" and "argument" in text:
        nudge = "Compare the arguments of the call with those in the first line of the function."
    return f"your code stopped{where} with {kind}: {lines[0][:200]}", kind + (where or text), nudge
