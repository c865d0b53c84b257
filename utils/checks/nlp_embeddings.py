"""Checks of practice 7: a review becomes a row of indices, the row a score, the score an error.

Known texts, known numbers and sizes that are all different; what the functions give is compared
with what is right and with what the usual mistakes give, to name them.
"""

import copy
import string
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from utils.checks import Mistake, Progress, close, kind, require, require_something

progress = Progress()
summary = progress.summary
ARGUMENTS = "Use the arguments of the function, not the notebook's variables."


# 1 -----------------------------------------------------------------------------------------

WORDS = ["", "[UNK]", "food", "the", "not", "soup", "good", "was", "dont", "bread"]
KNOWN = "the bread was not good not the food"
REVIEW = "The soup was NOT  good; don't order the Bread!"  # two blanks; "order" is unknown


@progress.exercise("word_indices")
def check_word_indices(word_indices: Callable) -> None:
    """`word_indices(review, vocabulary)`: the places of its words in the list; 1 if not there."""
    _require_indices(word_indices, KNOWN, WORDS)
    try:
        word_indices("soup order", list(WORDS))
    except (KeyError, ValueError, IndexError) as error:
        raise Mistake(
            f"the function stops at a word that is not in the vocabulary, with "
            f"{type(error).__name__}",
            "There will be new words in every new text. What should come back for them?",
        ) from error
    _require_indices(word_indices, REVIEW, WORDS)
    _require_indices(word_indices, REVIEW, [*WORDS[:2], *WORDS[:1:-1]])
    for review in ("?!", ""):
        found = word_indices(review, list(WORDS))
        require(
            found is not None and len(found) == 0,
            f"the review {review!r} has no word; expected an empty list, found {found}",
            "What does your cutting make of an empty text? split() and split(' ') differ there.",
        )


def _require_indices(word_indices: Callable, review: str, vocabulary: list) -> None:
    given = list(vocabulary)
    try:
        found = word_indices(review, given)
    except TypeError as error:
        require(
            "list indices must be" not in str(error),
            "a list is asked for an entry in the place of a word; places are numbers",
            "vocabulary[k] is the word in place k. Here you want the way back, from word to place.",
        )
        raise
    require_something(found, "a list of indices")
    require(
        hasattr(found, "__len__") and not isinstance(found, str | dict | set),
        f"expected a list of indices, found {kind(found)}",
        "The indices in the order of the words, in a list. list(...) makes one.",
    )
    found = list(found)
    right = _indices(review, vocabulary)
    case = f"in {review!r} "
    require(
        not any(isinstance(entry, str) for entry in found),
        f"{case}you find {found[:3]} ...: these are texts; expected their places in the list",
        "The vocabulary is a list. Which place does each word have in it?",
    )
    require(
        None not in found,
        f"{case}an unknown word becomes None; expected 1",
        "A dictionary's get takes a second argument.",
    )
    require(
        all(np.ndim(entry) == 0 for entry in found),
        f"expected whole numbers in the list, found {kind(found[0]) if found else 'nothing'}",
        "One index for each word.",
    )
    if found == right:
        require(
            given == vocabulary,
            "the right indices, but the vocabulary that was passed in is changed",
            "Later reviews will be encoded with the same list. Leave it as it is.",
        )
        return
    for wrong, symptom, nudge in _wrong_indices(review, vocabulary):
        require(found != wrong, case + symptom, nudge)
    other = word_indices(review, [*vocabulary[:2], *vocabulary[3:], vocabulary[2]])
    require(
        list(other) != found,
        "another vocabulary gives the same indices",
        ARGUMENTS,
    )
    require(
        len(found) == len(right),
        f"{case}there are {len(right)} words; you give {len(found)} indices: {found}",
        "Print the words that your function makes of the review, before it looks them up.",
    )
    k = next(k for k in range(len(right)) if found[k] != right[k])
    raise Mistake(
        f"{case}word {k + 1} should become {right[k]}; it becomes {found[k]}",
        "Print the words that your function makes of the review, before it looks them up.",
    )


