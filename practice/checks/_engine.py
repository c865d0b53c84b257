"""The engine of the checks: the answer beside the solution, facet by facet.

A practice has a table, `practice/checks/<practice>.py`; a notebook imports it as `checks`.

    practice = Practice("03_mf_mean", given=["imports", "helpers", "build-mf"])
    summary = practice.summary

    def gain_facets(gain_per_user, draw):
        rows, without, with_bias = some_errors(draw)
        found = gain_per_user(rows, without, with_bias)
        yield Facet("the kind", kind(found))
        yield Facet("the gain", found)

    GAIN = [
        ("the squared errors are added up, not averaged", MEAN, (".mean()", ".sum()")),
    ]
    check_gain = practice.exercise("gain_per_user", "ex-gain", gain_facets, GAIN)

- **Facets** are what there is to see of an answer, from coarse to fine: kind, shape, values. The
  generator looks at the student's function and at the solution's; where the two first differ, the
  answer is wrong. A condition needs no facet: `require(condition, symptom, nudge)`. If no row
  fits, `facet.hint` says what to print: (symptom, nudge), with {found} and {right} in it; or a
  function of these two that makes them, called `say_...`; or a nudge for where two numbers differ,
  or nothing: then `difference` finds the symptom, as in "the loss should be 2; found 1", and the
  engine what is random or not used.
- **Draws**: facets are looked at for draw 0, 1, ...: draw inputs anew for each, with
  `RandomState(draw)` and in every call, of sizes that are all different and not round, unsorted,
  with negative values, ids that repeat, and an index that is not 0, 1, 2.
- **Rows** are tuples (symptom, nudge, *looks). A row fits if the answer looks like that: pairs
  ("old", "new") are pieces of the solution's text to replace, which test themselves; a function is
  a whole wrong answer; a dict is {facet: value}, {"stops": regular expression}, for what is slow
  to build, such as networks: then `rows` may be a function of the draw. The first row that fits
  wins. Neither symptom nor nudge holds random numbers, nor the solution.
- **Given for nothing**, without rows: stubs, answers that return nothing, changed arguments (but
  for those in `call.may_change`), variables of the notebook in place of arguments (they have other
  values while a check runs), errors with the student's own line, and `story`: what was done to the
  right numbers (rounded, clipped, sorted, scaled, squared, ...).
"""

import copy
import dis
import functools
import inspect
import itertools
import json
import linecache
import logging
import random
import re
import textwrap
import traceback
import types
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import keras
import numpy as np
import pandas as pd
from IPython.utils.capture import capture_output

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


class Mistake(Exception):
    """A wrong answer: what can be seen of it, and a nudge for when the same mistake comes again."""


def require(condition: bool, symptom: str, nudge: str) -> None:
    """Raise a `Mistake` unless the condition holds."""
    if not condition:
        raise Mistake(symptom, nudge)


class Facet(NamedTuple):
    """Something to see of an answer, and how to say that it is not the solution's."""

    name: str
    value: object
    hint: Callable | tuple[str, str] | str | None = None


# The solution ------------------------------------------------------------------------------
@functools.cache
def solution_cells(notebook: str) -> dict[str, str]:
    """The code of a solution notebook, by the cells' ids."""
    path = SOLUTIONS / f"{notebook}.ipynb"
    if not path.exists():  # handed out without the solutions, by `make nbgrader`
        return json.loads(zlib.decompress(Path(__file__).with_name(f"{notebook}.bin").read_bytes()))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def run(source: str, space: dict) -> dict:
    """Run code in a copy of the names in `space`."""
    space = dict(space)
    exec(compile(source, "<solution>", "exec", dont_inherit=True), space)
    return space


def changed(source: str, changes: Iterable[tuple[str, str]]) -> str:
    """A source with pieces replaced, each of which must be there."""
    for old, new in changes:
        assert old in source, f"not in the solution: {old}"
        source = source.replace(old, new)
    return source


