"""Checks of practice 7: a review becomes a row of indices, the row a score, the score an error."""

from collections.abc import Callable, Iterator

import keras
import numpy as np

from practice.checks._engine import Facet, Practice, difference, kind, require
from practice.checks._networks import known, look, weights_of

practice = Practice("07_nlp_embeddings", given=["imports"])
summary = practice.summary

# 1 -----------------------------------------------------------------------------------------
PAIRS = ["the bread", "bread was", "was not", "not good", "good not", "not the", "the food"]
PAIRS += ["soup good", "good was", "was the", "was bread", "soup was", "was dont", "café soup2"]
PAIRS += ["soup2 was", "was 7", "the soup", "was good"]
REVIEWS = {  # for each, what it is about; what went wrong before has been said before
    "the bread was not good not the food": "",
    "soup order": "an unknown pair",
    "NOT good was The Bread": "capital letters",
    "(soup), good; was: bread!": "punctuation at the ends of words",
    "_soup_ was don't": "punctuation in and at words: don't is dont, and _ is punctuation",
    "café soup2 was 7": "letters with accents and digits, which are no punctuation",
    "the soup  was   good ": "more than one blank",
    "not good not good not good not good not good not good not good": "more than 12 words",
    "soup": "a single word",
    "?!": "no word",
    "": "no word",
}


def pairs_facets(pair_indices: Callable, draw: int) -> Iterator[Facet]:
    pairs = [str(pair) for pair in np.random.RandomState(draw).permutation(PAIRS)]
    for review, about in REVIEWS.items():
        found = pair_indices(review, ["", "[UNK]", *pairs])
        case = f"in {review!r}" + f" ({about})" * bool(about)
        listed = isinstance(found, list | np.ndarray)
        require(listed, f"expected a list of indices; found {kind(found)}", ONCE)
        many = f"{case} you find {len(found)} indices, {list(found)[:9]}; expected {{right}}"
        yield Facet(f"{case} the number", len(found), (many, PRINT))
        yield Facet(f"{case} the indices", list(found), lambda *both, c=case: say_indices(c, *both))


def say_indices(case: str, found: list, right: list) -> tuple[str, str]:
    wrong = [(mine, one) for mine, one in zip(found, right, strict=True) if mine != one]
    if all(one == 1 for _, one in wrong):
        padding = ", which is kept for padding" * (wrong[0][0] == 0)
        return f"the unknown pair becomes {wrong[0][0]}{padding}; expected 1", UNKNOWN
    if isinstance(found[0], str):
        return f"{case} there are texts, {found[:3]}; expected places in the vocabulary", PRINT
    return difference(f"{case} the indices", found, right)[0], PRINT