def _indices(review, vocabulary, lower=True, punctuation="", unknown=1, cut=None) -> list:
    """The right indices, or with one or more of the usual mistakes."""
    review = review.lower() if lower else review
    if punctuation == "ends":
        review = " ".join(word.strip(string.punctuation) for word in review.split(" "))
    elif punctuation is not None:
        review = "".join(punctuation if c in string.punctuation else c for c in review)
    place = {word: k for k, word in enumerate(vocabulary)}
    found = [place.get(word, unknown) for word in review.split(cut)]
    return [index for index in found if index is not None]


def _wrong_indices(review, vocabulary) -> Iterator[tuple[list, str, str]]:
    """What the usual mistakes give, alone and together, each with symptom and nudge."""
    right = _indices(review, vocabulary)
    size = len(vocabulary)
    lower = {True: None, False: "capital letters make a word unknown: 'The' is not 'the'"}
    punctuation = {
        "": None,
        None: "a word with a sign on it counts as another word: 'good;' is not 'good'",
        "ends": "a sign inside a word stays, so that don't is not found as 'dont'",
        " ": "the apostrophe of don't cuts it into two words, don and t",
    }
    unknown = {
        1: None,
        None: "there are fewer indices than words: the unknown word is left out",
        0: "the unknown word becomes 0, which is kept for padding",
        -1: "the unknown word becomes -1; a table has no such row",
        size: f"the unknown word becomes {size}, a place that the vocabulary does not have",
    }
    cut = {None: None, " ": "two blanks in a row make a word out of nothing, with the index 0"}
    nudges = (
        "Which method of a text makes small letters?",
        "Take the signs away before you cut, with nothing in their place.",
        "The vocabulary has a place for it: what is [UNK]?",
        "What does split() do that split(' ') does not?",
    )
    kinds = (lower, punctuation, unknown, cut)
    made = {}  # the mistakes in each combination; those with the fewest come first
    for choice in product(*kinds):
        said = [(kind[how], nudge) for kind, how, nudge in zip(kinds, choice, nudges, strict=True)]
        made[choice] = [(symptom, nudge) for symptom, nudge in said if symptom]
    for choice in sorted(made, key=lambda choice: len(made[choice])):
        wrong = _indices(review, vocabulary, *choice)
        if wrong != right:
            yield wrong, *made[choice][0]
    count = "The vocabulary's first two places are taken, and they count: the first word is 2."
    for less in (2, 1, -1):
        off = f"the indices are {abs(less)} too {'low' if less > 0 else 'high'}"
        yield [k - less for k in right], off, count
        yield [k - less if k > 1 else 1 for k in right], off, count
    place = {word: k for k, word in enumerate(vocabulary)}
    letters = "you give an index to each letter, not to each word"
    cutting = "A loop over a text runs over its letters. What cuts it at the blanks?"
    yield [place.get(c, 1) for c in review.lower()], letters, cutting
    yield [place.get(c, 1) for c in review], letters, cutting
    once = "a word that comes twice has one index only"
    yield list(dict.fromkeys(right)), once, "One index for each word, in the review's order."
    yield sorted(set(right)), once, "One index for each word, in the review's order."
    order = "the indices are sorted; expected: the order of the words"
    yield sorted(right), order, "The review's order, not the vocabulary's."
    yield right[::-1], "the last word comes first", "In the order of the words."
    yield right[:1], "you give the first word only", "Is the `return` inside the loop?"


# 2 -----------------------------------------------------------------------------------------

SHORT = [[4, 7], [5], [6, 3, 1, 2], [8, 9, 3]]
LONG = [[4, 7], [5, 2, 9, 1, 3, 8], [6, 3, 1, 2]]


@progress.exercise("pad")
def check_pad(pad: Callable) -> None:
    """`pad(indices, length)`: an array, zeros behind the shorter lists, the longer ones cut."""
    try:
        pad(copy.deepcopy(SHORT), 5)
    except (ValueError, IndexError) as error:
        raise Mistake(
            f"reviews of 2, 1, 4 and 3 words and a length of 5: your code stops with "
            f"{type(error).__name__}",
            "An array wants rows of the same length. Of the five places, which get the two words "
            "of the first review, and what do the others hold?",
        ) from error
    _require_rectangle(pad, SHORT, 5)
    try:
        pad(copy.deepcopy(LONG), 4)
    except (ValueError, IndexError) as error:
        raise Mistake(
            f"a review of 6 words and a length of 4: your code stops with {type(error).__name__}",
            "Cut the review first. Six numbers do not go into four places.",
        ) from error
    _require_rectangle(pad, LONG, 4)
    _require_rectangle(pad, [[], [3, 6]], 3)
    given = copy.deepcopy(SHORT + LONG)
    pad(given, 4)
    require(
        given == SHORT + LONG,
        "the right rows, but the lists that were passed in are changed",
        "append, extend and += change a list itself; a + b makes a new one.",
    )