# Exercises ---------------------------------------------------------------------------------
class Practice:
    """The exercises of one notebook, with mark and last mistake of each.

    Args:
        notebook: its name in solutions/, without `.ipynb`.
        given: ids of the cells that the solutions need; the exercises themselves are added.
        values: names that these cells use, such as `data`, with values in place of the notebook's.
    """

    def __init__(self, notebook: str, given: Iterable[str], values: dict | None = None) -> None:
        self.notebook, self.given, self.values = notebook, list(given), values or {}
        self.exercises: dict[str, Exercise] = {}
        self.marks: dict[str, str] = {}
        self.last: dict[str, str] = {}

    def exercise(self, name: str, *of: object, **more: object) -> Callable[[object], bool]:
        """The check of one exercise, which has these fields; see `Exercise`."""
        self.exercises[name], self.marks[name] = Exercise(self, name, *of, **more), "⏳"
        return self.exercises[name].check

    def summary(self) -> None:
        """Print one line: how many of the practice's checks are ✅."""
        done = list(self.marks.values()).count("✅")
        each = "  ".join(f"{mark} {name}" for name, mark in self.marks.items())
        print(f"{done} of {len(self.marks)} done:  {each}")

    @functools.cached_property
    def world(self) -> dict:
        """The names of the solution: what is given, and all exercises solved."""
        cells, space = solution_cells(self.notebook), {"__name__": "solution"} | self.values
        for cell in [*self.given, *(one.cell for one in self.exercises.values())]:
            space = run(cells[cell], space)
        return space

    @functools.cached_property
    def variables(self) -> set[str]:
        """What the notebook's cells assign: data, networks, numbers; no functions."""
        code = [compile(text, "", "exec") for text in solution_cells(self.notebook).values()]
        return set().union(*(_names(one, "STORE_") for one in code))

    def of_the_notebook(self, space: dict) -> set[str]:
        """The notebook's variables, and other names that the student gave to the same things."""
        things = [space.get(name) for name in self.variables]
        things = [one for one in things if is_data(one) and not isinstance(one, int | float)]
        aliases = {name for name, value in space.items() if any(value is one for one in things)}
        return self.variables | aliases