PRINT = "Print the pairs that your function makes of the review, before it looks them up."
UNKNOWN = "The vocabulary has a place for it: what is [UNK]?"
LOWER = "Which method of a text makes it lowercase?"
SIGNS = "Take the characters of string.punctuation out before you cut, with nothing in their place."
ONCE = "One index for each pair, in the review's order, however often it comes."
NEIGHBOURS = "Write the pairs of a review of three words down. Which words begin one?"
PAIR, EACH = '" ".join(words[k : k + 2])', "range(len(words) - 1)"
CUT, BARE = "bare.split()", "if sign not in string.punctuation"
WRONG_PAIRS = [
    ("the function stops at a pair that is not in the vocabulary", "What should come back for a new pair?",
        {"stops": "KeyError|is not in list"}),
    ("a list is asked for an entry in the place of a pair; places are numbers",
        "vocabulary[k] is the pair in place k. Here you want the way back, from pair to place.",
        {"stops": "list indices must be integers"}),
    ("each letter begins a pair, not each word", "A loop over a text runs over its letters. What cuts it?", (CUT, "bare")),
    ("a word that comes twice counts once only", ONCE, (CUT, f"list(dict.fromkeys({CUT}))")),
    ("only the first pair has an index", "Is the `return` inside the loop?", (EACH, f"{EACH}[:1]")),
    ("there are as many indices as words; the last word begins no pair", NEIGHBOURS, (EACH, "range(len(words))")),
    ("every second pair is missing: each word but the last begins one", NEIGHBOURS, (EACH, f"{EACH}[::2]")),
    ("the two words of a pair are exchanged", "Which word comes first?", (PAIR, '" ".join(words[k : k + 2][::-1])')),
    ("words are looked up in uppercase; the vocabulary is lowercase", LOWER, ("lower", "upper")),
    ("the unknown pair is left out: there are fewer indices than pairs", UNKNOWN, (EACH, f"{EACH} if {PAIR} in place")),
    ("capital letters make a word unknown: 'The' is not 'the'", LOWER, (".lower()", "")),
    ("a word with punctuation on it counts as another word: 'good;' is not 'good'", SIGNS, (f" {BARE}", "")),
    ("punctuation becomes a blank: the apostrophe of don't cuts it into two words, don and t", SIGNS,
        (f"sign {'for sign in review.lower()'} {BARE}", 'sign if sign not in string.punctuation else " " for sign in review.lower()')),
    ("punctuation inside a word stays, so that don't is not found as 'dont'", SIGNS,
        (CUT, "[word for one in review.lower().split() if (word := one.strip(string.punctuation))]")),
]  # fmt: skip
check_pair_indices = practice.exercise("pair_indices", "ex-pairs", pairs_facets, WRONG_PAIRS)

# 2 -----------------------------------------------------------------------------------------
BATCHES = [  # shorter lists, one of them empty; then longer ones, whose ends can be seen
    ([[4, 7], [5], [], [6, 3, 2]], 5),
    ([[4, 7], [5, 2, 9, 1, 3, 8, 2, 6, 11], [6, 3, 1, 2], [8, 9, 3]], 4),
    ([[9], [2, 12, 5], [3, 3]], 7),
    ([[8, 4, 6], [1], [7, 5, 2, 9, 10]], 2),
]


def pad_facets(pad: Callable, draw: int) -> Iterator[Facet]:
    for indices, length in BATCHES[2 * draw : 2 * draw + 2]:
        case = f"{indices} to the length {length}"
        found = pad([list(one) for one in indices], length)
        rows = isinstance(found, np.ndarray | list | tuple)
        require(rows, f"expected an array of NumPy, found {kind(found)}", "np.array makes one.")
        widths = [np.size(one) if not isinstance(one, list) else len(one) for one in found]
        uneven = f"{case}: the rows have the lengths {widths}; expected {length} for each"
        yield Facet(f"{case}, lengths", len(set(widths)), (uneven, SHORTER))
        found = np.asarray(found)
        holds = {"U": "texts", "O": "objects", "f": "floats"}.get(found.dtype.kind, "others")
        whole = f"the array holds {holds}, not whole numbers ({found.dtype})"
        require(found.dtype.kind in "iu", whole, "Which dtype do np.zeros and np.array give?")
        yield Facet(f"{case}: the array", found, "Do the first wrong row by hand, line by line.")