def _require_rectangle(pad: Callable, indices: list, length: int) -> None:
    found = pad(copy.deepcopy(indices), length)
    require_something(found, "an array, a row for each review")
    right = _padded(indices, length)
    case = f"{indices} to the length {length}: "
    if isinstance(found, list | tuple):
        widths = [len(row) if hasattr(row, "__len__") else None for row in found]
        require(
            len(set(widths)) == 1,
            f"{case}the rows have the lengths {widths}; expected {length} for each",
            "The shorter ones want zeros, the longer ones a cut.",
        )
    found = np.asarray(found)
    for wrong, symptom, nudge in _wrong_rectangles(indices, length):
        same = close(found, wrong) and not close(right, wrong)
        require(not same, f"{case}{symptom}", nudge)
    require(
        found.shape == right.shape,
        f"{case}expected the shape {right.shape}, found {found.shape}",
        "A row for each review, `length` columns. " + ARGUMENTS,
    )
    k = next((k for k in range(len(right)) if not close(found[k], right[k])), 0)
    require(
        close(found, right),
        f"{indices[k]} to the length {length} should become {right[k].tolist()}; it becomes "
        f"{found[k].tolist()}",
        "Do this one by hand, and compare with what each of your lines makes of it.",
    )


def _padded(indices, length, behind=True, first=True, filler=0) -> np.ndarray:
    """The right rows, or padded in front, cut in front, filled with another number."""
    rows = []
    for review in indices:
        review = review[:length] if first else review[max(0, len(review) - length) :]
        zeros = [filler] * (length - len(review))
        rows.append(review + zeros if behind else zeros + review)
    return np.array(rows)


def _wrong_rectangles(indices, length) -> Iterator[tuple[np.ndarray, str, str]]:
    """What the usual mistakes give, each with symptom and nudge."""
    longest = max(map(len, indices))
    front = "the zeros stand in front; expected: behind"
    front_nudge = "Where does row 0 begin? (Keras's pad_sequences has an argument `padding`.)"
    end = "of the review that is too long the last words stay; expected: the first"
    end_nudge = "Which end do you cut? (Keras's pad_sequences has an argument `truncating`.)"
    for filler, name in ((0, None), (1, "a 1, that is [UNK]"), (-1, "a -1, which is no row")):
        fill = f"the free places hold {name}; expected 0, which means no word"
        fill_nudge = "Which index is kept for places without a word?"
        for first, behind in product((True, False), repeat=2):
            said, nudge = (front, front_nudge) if not behind else (end, end_nudge)
            if name:
                said, nudge = fill, fill_nudge
            if name or not (first and behind):
                yield _padded(indices, length, behind, first, filler), said, nudge
    yield (
        _padded(indices, longest),
        f"{longest} columns, as many as the longest review of this batch has words",
        "Every batch should have the same number of columns. Where does `length` go?",
    )
    fits = [review for review in indices if len(review) <= length]
    if fits:
        yield (
            _padded(fits, length),
            "a review is missing, the one that is too long",
            "It is to be cut, not thrown away.",
        )
    yield (
        _padded(indices, length).T,
        "reviews are columns; expected: a row for each review",
        "The first axis is the reviews.",
    )
    yield (
        _padded(indices, length).ravel(),
        "all rows stand in one line",
        "A rectangle: a row for each review.",
    )
    yield (
        np.array([np.resize(review or [0], length) for review in indices]),
        ("a short review starts again from its first word"),
        "np.resize repeats. What should stand in the free places?",
    )


# 3 -----------------------------------------------------------------------------------------