@dataclass
class Exercise:
    """The function `name` that the student completes, in the cell with the id `cell`.

    facets: a generator function of (the function, the number of the draw).
    rows: the known mistakes, or a function of the draw that makes them.
    returns: what the function returns, in words, if its docstring's first line does not say it.
    """

    practice: Practice
    name: str
    cell: str
    facets: Callable
    rows: list | Callable = ()
    returns: str = ""
    draws: int = 2
    arguments: list[str] = field(default_factory=list)
    right: dict[int, list[Facet]] = field(default_factory=dict)  # of each draw, the solution's
    wrong: dict[tuple[int, int], Iterator] = field(default_factory=dict)  # of draw and row

    def check(self, answer: object) -> bool:
        """Print the verdict on an answer, with a nudge if it is the last one again; whether ✅."""
        mark, text, nudge = self.judge(answer)
        seen = text if mark == "❌" else ""
        _print(f"{mark} {self.name}: {text}")
        if seen and self.practice.last.get(self.name) == seen:
            _print(f"   Nudge: {nudge}")
        self.practice.marks[self.name], self.practice.last[self.name] = mark, seen
        return mark == "✅"

    def known(self, draw: int) -> Iterable[tuple]:
        """The rows for a draw."""
        return self.rows(draw) if callable(self.rows) else self.rows

    def made(self, changes: Iterable[tuple[str, str]] = ()) -> Callable:
        """The solution's function, after replacements in its text."""
        source = changed(solution_cells(self.practice.notebook)[self.cell], changes)
        return run(source, self.practice.world)[self.name]

    def judge(self, answer: object) -> tuple[str, str, str]:
        """Mark, text and nudge for an answer. Restores what it changes, and never raises."""
        states = random.getstate(), np.random.get_state()
        try:
            with quiet():
                self.compare(answer)
        except Mistake as mistake:
            return "❌", *mistake.args
        except NotImplementedError as stub:
            if str(stub) in (self.name, getattr(answer, "__name__", self.name)):
                return "⏳", "not filled in (or `raise NotImplementedError()` still there)", ""
            return "⏳", f"it uses {stub}, which is not filled in yet", ""
        except Exception as error:
            text = f"{type(error).__name__}: {error}"[:200]
            return "⏳", f"the check itself stopped, which is not your mistake ({text})", ""
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])
        return "✅", "right", ""

    def compare(self, answer: object) -> None:
        """Raise a `Mistake` unless the answer looks like the solution, in all draws."""
        gone = f"{self.name} is no function any more: found {kind(answer)}"
        require(callable(answer), gone, "Another cell uses that name. Run the exercise's cell.")
        functions, solved = functions_of(answer), self.made()
        space = functions[0].__globals__ if functions else {}
        says = solved.__doc__.partition("\n")[0].rstrip(".")
        self.returns = self.returns or says[0].lower() + says[1:]
        self.arguments = list(inspect.signature(solved).parameters)
        own = reads(answer, space, self.practice.world) - reads(solved, self.practice.world, {})
        theirs = own & self.practice.of_the_notebook(space)
        names = {name for name in theirs if is_data(space.get(name))}
        changed = {name: other(space[name]) for name in names if not hasattr(space[name], "layers")}
        with patch.dict(space, changed):  # afterwards, whatever happens, all is as it was
            for draw in range(self.draws):
                if draw not in self.right:
                    call = Call(solved, self)
                    right = list(watch(self.facets, call, draw))
                    if isinstance(error := right[-1].value, Exception):
                        raise RuntimeError(f"the solution stops: {told(error)}") from error
                    self.right[draw] = right
                call, seen = Call(answer, self), []
                for found in watch(self.facets, call, draw):
                    rest = [*self.right[draw][len(seen) :], Facet("the end", None)]
                    right = next((one for one in rest if one.name == found.name), rest[0])
                    seen.append(found)
                    if found.name != right.name or not same(found.value, right.value):
                        call.beside = Call(solved, self)
                        self.explain(call, draw, seen, right, names)

    def explain(self, call: "Call", draw: int, seen: list, right: Facet, names: set) -> None:
        """Raise the `Mistake` that says best how the last facet seen differs from the right one."""
        found = seen[-1]
        if isinstance(found.value, NotImplementedError) and not str(found.value):
            frame = traceback.extract_tb(found.value.__traceback__)[-1]
            if "site-packages" not in frame.filename:  # no library raised it: a stub did
                raise NotImplementedError(frame.name)
        its = f"Its arguments are {', '.join(self.arguments)}; the check has values of its own."
        uses = f"the function uses `{min(names, default='')}`, a variable of the notebook, in place"
        require(not names, f"{uses} of its arguments", its)
        for k, (symptom, nudge, *looks) in enumerate(self.known(draw)):
            if self.fits(looks, draw, k, seen):
                raise Mistake(symptom, nudge)
        if isinstance(found.value, Exception):
            raise found.value if isinstance(found.value, Mistake) else stopped(found.value, call)
        if isinstance(found.hint, tuple):
            symptom, nudge = found.hint
            shown = symptom.replace("{found}", str(found.value))
            raise Mistake(shown.replace("{right}", str(right.value)), nudge)
        if callable(found.hint):
            symptom, nudge = found.hint(found.value, right.value)
        else:
            symptom, nudge = difference(found.name, found.value, right.value)
            nudge = found.hint if found.hint and " should be " in symptom else nudge
        if re.search(" should be | every number is ", symptom) and (better := call.reason()):
            symptom, nudge = better
        raise Mistake(symptom, nudge)

    def fits(self, looks: list, draw: int, k: int, seen: list[Facet]) -> bool:
        """Whether the facets seen are those of the row number k."""
        if isinstance(looks[0], dict):
            name, value = seen[-1].name, seen[-1].value
            if name == "stops":
                return bool(re.search(looks[0].get(name, "(?!)"), told(value)))
            return name in looks[0] and same(looks[0][name], value)
        if (draw, k) not in self.wrong:
            wrong = looks[0] if callable(looks[0]) else self.made(looks)
            facets = watch(self.facets, Call(wrong, self), draw)
            self.wrong[draw, k] = itertools.tee(facets, 1)[0]
        facets = copy.copy(self.wrong[draw, k])  # begins anew, with what was seen before
        pairs = zip(seen, facets, strict=False)
        alike = (a.name == b.name and same(a.value, b.value) for a, b in pairs)
        return sum(itertools.takewhile(bool, alike)) == len(seen)


def watch(facets: Callable, call: "Call", draw: int) -> Iterator[Facet]:
    """The facets of a function; an error ends them, and is the last one."""
    keras.utils.set_random_seed(draw)  # of random and NumPy, too
    try:
        yield from facets(call, draw)
    except Exception as error:
        yield Facet("stops", error)
    except SystemExit:
        yield Facet("stops", RuntimeError("it ends Python (exit)"))