SHORTER = "The shorter ones want zeros, the longer ones a cut."
ROW = "row[max(0, length - len(review)) :] ="
FILL = "Which index is kept for places without a word?"
ZEROS, LINES = "np.zeros((len(indices), length), int)", "zip(rows, indices, strict=True)"
WRONG_PAD = [
    ("the zeros stand behind; expected: in front", "Where does the review end in its row? Count from there.", (ROW, "row[: len(review)] =")),
    ("of the review that is too long the first indices stay; expected: the last", "Which end do you cut?", ("[-length:]", "[:length]")),
    ("the free places hold a 1, that is [UNK]; expected 0, which means no word", FILL, ("np.zeros", "np.ones")),
    ("the free places hold a -1, which is no index; expected 0, which means no word", FILL, (ZEROS, f"{ZEROS} - 1")),
    ("there are as many columns as the longest review of this batch has words", "All batches want the same. Where does `length` go?",
        ("    rows =", "    length = max(map(len, indices))\n    rows =")),
    ("there are always 4 columns, as in the example, whatever the argument `length` says", "Where does `length` go?",
        ("    rows =", "    length = 4\n    rows =")),
    ("a review is missing, the one that is too long", "It is to be cut, not thrown away.",
        ("    rows =", "    indices = [one for one in indices if len(one) <= length]\n    rows =")),
    ("the rest of a long review goes on in the next row; it should be cut, so that the last indices stay", "A row for each review.",
        lambda indices, n: np.array([([0] * n + one[k : k + n])[-n:] for one in indices for k in range(0, max(len(one), 1), n)])),
    ("the rows are sorted by length; expected: in the order of the reviews", "Which review does row 0 belong to, afterwards?",
        (LINES, "zip(rows, sorted(indices, key=len), strict=True)")),
    ("a short review starts again from its first word", "np.resize repeats. What should stand in the free places?",
        lambda indices, n: np.array([np.resize(one or [0], n) for one in indices])),
    ("a review is put into a row that is longer than it", "Of the places of a row, which get the words, and what do the others hold?", (ROW, "row[:] =")),
    ("a review is put into a row that is shorter than it", "Cut the review first.", ("review[-length:]", "review")),
    ("rows of different lengths make no array", SHORTER, lambda indices, n: np.array([one[-n:] for one in indices])),
]  # fmt: skip
check_pad = practice.exercise("pad", "ex-pad", pad_facets, WRONG_PAD, "an array of rows")

# 3 -----------------------------------------------------------------------------------------
SIZES = [(7, 3, 0.3, 5), (10, 4, 0.6, 6)]  # num_known, num_factors, dropout, length


def some_reviews(draw: int) -> np.ndarray:
    """Padded rows of known and unknown words, of all lengths."""
    num_known, _, _, length = SIZES[draw]
    rng = np.random.RandomState(draw)
    rows = rng.randint(1, num_known + 2, size=(37, length))
    return np.where(np.arange(length) < rng.randint(1, length + 1, size=(37, 1)), rows, 0)


def build_facets(build_network: Callable, draw: int) -> Iterator[Facet]:
    num_known, factors, rate, length = SIZES[draw]
    model = build_network(num_known, factors, dropout=rate, length=length)
    begins = type(model) is not keras.Sequential or model.built
    shape = model.input_shape if begins and getattr(model, "inputs", None) else None
    require(begins, "the network has no input, so it is not built", "keras.Input comes first.")
    long = {(None, None): "rows of any length"}.get(shape, f"the shape {shape}")
    said = f"the input takes {long}; expected rows of `length`, (None, {length})"
    fits = shape in (None, (None, length)) or type(shape) is list
    require(fits, said, "A shape is a tuple, also of one number: (length,).")
    words = {(num_known + 2, factors): "W, the word vectors"}
    words |= {(factors, 1): "v, the weights of the last unit", (1,): "b, the bias of the last unit"}
    yield from look(model, [some_reviews(draw)], words, draw)
    for (shape, _), weight in weights_of(model).items():
        weight.assign(np.full(shape, float(shape != (1,))))
    rows = np.random.RandomState(draw).randint(1, num_known + 2, size=(400, length))
    levels = len(np.unique(np.asarray(model(rows, training=True)).round(3)))
    steps = 1, 2, factors + 1, length + 1, factors * length + 1
    where = next((k for k, step in enumerate(steps) if levels <= step), 5)
    it = ["takes the same places from all reviews of a batch", "sets whole scores to 0"]
    it += ["sets numbers of the mean to 0", "is right"]
    it += ["sets single numbers of the word vectors to 0", "drops nothing"]
    said = f"the dropout {it[where]}; expected: it sets whole words to 0"
    yield Facet("the place of the dropout", where, (said, NOISE))