NUM_KNOWN, FACTORS, DROPOUT, LENGTH = 7, 3, 0.3, 5
ROWS = NUM_KNOWN + 2
REVIEWS = np.array([[4, 0, 0, 0, 0], [2, 8, 1, 0, 0], [3, 7, 5, 2, 6], [1, 6, 0, 0, 0]])
NUM_WORDS = (REVIEWS > 0).sum(axis=1)
STOPPED = (  # a part of what Keras says, and what it means here
    (
        "Only input tensors",
        "a layer is given something that is not the result of a layer",
        "Making a layer is one pair of brackets, applying it to what comes before is another.",
    ),
    (
        "expected ndim=3",
        "the mean wants a row of vectors for each review, and gets another number of axes",
        "Input (n, length), word vectors (n, length, num_factors), mean (n, num_factors): print "
        "the shapes of yours.",
    ),
    (
        "to a shape",
        "a shape is a tuple, even one of a single number",
        "How do you write a tuple with one number in it?",
    ),
)


@progress.exercise("build_network")
def check_build(build_network: Callable) -> None:
    """`build_network(num_known, num_factors, dropout, length)`: from (n, length) to (n, 1)."""
    import keras

    try:
        model = build_network(NUM_KNOWN, FACTORS, DROPOUT, LENGTH)
    except ValueError as error:
        for text, symptom, nudge in STOPPED:
            require(text not in str(error), f"your code stopped with ValueError: {symptom}", nudge)
        raise
    require_something(model, "a keras.Model")
    require(
        isinstance(model, keras.Model),
        f"expected a keras.Model, found {kind(model)}",
        "keras.Model(inputs, output) makes one from the input and the last thing you computed.",
    )
    wide = (getattr(model, "input_shape", None) or (None, LENGTH))[-1]
    require(
        wide in (LENGTH, None),
        f"for rows of {LENGTH} indices the network wants {wide}",
        "The argument `length` says how long the rows are. " + ARGUMENTS,
    )
    model(REVIEWS * 0 + 1)  # weights of a network written as a class; every table has a row 1
    table, kernel, bias = _weights(model)
    require(
        len(model.trainable_weights) == 3,
        "a weight is frozen: training would not change it",
        "Look for trainable=False.",
    )
    rng = np.random.RandomState(5)
    for weight in (table, kernel, bias):
        weight.assign(rng.uniform(0.3, 1.5, weight.shape) * rng.choice([-1, 1], weight.shape))
    W, v, b = table.numpy(), kernel.numpy().ravel(), bias.numpy().item()
    _require_scores(np.asarray(model(REVIEWS)), W, v, b)
    for weight, value in ((table, 1.0), (kernel, 1.0), (bias, 0.0)):
        weight.assign(np.full(weight.shape, value))
    _require_dropout(model)


def _weights(model) -> tuple:
    """Table, vector and bias, found by their shapes."""
    found = [tuple(weight.shape) for weight in model.weights if "seed" not in weight.name]
    weights = [weight for weight in model.weights if "seed" not in weight.name]
    case = f"with {NUM_KNOWN} known words and {FACTORS} factors "
    tables = [shape for shape in found if len(shape) == 2 and shape[1] == FACTORS]
    require(
        bool(tables),
        f"{case}there is no table of word vectors; the weights have the shapes {found}",
        "Which layer replaces an index by its row? And which of its numbers is which?",
    )
    rows = tables[0][0]
    taken = "Which indices are there that belong to no word of its own? Each wants a row."
    require(
        rows not in (NUM_KNOWN, NUM_KNOWN + 1),
        f"{case}the table has {rows} rows: too small, word {ROWS - 1} looks up a row that "
        "is not there",
        taken,
    )
    require(rows == ROWS, f"{case}the table has {rows} rows; it needs {ROWS}", taken)
    require(
        (LENGTH * FACTORS, 1) not in found,
        f"the last unit has {LENGTH} x {FACTORS} weights, others for each place of the row: the "
        "same word counts differently in another place",
        "One vector for the whole review has to go into it. Which layer takes a mean?",
    )
    require(
        len(tables) == 1,
        f"{case}there are {len(tables)} tables",
        "All places of the row share one table.",
    )
    require(
        (FACTORS, 1) in found,
        f"{case}there is no vector v of the shape {(FACTORS, 1)}; the weights have the shapes "
        f"{found}",
        "One linear unit, applied to the mean.",
    )
    require(
        (1,) in found,
        "the last unit has no bias b",
        "Compare with the formula: what is added to the mean at the end?",
    )
    require(
        len(found) == 3,
        f"besides W, v and b there are other weights; all of them: {found}",
        "Four layers, of which two have weights.",
    )
    return tuple(weights[found.index(shape)] for shape in ((ROWS, FACTORS), (FACTORS, 1), (1,)))