@contextmanager
def quiet() -> Iterator[None]:
    """What is printed, shown or warned of inside is not to be seen."""
    before = logging.root.manager.disable
    with warnings.catch_warnings(), capture_output():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(before)


def _print(text: str) -> None:
    """Break long lines between words; JupyterLab would break them in the middle of one."""
    options = {"break_long_words": False, "break_on_hyphens": False}
    print(textwrap.fill(text, 88, subsequent_indent="   ", **options))


# Calls -------------------------------------------------------------------------------------
class Call:
    """A function as the facets call it: what it returns, unless that is a `Mistake` already."""

    def __init__(self, function: Callable, exercise: Exercise) -> None:
        self.function, self.exercise = function, exercise
        self.may_change: tuple[str, ...] = ()  # arguments, such as a network to be trained
        self.last: tuple[list, dict] | None = None  # the arguments of the last call
        self.beside: Call | None = None  # the solution's
        self.arguments: list[str] = []

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.arguments = self._bind(args, kwargs)
        before = [frozen(value) for value in (*args, *kwargs.values())]
        found = self.function(*args, **kwargs)
        for name, old, new in zip(self.arguments, before, (*args, *kwargs.values()), strict=False):
            if name not in self.may_change and (how := change(old, frozen(new))):
                symptom = f"the function changes its argument `{name}`: {how}"
                raise Mistake(symptom, "Whoever called it still needs that. Work on a copy.")
        self.last = list(before), list(kwargs)
        nothing = f"the function returns nothing; expected {self.exercise.returns}"
        require(found is not None, nothing, "Does it end with a `return`?")
        return found

    def _bind(self, args: tuple, kwargs: dict) -> list[str]:
        """The names of the arguments; a `Mistake` if the function does not take them."""
        try:
            inspect.signature(self.function).bind(*args, **kwargs)
        except ValueError:  # built-in functions have no signature
            pass
        except TypeError as error:
            text = f"the function has the arguments {inspect.signature(self.function)}; it is"
            text += f" called with ({', '.join(self.exercise.arguments)}): {error}"
            as_given = "Leave the first line of the function as it was given."
            raise Mistake(text, as_given) from None
        return [*self.exercise.arguments[: len(args)], *kwargs]

    def again(self, values: list, keywords: list[str], seed: int = 0) -> object:
        """What the function returns for these values; the last ones are passed by keyword."""
        keras.utils.set_random_seed(seed)
        values = [thawed(value) for value in values]
        free = len(values) - len(keywords)
        return self.function(*values[:free], **dict(zip(keywords, values[free:], strict=True)))

    def reason(self) -> tuple[str, str] | None:
        """The hint for a result that is random, or that does not depend on an argument."""
        with suppress(Exception):
            values, keywords = self.last
            mine = self.again(values, keywords)
            if not (is_data(mine) or isinstance(mine, str)) or _is_record(mine):
                return None
            if not same(mine, self.again(values, keywords, seed=1)):
                right = (self.beside.again(values, keywords, seed) for seed in (0, 1))
                chance = "the result is random: with the same arguments it is another one each time"
                start = "What starts with random numbers in there? Nothing is left to chance here."
                return (chance, start) if same(*right) else None
            fits = "Where does it come in? A number or a name in its place fits one case only."
            for k, name in enumerate(self.arguments):
                with suppress(Exception):
                    others = [once := other(thawed(values[k])), other(once)]
                    new, more = ([*values[:k], one, *values[k + 1 :]] for one in others)
                    if all(same(mine, self.again(one, keywords)) for one in (new, more)):
                        right = (self.beside.again(one, keywords) for one in (values, new))
                        if not same(*right):
                            return f"the result does not depend on the argument `{name}`", fits
        return None