NOISE = "Word vectors: (batch, length, num_factors). Along which axis is 0 or 1 the same?"
TAKEN = "Which indices are there that belong to no word of its own? Each wants a row."
STOPS = [
    ("your code stopped with ValueError: a shape is a tuple, even one of a single number",
        "How do you write a tuple with one number in it?", {"stops": "[Cc]annot convert .* to a shape|to a shape"}),
    ("the mean wants a row of vectors for each review, and gets another number of axes",
        "Input (n, length), word vectors (n, length, num_factors), mean (n, num_factors): print them.", {"stops": "expected ndim=3"}),
]  # fmt: skip
UNIT = "σ comes with the loss: from_logits=True applies it. A linear unit has no activation."
POOL = "Which layer takes the mean, and how does it know which places to skip?"


def build_rows(draw: int) -> Iterator[tuple]:
    num_known, f, _, length = SIZES[draw]
    n = num_known + 2
    table, unit, bias = (n, f), (f, 1), (1,)
    for symptom, nudge, *shapes in (
        *((f"the table has {k} rows, {'too small' if k < n else 'too large'}; words have the indices 0 to {n - 1}", TAKEN, (k, f), unit, bias)
            for k in (n - 2, n - 1, n + 1)),
        (f"the last unit has {length} x {f} weights, others for each place of the row: the same word counts differently "
            "in another place", POOL, table, (length * f, 1), bias),
        ("the mean is over the factors, not over the words", "Of (reviews, words, factors), which axis is to go?", table, (length, 1), bias),
        ("a Dense layer stands in place of the table of word vectors, and has biases", TAKEN, table, (f,), unit, bias),
    ):  # fmt: skip
        yield symptom, nudge, {"the weights": sorted(shapes)}
    yield from STOPS
    reviews = some_reviews(draw)
    W, v, b = known((n, f), draw), known((f, 1), draw), known((1,), draw)
    each, many = W[reviews], (reviews > 0).sum(axis=1)[:, None]
    real, named = (np.where(reviews[..., None] > k, each, 0).sum(axis=1) for k in (0, 1))
    for symptom, pool in (
        ("", real / many),
        ("the same review gets another score with more zeros behind it", each.mean(axis=1)),
        ("each review is divided by the same number, whatever its number of words", real / length),
        ("the word vectors are added up, not averaged: a long review scores high for its length", real),
        ("the word vectors are added up, not averaged, the padding's too", each.sum(axis=1)),
        ("of each factor the largest is taken, not the mean", each.max(axis=1)),
        ("only the first word counts", each[:, 0]),
        ("only the last place counts", each[:, -1]),
        ("unknown words are left out with the padding; index 1 is a word too",
            named / np.maximum(1, (reviews > 1).sum(axis=1))[:, None]),
    ):  # fmt: skip
        score = (pool @ v + b)[:, 0]
        if symptom:
            yield symptom, POOL, {"the scores": score}
        chance = "the output is a probability between 0 and 1, not a score"
        yield chance, UNIT, {"the scores": 1 / (1 + np.exp(-score))}
    yield "each word has a score of its own: there is no mean", POOL, {"the scores": each @ v + b}


check_build = practice.exercise("build_network", "ex-build", build_facets, build_rows)


# 4 -----------------------------------------------------------------------------------------
def worst_facets(worst_review: Callable, draw: int) -> Iterator[Facet]:
    rng = np.random.RandomState(draw + 17)
    places, of = [], []
    for scale, size in ((2.5, 23), (2, 17), (0.3, 11), (4, 29), (2, 9), (2, 13), (1, 7)):
        labels = rng.randint(0, 2, size) * (size != 9)
        scores = rng.normal(0, scale, size).round(2)
        labels = labels if size != 7 else 1 * (scores > 0)  # no mistake, and yet one is the worst
        texts = [f"{word} soup" for word in rng.permutation(size)]
        found = worst_review(list(texts), labels.copy(), scores.copy())
        other = f"expected one of the texts, found {kind(found)}: {found!r:.40}"
        require(isinstance(found, str) and found in texts, other, "texts[k] is that of review k.")
        places.append(texts.index(found))
        of.append((labels, scores))
    yield Facet("the reviews", places, lambda *both: say_worst(*both, of))


