"""Practice 7: wrong answers with the hint that each must draw, right ones written differently."""

PRACTICE = "07_nlp_embeddings"
GIVEN = ["imports"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "word_indices": ("ex-words", "check_word_indices"),
    "pad": ("ex-pad", "check_pad"),
    "build_network": ("ex-build", "check_build"),
    "worst_review": ("ex-worst", "check_worst_review"),
}


def prepare(namespace: dict) -> None:
    """What else a student has at hand: the length of the rows, and Keras's layer."""
    namespace["LENGTH"] = 12
    namespace["by_keras"] = namespace["layers"].TextVectorization(output_sequence_length=12)
    namespace["by_keras"].adapt(["the soup was good", "the bread was not"])


def words(body: str) -> str:
    return "def word_indices(review, vocabulary):\n    " + body.replace("\n", "\n    ") + "\n"


def pad(body: str) -> str:
    return "def pad(indices, length):\n    " + body.replace("\n", "\n    ") + "\n"


def worst(body: str) -> str:
    return "def worst_review(texts, labels, scores):\n    " + body.replace("\n", "\n    ") + "\n"


def nothing(function: str) -> str:
    return f"def {function}(*anything):\n    pass\n"


def pad_by_keras(more: str) -> str:
    return pad(f"return keras.utils.pad_sequences(indices, maxlen=length{more})")


def subclass(score: str) -> str:
    """A network as a class."""
    return f"""
class Network(keras.Model):
    def __init__(self, num_known, num_factors, dropout):
        super().__init__()
        self.table = layers.Embedding(num_known + 2, num_factors)
        self.dropout = layers.Dropout(dropout)
        self.last = layers.Dense(1)

    def call(self, word, training=False):
        real = keras.ops.cast(keras.ops.expand_dims(word, -1) > 0, "float32")
        total = keras.ops.sum(self.table(word) * real, axis=1)
        return {score}


def build_network(num_known, num_factors, dropout, length):
    return Network(num_known, num_factors, dropout)
"""


LOOK_UP = "place.get(word, 1)"
BARE = "bare.split()"
SIGNS = "if sign not in string.punctuation"
TABLE = 'layers.Embedding(num_known + 2, num_factors, mask_zero=True, name="w_j")(word)'
MEAN = 'layers.GlobalAveragePooling1D(name="mean")(w_j)'
DROP = '    mean = layers.Dropout(dropout, name="dropout")(mean)\n'
DENSE = 'layers.Dense(1, name="score")(mean)'
RETURN = f'return keras.Model(word, {DENSE}, name="average")'
ARGMAX = "np.argmax(error)"
ERROR = "np.abs(np.asarray(labels) - chance)"
DONE = "self.last(self.dropout(total / keras.ops.sum(real, axis=1), training=training))"