def _require_scores(found: np.ndarray, W, v, b) -> None:
    n = len(REVIEWS)
    found = found[:, 0] if found.shape == (n, 1) else found
    words = np.where(REVIEWS > 0, W[REVIEWS] @ v, 0)
    right = words.sum(axis=1) / NUM_WORDS + b
    for wrong, symptom, nudge in _wrong_scores(W, v, b, words, right):
        require(not close(found, wrong), symptom, nudge)
    require(
        found.shape == (n,),
        f"{n} reviews give an output of the shape {found.shape}; expected one number for each",
        "The mean over the words leaves one vector for each review.",
    )
    k = int(np.argmax(np.abs(found - right)))
    require(
        close(found, right),
        f"for known weights the row {REVIEWS[k]} should score {right[k]:.3f}; it scores "
        f"{found[k]:.3f}",
        "Compute it by hand from network.get_weights(): the mean of which rows?",
    )


def _wrong_scores(W, v, b, words, right) -> Iterator[tuple[np.ndarray, str, str]]:
    """The scores that usual mistakes give, each with symptom and nudge."""
    every = W[REVIEWS] @ v
    padding = "the same review gets another score with more zeros behind it"
    pools = {
        "mean": (every.mean(axis=1) + b, padding, "How does the mean know which places to skip?"),
        "zeroed": (
            words.sum(axis=1) / LENGTH + b,
            f"the padding adds nothing, but each review is divided by {LENGTH}, whatever its "
            "number of words",
            "n is the number of words of the review.",
        ),
        "sum": (
            words.sum(axis=1) + b,
            "the word vectors are added up, not averaged: a long review scores high for its length",
            "What is the factor in front of the sum?",
        ),
        "sum of all": (
            every.sum(axis=1) + b,
            "the word vectors are added up, not averaged, the padding's too",
            "What is the factor in front of the sum?",
        ),
        "largest": (
            W[REVIEWS].max(axis=1) @ v + b,
            "of each factor the largest is taken, not the mean",
            "There is a pooling layer for each of the two.",
        ),
        "largest, masked": (
            np.where(REVIEWS[..., None] > 0, W[REVIEWS], -np.inf).max(axis=1) @ v + b,
            "of each factor the largest is taken, not the mean",
            "There is a pooling layer for each of the two.",
        ),
        "first": (every[:, 0] + b, "only the first word counts", "The mean over all words."),
        "last": (every[:, -1] + b, "only the last place counts", "The mean over all words."),
        "known": (
            np.where(REVIEWS > 1, every, 0).sum(axis=1) / np.maximum(1, (REVIEWS > 1).sum(1)) + b,
            "unknown words are left out with the padding",
            "Index 1 is a word too, if an unknown one. Only 0 is none.",
        ),
    }
    chance = "the output is a chance between 0 and 1, not a score"
    sigmoid = "σ comes with the loss: from_logits=True applies it. With one here it would be twice."
    cut = "a score below 0 becomes 0: such a network could never say complaint"
    for score in (right, *(pool[0] for pool in pools.values())):
        yield 1 / (1 + np.exp(-score)), chance, sigmoid
        linear = "A linear unit has no activation."
        yield np.maximum(0, score), cut, linear
        yield np.tanh(score), "the scores are squeezed between -1 and 1", linear
    yield right - b, "the bias b is not added", "Compare with the formula: what comes last?"
    yield from pools.values()