def frozen(value: object) -> object:
    """A copy to compare with later; of a network or weight its numbers, and how much is frozen."""
    if isinstance(value, pd.DataFrame | pd.Series | np.ndarray | set):
        return value.copy()
    if isinstance(value, dict):
        return {key: frozen(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [frozen(one) for one in value]
    if isinstance(value, keras.Variable) or (isinstance(value, keras.Model) and value.built):
        weights = getattr(value, "weights", [value])
        parts = [value, *weights, *getattr(value, "layers", [])]
        still, numbers = sum(not one.trainable for one in parts), [one.numpy() for one in weights]
        return types.SimpleNamespace(of=value, weights=numbers, still=still)
    return value


def thawed(value: object) -> object:
    """A value for another call, from a frozen one."""
    return value.of if isinstance(value, types.SimpleNamespace) else copy.deepcopy(value)


def change(old: object, new: object) -> str:
    """How a value was changed, in words; empty if it was not."""
    if isinstance(old, types.SimpleNamespace):
        if old.still != new.still:
            return "it, or a part of it, is frozen now, or no longer (trainable)"
        return "" if same(old.weights, new.weights, 0) else "its weights are others now"
    if isinstance(old, list) and len(old) == len(new):
        parts = [change(*both) for both in zip(old, new, strict=True)]
        if not any(parts) or any(isinstance(one, types.SimpleNamespace) for one in old):
            return next(filter(None, parts), "")
    if isinstance(old, pd.DataFrame):
        kept = old.equals(new) and old.index.equals(new.index)
        return "" if kept else f"other rows, values or index; its columns are {list(new)} now"
    if same(old, new, 0):
        return ""
    with suppress(TypeError, ValueError):  # it cannot be sorted
        if same(*(np.sort(np.asarray(one), None) for one in (old, new)), 0):
            return "it is sorted or in another order"
    return "it has other values now"


# Names -------------------------------------------------------------------------------------
def functions_of(answer: object) -> list[types.FunctionType]:
    """The Python functions behind a partial, a method, a class, or an object that can be called."""
    while isinstance(answer, functools.partial) or hasattr(answer, "__wrapped__"):
        answer = getattr(answer, "func", None) or answer.__wrapped__
    answer = getattr(answer, "__func__", answer)
    if isinstance(answer, types.FunctionType):
        return [answer]
    parts = vars(answer if isinstance(answer, type) else type(answer)).values()
    return [part for part in parts if isinstance(part, types.FunctionType)]


def _names(code: types.CodeType, operation: str = "LOAD_") -> set[str]:
    """The global names that code reads (or stores), its inner functions included."""
    operations = (operation + "GLOBAL", operation + "NAME")
    found = {one.argval for one in dis.get_instructions(code) if one.opname in operations}
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return found.union(*(_names(one, operation) for one in inner))


def reads(answer: object, space: dict, given: dict) -> set[str]:
    """The global names that a function reads, with those of the student's own helpers."""
    found, left = set(), functions_of(answer)
    while left:
        new = _names(left.pop().__code__) - found
        found |= new
        helpers = [space.get(name) for name in new if name not in given]
        left += [one for one in helpers if isinstance(one, types.FunctionType)]
    return found


def is_data(value: object) -> bool:
    """Whether something can be compared, and exchanged for another value."""
    kinds = int | float | np.number | np.ndarray | pd.DataFrame | pd.Series | list | tuple | dict
    return _is_record(value) or (isinstance(value, kinds) and not isinstance(value, bool))


def _is_record(value: object) -> bool:
    """The result of `load_ratings`, for example, or a network."""
    code = isinstance(value, types.ModuleType | types.FunctionType | type)
    ours = type(value).__module__.startswith(("utils", "types", "keras"))
    return hasattr(value, "__dict__") and ours and not code


def other(value: object) -> object:
    """Another value of the same kind, shape and range."""
    if isinstance(value, int | np.integer):
        return value + 1
    if isinstance(value, float | np.floating):
        return value * 1.5 + 0.25
    if isinstance(value, np.ndarray):
        turned = np.roll(value, 1, axis=0)  # and the smaller one of two: no mere change of order
        turned = np.minimum(value, turned) if value.dtype.kind in "biuf" else turned
        return turned if value.ndim else value + 1
    if isinstance(value, pd.DataFrame | pd.Series):
        value = value.iloc[::-1].set_axis(value.index)
        sizes = {"user": 5, "item": 7} if isinstance(value, pd.DataFrame) else {}
        small = {name: value[name] % size for name, size in sizes.items() if name in value}
        return value.assign(**small) if small else value  # ids as small as in the checks
    if isinstance(value, list | tuple):
        return type(value)(value[::-1])
    if isinstance(value, dict):
        return {key: other(one) if is_data(one) else one for key, one in value.items()}
    if hasattr(value, "layers"):
        weights = [weight[::-1] * 0.5 + 0.25 for weight in value.get_weights()]
        value = keras.models.clone_model(value)
        value.set_weights(weights)
    elif _is_record(value) and not hasattr(value, "get_weights"):  # a layer stays as it is
        values, value = other(vars(value)), copy.copy(value)
        for key, one in values.items():
            object.__setattr__(value, key, one)
    return value


# Comparing ---------------------------------------------------------------------------------
def same(a: object, b: object, tolerance: float = 1e-4) -> bool:
    """Whether two values are the same, up to rounding; a list is a tuple, an int a float."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key], tolerance) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(same(*both, tolerance) for both in zip(a, b, strict=True))
    if isinstance(a, pd.DataFrame | pd.Series) and type(a) is type(b):
        labels = a.axes[0].equals(b.axes[0]) and a.axes[-1].equals(b.axes[-1])
        return labels and same(a.to_numpy(), b.to_numpy(), tolerance)
    if isinstance(a, Exception) and isinstance(b, Exception):
        return told(a) == told(b)
    numbers = int | float | np.number | np.ndarray
    if isinstance(a, numbers) and isinstance(b, numbers):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or a.dtype.kind not in "biufc" or b.dtype.kind not in "biufc":
            return a.shape == b.shape and bool(np.all(a == b))
        return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance / 10, equal_nan=True))
    return type(a) is type(b) and bool(a == b)


def array(value: object) -> np.ndarray:
    """An array of what may be a list, a Series, a tensor or a sparse matrix."""
    value = value.toarray() if hasattr(value, "toarray") else value
    value = value.numpy() if hasattr(value, "numpy") else value
    return np.asarray(value)


def flat(value: object) -> np.ndarray:
    """One number for each row, whether it comes as (n,) or as (n, 1)."""
    value = array(value)
    return value[:, 0] if value.ndim == 2 and value.shape[1] == 1 else value


def number(name: str, found: object, hint: object = None, kinds: str = "iuf") -> Facet:
    """One number, and a `Mistake` if it is none; "iu" are the whole ones."""
    value = array(found)
    said = f"expected one number, found {'True or False' if value.dtype == bool else kind(found)}"
    said += ", not a whole one" * (kinds == "iu" and value.dtype.kind == "f")
    require(value.ndim == 0 and value.dtype.kind in kinds, said, "What is to be returned?")
    return Facet(name, value.item(), hint)


def kind(found: object) -> str:
    """What something is, in words of the student's: "a list"."""
    name = type(found).__name__.replace("ndarray", "array")
    if isinstance(found, list | tuple) and 0 < len(found) < 5:
        return f"a {name} of {', '.join(type(one).__name__ for one in found)}"
    if isinstance(found, np.ndarray):
        name += f" of the shape {found.shape}"
    return f"a{'n' if name[0] in 'AEIOUaeiou' else ''} {name}"


def two(found: float, right: float) -> tuple[str, str]:
    """Two numbers with as many decimals as they need to differ, at least three."""
    if not (isinstance(found, float) or isinstance(right, float)):
        return str(found), str(right)
    texts = [(f"{found:.{digits}f}", f"{right:.{digits}f}") for digits in range(3, 17)]
    return next((both for both in texts if both[0] != both[1]), (repr(found), repr(right)))


def difference(what: str, found: object, right: object) -> tuple[str, str]:
    """The hint where nothing better is known: what was done to the numbers, or the first place."""
    look = "Take that one by hand: where does your way to it leave the text?"
    numbers = int | float | np.number | np.ndarray | list | tuple
    if not isinstance(right, numbers) or not isinstance(found, numbers):
        return f"{what} should be {right!r:.80}; found {found!r:.80}", look
    found, right = np.asarray(found), np.asarray(right)
    if found.shape != right.shape:
        return shapes(what, found.shape, right.shape)
    whole = found.dtype.kind in "biu" and right.dtype.kind in "biu"
    if not (whole and right.size == 1) and (said := story(found, right)):
        return f"{what}: {said[0]}", said[1]
    off = [not same(*both) for both in zip(found.ravel(), right.ravel(), strict=True)]
    place = np.unravel_index(int(np.argmax(off)), right.shape)
    mine, theirs = two(found[place].item(), right[place].item())
    at = f" at index {', '.join(map(str, place))}" * bool(place)
    return f"{what}{at} should be {theirs}; found {mine}", look


def shapes(what: str, found: tuple, right: tuple) -> tuple[str, str]:
    """The hint for an array of another shape."""
    n = (right or (0,))[0]
    for wrong, symptom, nudge in (
        (found in ((), (1,), (1, 1)) and n > 1, "one number for all rows,", "Axis 0 is the rows. It must stay."),
        (found == (n, n), f"{n} rows give {n} x {n} numbers, each row with each,",
            "A column and a vector, or a matrix product, pair all with all. Print both shapes."),
        (found == right[::-1], "rows and columns are exchanged,", "Which axis is which?"),
        (found == (*right, 1), "a column,",
            "Subtract a vector from a column, and you get a square. Which part of it is wanted?"),
        (True, "the shape is", "Print the shape after each step."),
    ):  # fmt: skip
        if wrong:
            return f"{what}: {symptom} {found}; expected {right}", nudge


def story(found: np.ndarray, right: np.ndarray) -> tuple[str, str] | None:
    """What was done to the right numbers: rounded, cut off, turned round, scaled, sorted, ..."""
    try:
        found, right = np.asarray(found, float), np.asarray(right, float)
    except (TypeError, ValueError):
        return None
    if right.size and np.any(np.isnan(found) & ~np.isnan(right)):
        why = "pandas puts numbers together by their labels, not by their places. Or is 0 divided?"
        return "there are nan, which is no number", why
    if not found.any():
        zeros = "all numbers are 0, and not all should be", "Where is the result filled in?"
        return zeros if right.size > 1 else None
    end = "What is the last thing that is done to the numbers? The text does not ask for it."
    order = "One number for each row, in its place."
    candidates = [
        (-right, "the signs are turned round", "What is subtracted from what?"),
        (np.abs(right), "the absolute values: no number is below 0", end),
        *((right.round(k), f"rounded to {k} decimals", end) for k in range(4)),
        (np.trunc(right), "cut to whole numbers", end),
        (right**2, "the squares of what they should be", end),
        (np.sqrt(np.abs(right)), "the square roots of what they should be", end),
    ]
    if right.size > 2:
        small = np.clip(right, -50, 50)
        sigma, low, high = 1 / (1 + np.exp(-small)), found.min(), found.max()
        below, above = bool(right.min() < low - 1e-3), bool(right.max() > high + 1e-3)
        ends = " and ".join([f"below {low:.3g}"] * below + [f"above {high:.3g}"] * above)
        candidates += [
            (np.maximum(right, 0), "no number is below 0, but there should be: is it a ReLU?", end),
            (sigma, "a sigmoid has been applied: all lie between 0 and 1", end),
            (np.tanh(right), "a tanh has been applied: all lie between -1 and 1", end),
            (1 + 4 * sigma, "they are squeezed between 1 and 5", end),
            (np.exp(small), "they are exponentials", end),
        ]
        if right.ndim == 1:
            candidates += [
                (np.sort(right), "the right numbers, but sorted, smallest first", order),
                (np.sort(right)[::-1], "the right numbers, but sorted, largest first", order),
                (right[::-1], "the right numbers, in the opposite order", order),
            ]
        if np.any((low < right) & (right < high)):  # some are as they were
            candidates.append((np.clip(right, low, high), f"they are cut off {ends}", end))
    for wrong, text, nudge in candidates:
        if same(found, wrong):
            return text, nudge
    if right.size < 3 or np.ptp(right) < 1e-3:
        return None
    off, factor = found - right, (found * right).sum() / (right**2).sum()
    if np.ptp(off) < 1e-4:
        how = "What is added to all of them?"
        return f"every number is off by the same {off.flat[0]:.3f}", how
    if same(found, factor * right) and abs(factor) > 1e-9 and abs(factor - 1) > 1e-3:
        how = "What are all of them multiplied with, or divided by?"
        return f"every number is {factor:.3g} times what it should be", how
    if same(np.sort(found, None), np.sort(right, None)):
        return "the right numbers, in another order", order
    return None


# Errors ------------------------------------------------------------------------------------
# What is to be found in an error, and the nudge for it; the first that is found counts.
NUDGES = r"""
input_length => input_length is gone in Keras 3: an Embedding finds the length by itself.
has no attribute 'append' => append is gone in pandas 2: pd.concat joins frames.
keras\.preprocessing => keras.layers.TextVectorization and keras.utils have replaced it.
'tensorflow\.|keras\.legacy => Keras 3: `import keras`, `from keras import layers`.
keras\.backend|'keras\.(?!src)|from 'keras => Keras 3 has moved it, to keras.ops or keras.layers.
'numpy' has no attribute => NumPy has dropped it: write float, int, bool, without np.
'(lr|decay)' => It is called learning_rate now, and a schedule makes it smaller.
'(ix|iteritems|as_matrix)' => pandas has dropped it: it is loc, items, to_numpy now.
^(ImportError|ModuleNotFoundError) => Is it needed? What the cells above import is enough.
Could not interpret => An object is expected there, with its brackets; a name is not enough.
\(of type int64\) => Keras wants an integer of Python there: int(...) makes one of NumPy's.
Only input tensors => Has every layer been applied to its ids, before the results are joined?
Sequential => A Sequential has one input and one path; two inputs and a branch need keras.Model.
unique => Two layers have one name; or part of it is of another network, not of the argument.
dtype: NoneType => In a network the batch size is None: it is not known yet.
KerasTensor => Layers and keras.ops work on Keras tensors; NumPy and methods of arrays do not.
Matrix size-incompatible => A matrix product pairs every row with every column. Which belong?
not connected|disconnected => An input is not used on the way to the output. Which one?
Invalid input shape => A batch of one is an array of shape (1,), such as a slice [k : k + 1].
Unrecognized data type => Keras wants arrays there; np.array makes one of a list.
monitor => The metric must be called rmse for val_rmse to exist: look at its `name`.
^KeyError => A frame or dict was asked for a row, column or key that it does not have.
truth value => An `if` wants one True or False, not an array of them.
size (\d+|0)$|list index out of range => There is no such place. Which number is it, and where from?
is not in \[0,|out of range => An id has no row in the table. Where are both from?
ncompatible|must be the same|oncatenat => Print the shapes of what goes in: what differs in them?
mismatch|broadcast|not aligned|length|match => The sizes here are all different. Which are mixed up?
^UnboundLocalError => A name that a function assigns is its own everywhere in it: take another.
^(NameError|AttributeError) => Is the name spelt as where it is defined, and has that cell run?
^TypeError.*argument => Compare the arguments of the call with what is called.
^NotImplementedError => A class of Keras wants a method of yours there: is its name spelt right?
^RecursionError => The function calls itself, without an end.
"""


def told(error: object) -> str:
    """Kind and first lines of an error, without the decoration of Keras and TensorFlow."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    text = re.sub(r"\{\{function_node .*?\}\} | \[Op:.*", "", text)
    text = re.sub(r"\b([a-z][a-z_]*?)_\d+\b", r"\1", text)  # Keras counts its layers on and on
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Exception encountered", "Arguments"))]
    return f"{type(error).__name__}: {(lines or ['?'])[0][:200]}"


def stopped(error: Exception, call: Call) -> Mistake:
    """What to say of an error: the student's own line, and a nudge by the kind of error."""
    own = {function.__code__.co_filename for function in functions_of(call.function)}
    frames = traceback.extract_tb(error.__traceback__)
    notebook = [f for f in frames if re.search("ipykernel|ipython-input", f.filename)]
    mine = [f for f in frames if f.filename in own] or notebook
    says, where = told(error), ""
    if mine and mine[-1].lineno:
        line = (mine[-1].line or linecache.getline(mine[-1].filename, mine[-1].lineno)).strip()
        where = f" in line {mine[-1].lineno}, `{line}`,"
    name = f"{type(error).__name__}: {error}"
    known = (line.split(" => ") for line in NUDGES.strip().splitlines())
    nudge = next((nudge for sign, nudge in known if re.search(sign, name)), None)
    nudge = nudge or "Print what goes into that line, and its shape."
    if not mine and not isinstance(error, RuntimeError):
        useless = f"what the function returns cannot be used, with {says}"
        return Mistake(f"{useless}; expected {call.exercise.returns}", nudge)
    return Mistake(f"your code stopped{where} with {says}", nudge)