WRONG = {
    "word_indices": {
        "returns None": (nothing("word_indices"), "returns nothing; expected a list"),
        "capitals stay": ([("review.lower()", "review")], "capital letters make a word unknown"),
        "signs stay": ([(f" {SIGNS}", "")], "a word with a sign on it"),
        "neither": (
            words("return [vocabulary.index(w) if w in vocabulary else 1 for w in review.split()]"),
            "capital letters make a word unknown",
        ),
        "signs become blanks": (
            [
                (
                    f"sign for sign in review.lower() {SIGNS}",
                    'sign if sign not in string.punctuation else " " for sign in review.lower()',
                )
            ],
            "cuts it into two words",
        ),
        "unknown words dropped": (
            [(f"[{LOOK_UP} for word in {BARE}]", f"[place[w] for w in {BARE} if w in place]")],
            "the unknown word is left out",
        ),
        "capitals stay, unknown words dropped": (
            [
                ("review.lower()", "review"),
                (f"[{LOOK_UP} for word in {BARE}]", f"[place[w] for w in {BARE} if w in place]"),
            ],
            "capital letters make a word unknown",
        ),
        "unknown words crash": (
            [(LOOK_UP, "place[word]")],
            "stops at a word that is not in the vocabulary, with KeyError",
        ),
        "list.index crashes": (
            [(LOOK_UP, "vocabulary.index(word)")],
            "stops at a word that is not in the vocabulary, with ValueError",
        ),
        "unknown is 0": ([(LOOK_UP, "place.get(word, 0)")], "0, which is kept for padding"),
        "unknown is None": ([(LOOK_UP, "place.get(word)")], "becomes None"),
        "unknown is new": ([(LOOK_UP, "place.get(word, len(place))")], "becomes 10, a place that"),
        "vocabulary grows": (
            words(
                "bare = review.lower().translate(str.maketrans('', '', string.punctuation))\n"
                "for word in bare.split():\n    if word not in vocabulary:\n"
                "        vocabulary.append(word)\n"
                "return [vocabulary.index(word) for word in bare.split()]"
            ),
            "becomes 10, a place that",
        ),
        "cut at each blank": ([(BARE, 'bare.split(" ")')], "two blanks in a row"),
        "two places forgotten": (
            [("enumerate(vocabulary)", "enumerate(vocabulary[2:])")],
            "the indices are 2 too low",
        ),
        "counted from 1": (
            [("enumerate(vocabulary)", "enumerate(vocabulary, 1)")],
            "the indices are 1 too high",
        ),
        "words, not indices": ([(f"[{LOOK_UP} for word in {BARE}]", BARE)], "these are texts"),
        "the list asked for a word": (
            [(LOOK_UP, "vocabulary[word]")],
            "a list is asked for an entry in the place of a word",
        ),
        "signs inside stay": (
            words(
                "bare = [w.strip(string.punctuation) for w in review.lower().split()]\n"
                "return [vocabulary.index(w) if w in vocabulary else 1 for w in bare if w]"
            ),
            "a sign inside a word stays",
        ),
        "letters": ([(BARE, "review")], "an index to each letter"),
        "each once": ([(BARE, f"dict.fromkeys({BARE})")], "comes twice has one index only"),
        "a set": (
            [(f"[{LOOK_UP} for word in {BARE}]", f"{{{LOOK_UP} for word in {BARE}}}")],
            "expected a list of indices, found a set",
        ),
        "return in the loop": (
            words("for word in review.lower().split():\n    return [vocabulary.index(word)]"),
            "you give the first word only",
        ),
        "the notebook's vocabulary": (
            [("vocabulary)}", "by_keras.get_vocabulary())}")],
            "another vocabulary gives the same indices",
        ),
        "an empty review": (
            [("    return [", "    if not bare.split():\n        return [1]\n    return [")],
            "expected an empty list, found [1]",
        ),
    },
    "pad": {
        "no room for the zeros": (
            [("row[: len(review)] =", "row[:] =")],
            "reviews of 2, 1, 4 and 3 words and a length of 5: your code stops with ValueError",
        ),
        "an array of what is cut": (
            pad("return np.array([r[:length] for r in indices])"),
            "reviews of 2, 1, 4 and 3 words and a length of 5: your code stops with ValueError",
        ),
        "appends zeros, does not cut": (
            pad(
                "for r in indices:\n    while len(r) < length:\n        r.append(0)\n"
                "    r = r[:length]\nreturn indices"
            ),
            "the rows have the lengths [4, 6, 4]",
        ),
        "returns None": (nothing("pad"), "returns nothing; expected an array"),
        "zeros in front": (
            pad("return np.array([[0] * (length - len(r)) + r[:length] for r in indices])"),
            "the zeros stand in front",
        ),
        "Keras's own way": (pad_by_keras(""), "the zeros stand in front"),
        "cut at the wrong end": (pad_by_keras(', padding="post"'), "the last words stay"),
        "cut right, padded in front": (pad_by_keras(', truncating="post"'), "stand in front"),
        "not cut": (
            pad("return [r + [0] * (length - len(r)) for r in indices]"),
            "the rows have the lengths [4, 6, 4]",
        ),
        "no room": (
            [("review[:length]", "review")],
            "a review of 6 words and a length of 4: your code stops with ValueError",
        ),
        "not padded": (pad("return [r[:length] for r in indices]"), "the lengths [2, 1, 4, 3]"),
        "as long as the longest": (
            pad(
                "n = max(map(len, indices))\n"
                "return np.array([r + [0] * (n - len(r)) for r in indices])"
            ),
            "4 columns, as many as the longest",
        ),
        "long ones dropped": (
            [("    rows =", "    indices = [r for r in indices if len(r) <= length]\n    rows =")],
            "a review is missing",
        ),
        "filled with ones": ([("np.zeros", "np.ones")], "a 1, that is [UNK]"),
        "filled with -1": (
            pad_by_keras(", padding='post', truncating='post', value=-1"),
            "a -1, which is no row",
        ),
        "on its side": ([("return rows", "return rows.T")], "reviews are columns"),
        "starts again": (
            pad("return np.array([np.resize(r, length) for r in indices])"),
            "starts again",
        ),
        "the notebook's length": (
            [(", length), int", ", LENGTH), int")],
            "expected the shape (4, 5), found (4, 12)",
        ),
        "changes what it is given": (
            pad(
                "for r in indices:\n    r += [0] * (length - len(r))\n"
                "return np.array([r[:length] for r in indices])"
            ),
            "the lists that were passed in are changed",
        ),
    },
    "build_network": {
        "returns None": (nothing("build_network"), "returns nothing; expected a keras.Model"),
        "the output alone": ([(RETURN, f"return {DENSE}")], "found a KerasTensor"),
        "two rows too few": ([("num_known + 2", "num_known")], "the table has 7 rows: too small"),
        "one row too few": ([("num_known + 2", "num_known + 1")], "8 rows: too small"),
        "a row too many": ([("num_known + 2", "num_known + 3")], "has 10 rows; it needs 9"),
        "sizes swapped": (
            [("num_known + 2, num_factors", "num_factors, num_known + 2")],
            "there is no table of word vectors",
        ),
        "no mask": ([(", mask_zero=True", "")], "with more zeros behind it"),
        "NumPy's mean": ([(MEAN, "keras.ops.mean(w_j, axis=1)")], "with more zeros behind it"),
        "a sum": ([(MEAN, "keras.ops.sum(w_j, axis=1)")], "not averaged, the padding's too"),
        "a masked sum": (
            subclass("self.last(self.dropout(total, training=training))"),
            "added up, not averaged: a long review",
        ),
        "divided by the length": (
            subclass("self.last(self.dropout(total / word.shape[1], training=training))"),
            "each review is divided by 5",
        ),
        "Flatten": ([(MEAN, "layers.Flatten()(w_j)")], "others for each place of the row"),
        "the largest": ([("GlobalAverage", "GlobalMax")], "the largest is taken, not the mean"),
        "one index a review": (
            [("keras.Input((length,)", "keras.Input(()")],
            "the mean wants a row of vectors for each review",
        ),
        "a number for a shape": (
            [("keras.Input((length,)", "keras.Input(length")],
            "a shape is a tuple",
        ),
        "no pooling": ([(MEAN, "w_j")], "give an output of the shape (4, 5, 1)"),
        "mean over the factors": (
            [(MEAN, "keras.ops.mean(w_j, axis=2)")],
            "there is no vector v of the shape (3, 1)",
        ),
        "sigmoid": ([("Dense(1,", 'Dense(1, activation="sigmoid",')], "a chance between 0 and 1"),
        "sigmoid, and no mask": (
            [("Dense(1,", 'Dense(1, activation="sigmoid",'), (", mask_zero=True", "")],
            "a chance between 0 and 1",
        ),
        "ReLU": ([("Dense(1,", 'Dense(1, activation="relu",')], "a score below 0 becomes 0"),
        "no bias": ([("Dense(1,", "Dense(1, use_bias=False,")], "the last unit has no bias"),
        "one more layer": (
            [(DENSE, 'layers.Dense(1)(layers.Dense(8, activation="relu")(mean))')],
            "there is no vector v of the shape (3, 1)",
        ),
        "no dropout": ([(DROP, "")], "there is no dropout"),
        "dropout of its own": ([("Dropout(dropout,", "Dropout(0.5,")], "it drops 50%"),
        "what is kept": ([("Dropout(dropout,", "Dropout(1 - dropout,")], "it drops 70%"),
        "dropout before the mean": (
            [(DROP, ""), (MEAN, MEAN.replace("(w_j)", "(layers.Dropout(dropout)(w_j))"))],
            "works on the single word vectors",
        ),
        "dropout of the score": (
            [(DROP, ""), (DENSE, f"layers.Dropout(dropout)({DENSE})")],
            "sets whole scores to 0",
        ),
        "the notebook's length": (
            [("keras.Input((length,)", "keras.Input((LENGTH,)")],
            "for rows of 5 indices the network wants 12",
        ),
        "layer not applied": (
            [(f"{MEAN}\n", 'layers.GlobalAveragePooling1D(name="mean")\n')],
            "a layer is given something that is not the result of a layer",
        ),
    },
    "worst_review": {
        "returns None": (nothing("worst_review"), "returns nothing; expected the text"),
        "its place": ([(f"texts[int({ARGMAX})]", ARGMAX)], "found the number 5"),
        "its error": ([(f"texts[int({ARGMAX})]", "float(error.max())")], "found a float"),
        "in a list": (
            [(f"texts[int({ARGMAX})]", f"[texts[int({ARGMAX})]]")],
            "a list or an array with 'kind' in it",
        ),
        "surest": ([(ERROR, "np.abs(scores)")], "right there, and surer than anywhere"),
        "least error": ([("argmax", "argmin")], "right there, and surer than anywhere"),
        "least sure": ([(ERROR, "-np.abs(scores)")], "least sure, not most wrong"),
        "praise too sure": ([(ERROR, "chance - labels")], "the worst of one kind"),
        "complaint too sure": ([(ERROR, "labels - chance")], "the worst of one kind"),
        "first mistake": ([(ERROR, "(scores > 0) != labels")], "wrong there, but not most wrong"),
        "least mistake": (
            [(ERROR, "-np.where((scores > 0) != labels, np.abs(scores), 99)")],
            "only just",
        ),
        "score for chance": ([(ERROR, "np.abs(labels - scores)")], "right there, and surer"),
        "sign of sigma": ([("np.exp(-", "np.exp(")], "right there, and surer than anywhere"),
    },
}