def _require_dropout(model) -> None:
    """With ones in W and v: which numbers does training leave, and how many?"""
    import keras

    many = np.tile(np.arange(2, 2 + LENGTH), (2500, 1))
    found = np.asarray(model(many, training=True)).ravel()
    require(
        float(np.ptp(found)) > 1e-3,
        "there is no dropout: in training every score is the same as outside it",
        "It stands between the mean and the last unit, and the argument `dropout` is its rate.",
    )
    noise = keras.layers.GaussianDropout, keras.layers.GaussianNoise
    require(
        not any(isinstance(layer, noise) for layer in getattr(model, "layers", ())),
        "there is noise, but nothing is dropped",
        "layers.Dropout.",
    )
    levels = len(np.unique(found.round(3)))
    require(
        levels > 2,
        "the dropout sets whole scores to 0; expected: single numbers of the mean",
        "On which side of the last unit does it stand?",
    )
    require(
        levels <= FACTORS + 1,
        "the dropout works on the single word vectors; expected: on their mean",
        "On which side of the mean does it stand?",
    )
    kept = found.round(3).max() / FACTORS  # what is left is divided by 1 - rate
    rate = 1 - 1 / kept
    require(
        abs(rate - DROPOUT) < 0.01,
        f"asked to drop {DROPOUT:.0%} of the numbers, it drops {rate:.0%}",
        "layers.Dropout takes the share that is dropped. " + ARGUMENTS,
    )


# 4 -----------------------------------------------------------------------------------------

TEXTS = ["fine soup", "cold soup", "slow", "lovely", "stale bread", "kind", "bland", "fresh"]
CASES = (  # labels, scores; the worst mistake is a praise in the first, a complaint in the second
    ([1, 0, 0, 1, 0, 1, 0, 1], [2.1, -4.5, 0.9, 0.1, 1.4, -2.6, 0.3, 3.9]),
    ([1, 0, 0, 1, 0, 1, 0, 1], [5.5, -2.1, 0.1, -0.1, 2.9, -1.7, -3.2, 0.05]),
)


@progress.exercise("worst_review")
def check_worst_review(worst_review: Callable) -> None:
    """`worst_review(texts, labels, scores)`: the text whose true label has the least chance."""
    for labels, scores in CASES:
        labels, scores = np.array(labels), np.array(scores)
        found = worst_review(list(TEXTS), labels.copy(), scores.copy())
        require_something(found, "the text of a review")
        error = np.where(labels == 1, -scores, scores)
        right = int(np.argmax(error))
        if isinstance(found, list | tuple | np.ndarray) and np.size(found) == 1:
            found = np.ravel(found)[0]
            require(
                False,
                f"expected a text, found a list or an array with {str(found)!r} in it",
                "Return the one review itself.",
            )
        place = isinstance(found, int | np.integer) and not isinstance(found, bool)
        require(
            not place,
            f"expected a text, found the number {found}",
            "This is a place. Which review stands there?",
        )
        require(
            isinstance(found, str) and found in TEXTS,
            f"expected one of the texts, found {kind(found)}",
            "texts[k] is the review in place k.",
        )
        if found == TEXTS[right]:
            continue
        k = TEXTS.index(found)
        said = f"you return a review with the label {labels[k]} and the score {scores[k]}: "
        for wrong, symptom, nudge in _wrong_reviews(labels, scores, error):
            require(k != wrong, said + symptom, nudge)
        raise Mistake(
            f"{said}expected the one with the label {labels[right]} and the score {scores[right]}",
            "For each review: which chance does its true label get?",
        )


def _wrong_reviews(labels, scores, error) -> Iterator[tuple[int, str, str]]:
    """The places that usual mistakes pick, each with symptom and nudge."""
    yield (
        int(np.argmin(error)),
        "the network is right there, and surer than anywhere",
        "Sure is one thing, wrong another. Where do the labels come in, with which sign?",
    )
    yield (
        int(np.argmin(np.abs(scores))),
        "there the network is least sure, not most wrong",
        "A score near 0 is a shrug. Which error is the largest?",
    )
    chance = 1 / (1 + np.exp(-scores))
    only = "the worst of one kind; a worse mistake is made on the other label"
    sign = "Both kinds of mistakes count: label 1 and score far below 0, label 0 and far above."
    yield int(np.argmax(chance - labels)), only, sign
    yield int(np.argmax(labels - chance)), only, sign
    wrong = np.flatnonzero(error > 0)
    yield int(wrong[0]), "it is wrong there, but not most wrong", "Not the first: the largest."
    yield (
        int(wrong[np.argmin(error[wrong])]),
        "it is wrong there, but only just",
        "The largest error, not the smallest.",
    )
    raw = "label minus score mixes two scales"
    mixed = "A label is 0 or 1, a score any number. Make a chance of the score first."
    yield int(np.argmax(np.abs(labels - scores))), raw, mixed
    yield int(np.argmax((labels - scores) ** 2)), raw, mixed