def say_worst(found: list[int], right: list[int], of: list[tuple]) -> tuple[str, str]:
    k = next(k for k in range(len(right)) if found[k] != right[k])
    mine, best = ((of[k][0][one], of[k][1][one]) for one in (found[k], right[k]))
    yours = f"you return a review with the label {mine[0]} and the score {mine[1]}; one with the "
    yours += f"label {best[0]} and the score {best[1]} is worse"
    return yours, "For each review: which probability does its true label get?"


def pick(error: Callable) -> Callable:
    """A function that returns the text with the largest `error(labels, scores)`."""
    return lambda texts, labels, scores: texts[int(np.argmax(error(labels, scores)))]


def is_wrong(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return (scores > 0) != (labels == 1)


SURE = "Sure is one thing, wrong another. Where do the labels come in, with which sign?"
BOTH = "Both kinds of mistakes count: label 1 and score far below 0, label 0 and far above."
SCALE = "A label is 0 or 1, a score any number. Make a probability of the score first, with σ."
LARGEST, ARGMAX = "Not the first, and not just any: the largest error.", "np.argmax(error)"
ERROR, SIGMA = "np.abs(np.asarray(labels) - chance)", "1 / (1 + np.exp(-np.asarray(scores)))"
WRONG_WORST = [
    ("it stops if no review is wrong: also then some true label gets the smallest probability", "The text does not ask for a mistake.", {"stops": "empty|size 0"}),
    ("you return the review that the network gets right, and surer than any other", SURE, (ARGMAX, "np.argmin(error)")),
    ("you return the review with the score furthest from 0, whether it is right or wrong", SURE, pick(lambda y, s: np.abs(s))),
    ("you return the review with the score closest to 0: there the network is least sure, not most wrong",
        "A score near 0 is a shrug. Which error is the largest?", pick(lambda y, s: -np.abs(s))),
    ("you return the highest score: the worst of one kind; complaints taken for praise are not all", BOTH, pick(lambda y, s: s)),
    ("you return the lowest score: the worst of one kind; praise taken for complaint is not all", BOTH, pick(lambda y, s: -s)),
    ("complaints taken for praise count, the other kind does not (no absolute value)", BOTH, (ERROR, "chance - np.asarray(labels)")),
    ("praise taken for complaint counts, the other kind does not (no absolute value)", BOTH, (ERROR, "np.asarray(labels) - chance")),
    ("you return the first review that is wrong, not the one that is most wrong", LARGEST, pick(is_wrong)),
    ("you return a review that is wrong, but only just", "The largest error, not the smallest.",
        pick(lambda y, s: np.where(is_wrong(y, s), -np.abs(s), -99))),
    ("label minus score mixes two scales; the error is label minus probability", SCALE, (ERROR, "np.abs(np.asarray(labels) - scores)")),
    ("scores are compared with 0.5, as if they were probabilities; praise begins at a score of 0", "A probability of one half is a score of 0.",
        pick(lambda y, s: np.where((s > 0.5) == (y == 1), 0, np.abs(s - 0.5)))),
    ("probabilities are rounded, so that the worst and others are the same", "What do you need rounded numbers for?", (SIGMA, f"np.round({SIGMA}, 1)")),
    ("always the first review: is the error a single number for all, in place of one number per review?",
        "Print the error and its shape.", pick(lambda y, s: 0.0)),
    ("scores are taken for probabilities in the cross-entropy (from_logits, σ)", SCALE, 
        pick(lambda y, s: np.clip(np.where(y == 1, 1 - s, s), 0, 1 - 1e-8 * (y == 0)))),
    ("the probabilities of all reviews sum to 1 (a softmax); each review has one of its own, σ", "Which reviews are in one sum?",
        pick(lambda y, s: np.abs(y - np.exp(s) / np.exp(s).sum()))),
    ("a place among the wrong ones (a filter) is taken for a place among all", "Which text belongs to row k after filtering?",
        lambda texts, y, s: texts[int(np.argmax(np.abs(s[is_wrong(y, s)])))] if is_wrong(y, s).any() else texts[0]),
]  # fmt: skip
check_worst_review = practice.exercise("worst_review", "ex-worst", worst_facets, WRONG_WORST)