RIGHT = {
    "word_indices": {
        "with translate and index": words(
            "bare = review.lower().translate(str.maketrans('', '', string.punctuation))\n"
            "return [vocabulary.index(w) if w in vocabulary else 1 for w in bare.split()]"
        ),
        "a loop over the signs": words(
            "review = review.lower()\nfor sign in string.punctuation:\n"
            "    review = review.replace(sign, '')\nfound = []\nfor word in review.split():\n"
            "    try:\n        found.append(vocabulary.index(word))\n"
            "    except ValueError:\n        found.append(1)\nreturn found"
        ),
        "word by word, an array": words(
            "bare = [w.strip(string.punctuation).replace(\"'\", '').lower()\n"
            "        for w in review.split()]\n"
            "return np.array([vocabulary.index(w) if w in vocabulary else 1 for w in bare if w])"
        ),
        "with Keras": words(
            "layer = layers.TextVectorization(vocabulary=vocabulary[2:])\n"
            "found = np.array(layer([review]))[0]\nreturn found[found > 0].tolist()"
        ),
    },
    "pad": {
        "lists": pad("return [(r + length * [0])[:length] for r in indices]"),
        "Keras, both ends told": pad_by_keras(', padding="post", truncating="post"'),
        "place by place": pad(
            "rows = np.zeros((len(indices), length))\nfor i, r in enumerate(indices):\n"
            "    for k, index in enumerate(r):\n        if k < length:\n"
            "            rows[i, k] = index\nreturn rows"
        ),
        "np.pad": pad(
            "cut = [np.array(r[:length], int) for r in indices]\n"
            "return np.stack([np.pad(r, (0, length - len(r))) for r in cut])"
        ),
    },
    "build_network": {
        "Sequential": """
def build_network(num_known, num_factors, dropout, length):
    return keras.Sequential([
        keras.Input((length,)), layers.Embedding(num_known + 2, num_factors, mask_zero=True),
        layers.GlobalAveragePooling1D(), layers.Dropout(dropout), layers.Dense(1)])
""",
        "a class": subclass(DONE),
        "any length": [("keras.Input((length,)", "keras.Input((None,)")],
        "a mask of one's own": [
            (", mask_zero=True", ""),
            (MEAN, "layers.GlobalAveragePooling1D()(w_j, mask=keras.ops.not_equal(word, 0))"),
        ],
        "a vector of scores": [(DENSE, f"keras.ops.squeeze({DENSE}, -1)")],
        "linear, said aloud": [("Dense(1,", 'Dense(1, activation="linear",')],
    },
    "worst_review": {
        "without sigma": [(ERROR, "np.where(labels == 1, -scores, scores)")],
        "squared": [(ERROR, "(labels - chance) ** 2")],
        "cross-entropy": [(ERROR, "-np.log(np.where(labels == 1, chance, 1 - chance))")],
        "signs": worst("return texts[((1 - 2 * labels) * scores).argmax()]"),
        "a loop": worst(
            "worst, text = -np.inf, None\nfor t, y, s in zip(texts, labels, scores):\n"
            "    if (s if y == 0 else -s) > worst:\n"
            "        worst, text = (s if y == 0 else -s), t\nreturn text"
        ),
        "a frame": worst(
            "frame = pd.DataFrame({'label': labels, 's': scores}, index=texts)\n"
            "return frame['s'].where(frame['label'] == 0, -frame['s']).idxmax()"
        ),
    },
}
