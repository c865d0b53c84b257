"""Practice 7: wrong answers with a part of the hint that each must draw, and other right ones."""


def prepare(space: dict) -> None:
    """What else a student has at hand: the length of the rows, and Keras's layer."""
    space["LENGTH"] = 12
    space["by_keras"] = space["layers"].TextVectorization(output_sequence_length=12)
    space["by_keras"].adapt(["the soup was good", "the bread was not"])


def subclass(score: str) -> str:
    """A network as a class."""
    return f"""
class Network(keras.Model):
    def __init__(self, num_known, num_factors, dropout, length):
        super().__init__()
        self.table = layers.Embedding(num_known + 2, num_factors)
        self.dropout = layers.Dropout(dropout, noise_shape=(None, length, 1))
        self.last = layers.Dense(1)

    def call(self, word, training=False):
        real = keras.ops.cast(keras.ops.expand_dims(word, -1) > 0, "float32")
        total = keras.ops.sum(self.dropout(self.table(word), training=training) * real, axis=1)
        return {score}


def build_network(num_known, num_factors, dropout, length):
    return Network(num_known, num_factors, dropout, length)
"""


def sequential(first: str, *more: str) -> str:
    """A network as a list of layers, in front of the last one."""
    return f"return keras.Sequential([{first}{', '.join(more)}, layers.Dense(1)])"


PAIR, EACH, CUT = '" ".join(words[k : k + 2])', "range(len(words) - 1)", "bare.split()"
LOOK_UP, SIGNS = f"place.get({PAIR}, 1)", "if sign not in string.punctuation"
FOUND = f"[{LOOK_UP} for k in {EACH}]"
BARE = "bare = review.{}().translate(str.maketrans('', '', string.punctuation))\n"
INDEX = "[vocabulary.index(p) if p in vocabulary else 1 for p in pairs]"
PAIRS = "words = {}\npairs = [f'{{a}} {{b}}' for a, b in zip(words, words[1:])]\nreturn " + INDEX
ROWS, REVIEW = "np.zeros((len(indices), length), int)", "review[-length:]"
PADDED = "([0] * length + list(r))[-length:]"
KERAS_PAD = "return keras.utils.pad_sequences(indices, maxlen=length{})"
INPUT = 'keras.Input((length,), dtype="int32"), '
TABLE = "layers.Embedding(num_known + 2, num_factors, mask_zero=True)"
WORDS = "layers.Dropout(dropout, noise_shape=(None, length, 1))"
MEAN = 'layers.GlobalAveragePooling1D(name="mean")(w_j)'
DROP = '    w_j = layers.Dropout(dropout, noise_shape=(None, length, 1), name="drop_words")(w_j)\n'
DENSE, NOISE = 'layers.Dense(1, name="score")(mean)', ", noise_shape=(None, length, 1)"
RETURN = f'return keras.Model(word, {DENSE}, name="average")'
TEXT, ERROR = "texts[int(np.argmax(error))]", "np.abs(np.asarray(labels) - chance)"
DONE = "self.last(total / {})"
TRUE = "keras.ops.sum(real, axis=1)"
# fmt: off
WRONG = {
    "pair_indices": [
        ("capital letters make a word unknown", ("review.lower()", "review")),
        ("capital letters make a word unknown", PAIRS.format("review.split()")),
        ("the vocabulary is lowercase", BARE.format("upper") + PAIRS.format(CUT)),
        ("a word with punctuation on it", (f" {SIGNS}", "")),
        ("cuts it into two words", (f"sign for sign in review.lower() {SIGNS}",
            'sign if sign not in string.punctuation else " " for sign in review.lower()')),
        ("punctuation inside a word stays", "bare = [w.strip(string.punctuation) for w in review.lower().split()]\n"
            + PAIRS.format("[w for w in bare if w]")),
        ("_ is punctuation", "import re\n" + PAIRS.format("re.sub(r'[^\\w\\s]', '', review.lower()).split()")),
        ("digits, which are no punctuation", PAIRS.format("''.join(c for c in review.lower() if c.isalpha() or c.isspace()).split()")),
        ("letters with accents and digits, which are no punctuation", "import re\n" + PAIRS.format("re.sub('[^a-z0-9 ]', '', review.lower()).split()")),
        ("the unknown pair is left out", (EACH, f"{EACH} if {PAIR} in place")),
        ("the unknown pair is left out", ("review.lower()", "review"), (EACH, f"{EACH} if {PAIR} in place")),
        ("stops at a pair that is not in the vocabulary", (LOOK_UP, f"place[{PAIR}]")),
        ("stops at a pair that is not in the vocabulary", (LOOK_UP, f"vocabulary.index({PAIR})")),
        ("0, which is kept for padding", (f"{PAIR}, 1", f"{PAIR}, 0")),
        ("the unknown pair becomes None", (f"{PAIR}, 1", PAIR)),
        ("the unknown pair becomes 20; expected 1", (f"{PAIR}, 1", f"{PAIR}, len(place)")),
        ("changes its argument `vocabulary`", BARE.format("lower") + "words = bare.split()\nfor pair in zip(words, words[1:]):\n"
            "    if ' '.join(pair) not in vocabulary:\n        vocabulary.append(' '.join(pair))\n"
            "return [vocabulary.index(' '.join(pair)) for pair in zip(words, words[1:])]"),
        ("more than one blank", (CUT, 'bare.split(" ")')),
        ("off by the same -2", ("enumerate(vocabulary)", "enumerate(vocabulary[2:])")),
        ("off by the same 1", ("enumerate(vocabulary)", "enumerate(vocabulary, 1)")),
        ("there are texts, .*; expected places", (LOOK_UP, PAIR)),
        ("a list is asked for an entry in the place of a pair", (LOOK_UP, f"vocabulary[{PAIR}]")),
        ("each letter begins a pair", (CUT, "bare")),
        ("comes twice counts once only", (CUT, f"list(dict.fromkeys({CUT}))")),
        ("as many indices as words", BARE.format("lower") + "return [vocabulary.index(w) if w in vocabulary else 1 for w in bare.split()]"),
        ("as many indices as words", (EACH, "range(len(words))")),
        ("every second pair is missing", BARE.format("lower") + "w = bare.split()\npairs = [f'{a} {b}' for a, b in zip(w[::2], w[1::2])]\nreturn " + INDEX),
        ("are exchanged", PAIRS.replace("{{a}} {{b}}", "{{b}} {{a}}").format("review.lower().split()")),
        ("expected a list of indices; found a set", (FOUND, f"{{{FOUND[1:-1]}}}")),
        ("expected a list of indices; found a tuple", (FOUND, f"tuple({FOUND})")),
        ("expected a list of indices; found a generator", (FOUND, f"({FOUND[1:-1]})")),
        ("the right numbers, in the opposite order", (FOUND, f"{FOUND}[::-1]")),
        ("only the first pair has an index", PAIRS.format("review.lower().split()[:2]")),
        ("uses `by_keras`", ("vocabulary)}", "by_keras.get_vocabulary())}")),
        (r"a single word\) you find 1 indices, \[1\]; expected 0", ("    return [", "    if len(words) < 2:\n        return [1]\n    return [")),
    ],
    "pad": [
        ("put into a row that is longer than it", ("row[max(0, length - len(review)) :] =", "row[:] =")),
        ("put into a row that is shorter than it", (REVIEW, "review")),
        ("rows of different lengths make no array", "return np.array([r[-length:] for r in indices])"),
        ("changes its argument `indices`", "for r in indices:\n    while len(r) < length:\n        r.insert(0, 0)\n    r = r[-length:]\nreturn indices"),
        ("changes its argument `indices`", f"for r in indices:\n    r[:0] = [0] * (length - len(r))\nreturn np.array([{PADDED} for r in indices])"),
        ("the zeros stand behind", "return np.array([r[-length:] + [0] * (length - len(r)) for r in indices])"),
        ("the zeros stand behind", KERAS_PAD.format(", padding='post', truncating='post'")),
        ("the zeros stand behind", KERAS_PAD.format(", padding='post'")),
        ("the first indices stay", KERAS_PAD.format(", truncating='post'")),
        (r"the rows have the lengths \[4, 9, 4, 4\]; expected 4", "return [[0] * (length - len(r)) + r for r in indices]"),
        (r"the rows have the lengths \[2, 1, 0, 3\]; expected 5", "return [r[-length:] for r in indices]"),
        ("as many columns as the longest", "n = max(map(len, indices))\nreturn np.array([[0] * (n - len(r)) + r for r in indices])"),
        ("always 4 columns.* argument", ("    rows =", "    length = 4\n    rows =")),
        ("a review is missing, the one that is too long", ("    rows =", "    indices = [r for r in indices if len(r) <= length]\n    rows =")),
        ("goes on in the next row", "rows = []\nfor row in indices:\n    for start in range(0, max(len(row), 1), length):\n"
            "        part = row[start : start + length]\n        rows.append([0] * (length - len(part)) + part)\nreturn np.array(rows)"),
        ("hold a 1, that is ", ("np.zeros", "np.ones")),
        ("hold a -1, which is no index", KERAS_PAD.format(", value=-1")),
        ("rows and columns are exchanged", ("return rows", "return rows.T")),
        (r"the shape is \(20,\)", ("return rows", "return rows.ravel()")),
        ("starts again", "return np.array([np.resize(r or [0], length) for r in indices])"),
        ("uses `LENGTH`", (", length), int", ", LENGTH), int"), ("(0, length", "(0, LENGTH")),
        ("sorted by length", "rows = np.zeros((len(indices), length), dtype=int)\nfor k, row in enumerate(sorted(indices, key=len)):\n"
            "    row = row[-length:]\n    rows[k, length - len(row) :] = row\nreturn rows"),
        ("expected an array of NumPy, found an EagerTensor", "import tensorflow as tf\nreturn tf.constant(keras.utils.pad_sequences(indices, length))"),
        (r"holds floats, not whole numbers \(float64\)", (ROWS, "np.zeros((len(indices), length))")),
        (r"holds objects.*\(object\)", f"return np.array([{PADDED} for r in indices], dtype=object)"),
        ("holds texts, not whole numbers", f"return np.array([[str(j) for j in {PADDED}] for r in indices])"),
    ],
    "build_network": [
        ("without a network, a KerasTensor", (RETURN, f"return {DENSE}")),
        ("the table has 7 rows, too small", ("num_known + 2", "num_known")),
        ("the table has 8 rows, too small", ("num_known + 2", "num_known + 1")),
        ("the table has 10 rows, too large", ("num_known + 2", "num_known + 3")),
        (r"one of the shape \(9, 3\) for W", ("num_known + 2, num_factors", "num_factors, num_known + 2")),
        ("with more zeros behind it", (", mask_zero=True", "")),
        ("with more zeros behind it", (MEAN, "keras.ops.mean(w_j, axis=1)")),
        ("not averaged, the padding's too", (MEAN, "keras.ops.sum(w_j, axis=1)")),
        ("added up, not averaged: a long review", subclass("self.last(self.dropout(total, training=training))")),
        ("each review is divided by the same number", subclass(DONE.format("word.shape[1]"))),
        ("others for each place of the row", (MEAN, "layers.Flatten()(w_j)")),
        ("the largest is taken, not the mean", ("GlobalAverage", "GlobalMax")),
        ("the mean wants a row of vectors for each review", ("keras.Input((length,)", "keras.Input(()")),
        ("a shape is a tuple", ("keras.Input((length,)", "keras.Input(length")),
        ("each word has a score of its own", (MEAN, "w_j")),
        ("the mean is over the factors", (MEAN, "keras.ops.mean(w_j, axis=2)")),
        ("the mean is over the factors", sequential(INPUT, TABLE, "layers.GlobalAveragePooling1D(data_format='channels_first')")),
        ("a probability between 0 and 1", ("Dense(1,", 'Dense(1, activation="sigmoid",')),
        ("a probability between 0 and 1", ("Dense(1,", 'Dense(1, activation="sigmoid",'), (", mask_zero=True", "")),
        ("no number is below 0", ("Dense(1,", 'Dense(1, activation="relu",')),
        ("does not depend on b, the bias", ("Dense(1,", "Dense(1, use_bias=False,")),
        (r"one of the shape \(3, 1\) for v", (DENSE, 'layers.Dense(1)(layers.Dense(8, activation="relu")(mean))')),
        ("there is no dropout", (DROP, "")),
        (r"the dropout has the rates \[0.5\]; expected \[0.3\]", ("Dropout(dropout,", "Dropout(0.5,")),
        (r"the dropout has the rates \[0.7\]", ("Dropout(dropout,", "Dropout(1 - dropout,")),
        ("sets single numbers of the word vectors to 0", (NOISE, "")),
        ("sets numbers of the mean to 0", (DROP, ""), (DENSE, DENSE.replace("(mean)", "(layers.Dropout(dropout)(mean))"))),
        ("sets numbers of the mean to 0", (NOISE, ", noise_shape=(None, 1, num_factors)")),
        ("the same places from all reviews", (NOISE, ", noise_shape=(1, length, 1)")),
        ("sets whole scores to 0", (DROP, ""), (DENSE, f"layers.Dropout(dropout)({DENSE})")),
        ("the dropout drops nothing", (f"Dropout(dropout{NOISE}", "GaussianDropout(dropout")),
        ("the same rows score differently each time", ('"drop_words")(w_j)', '"drop_words")(w_j, training=True)')),
        ("uses `LENGTH`", ("keras.Input((length,)", "keras.Input((LENGTH,)")),
        (r"rows of any length; expected rows of `length`, \(None, 5\)", ("keras.Input((length,)", "keras.Input((None,)")),
        (r"the shape \(None, 12\); expected rows of `length`", ("keras.Input((length,)", "keras.Input((12,)")),
        ("the network has no input, so it is not built", sequential("", TABLE, "layers.GlobalAveragePooling1D()")),
        ("the network is compiled already", ("return ", "m = "), ("    ### END", "    m.compile('adam', 'mse')\n    return m\n    ### END")),
        ("in place of the table of word vectors", sequential(INPUT, "layers.CategoryEncoding(num_known + 2, output_mode='multi_hot')",
            "layers.Dense(num_factors)")),
        ("ValueError: Only input tensors", (f"{MEAN}\n", 'layers.GlobalAveragePooling1D(name="mean")\n')),
        ("there is a penalty on W", ("mask_zero=True", "mask_zero=True, embeddings_regularizer='l2'")),
    ],
    "worst_review": [
        ("expected one of the texts, found an int64: .*16", (TEXT, "np.argmax(error)")),
        ("expected one of the texts, found a float", (TEXT, "float(error.max())")),
        ("expected one of the texts, found a list of str: \\['.* soup'\\]", (TEXT, f"[{TEXT}]")),
        ("furthest from 0, whether it is right or wrong", (ERROR, "np.abs(scores)")),
        ("gets right, and surer", ("argmax", "argmin")),
        ("gets right, and surer", ("np.exp(-", "np.exp(")),
        ("least sure, not most wrong", (ERROR, "-np.abs(scores)")),
        ("complaints taken for praise count, the other", (ERROR, "chance - labels")),
        ("praise taken for complaint counts, the other", (ERROR, "labels - chance")),
        ("the first review that is wrong, not the one that is most wrong", (ERROR, "(scores > 0) != labels")),
        ("wrong, but only just", (ERROR, "-np.where((scores > 0) != labels, np.abs(scores), 99)")),
        ("mixes two scales.*probability", (ERROR, "np.abs(labels - scores)")),
        ("mixes two scales.*probability", "return texts[int(np.argmax((labels - scores) ** 2))]"),
        ("compared with 0.5", "told = scores > 0.5\nerror = np.where(told == (labels == 1), 0, np.abs(scores - 0.5))\n"
            "return texts[int(np.argmax(error))]"),
        ("probabilities are rounded", "chance = np.round(1 / (1 + np.exp(-scores)), 1)\nreturn texts[int(np.argmax(np.abs(labels - chance)))]"),
        ("changes its argument `labels`", "labels[labels == 0] = -1\nreturn texts[int(np.argmin(labels * scores))]"),
        ("changes its argument `scores`", ("    chance", "    scores[:] = 1 / (1 + np.exp(-scores))\n    chance")),
        ("changes its argument `texts`.*order", "order = np.argsort(np.where(labels == 1, scores, -scores))\n"
            "texts[:] = [texts[k] for k in order]\nreturn texts[0]"),
        ("a single number", "loss = keras.losses.BinaryCrossentropy(from_logits=True)(labels, scores)\nreturn texts[int(np.argmax(loss))]"),
        ("from_logits", "y, s = labels[:, None].astype('float32'), scores[:, None].astype('float32')\n"
            "return texts[int(np.argmax(keras.losses.binary_crossentropy(y, s)))]"),
        ("is worse", "chance = 1 / (1 + np.exp(-scores))\nreturn texts[int(np.argmax(labels + chance))]"),
        ("each review has one of its own", "chance = np.exp(scores) / np.exp(scores).sum()\n"
            "return texts[int(np.argmax(np.abs(labels - chance)))]"),
        ("a place among the wrong ones", "frame = pd.DataFrame({'text': texts, 'label': labels, 'score': scores})\n"
            "frame = frame[(frame.score > 0) != (frame.label == 1)]\n"
            "return texts[int(frame.score.abs().to_numpy().argmax())] if len(frame) else texts[0]"),
        ("is worse", "return texts[len(texts) // 2]"),
    ],
}
RIGHT = {
    "pair_indices": [
        BARE.format("lower") + PAIRS.format(CUT),
        "review = review.lower()\nfor sign in string.punctuation:\n    review = review.replace(sign, '')\nfound, before = [], None\n"
        "for word in review.split():\n    if before is not None:\n        pair = before + ' ' + word\n"
        "        found.append(vocabulary.index(pair) if pair in vocabulary else 1)\n    before = word\nreturn found",
        "bare = [w.strip(string.punctuation).replace(\"'\", '').lower() for w in review.split()]\n"
        + PAIRS.format("[w for w in bare if w]").replace("return ", "return np.array(") + ")",
        "layer = layers.TextVectorization(vocabulary=vocabulary[2:], ngrams=(2,))\nfound = np.array(layer([review]))[0]\n"
        "return found[found > 0].tolist()",
        "from collections import defaultdict\nplace = defaultdict(lambda: 1, zip(vocabulary, range(len(vocabulary))))\n"
        "signs = '[' + __import__('re').escape(string.punctuation) + ']'\n"
        "words = __import__('re').sub(signs, '', review).casefold().split()\n"
        "return [place[' '.join(pair)] for pair in __import__('itertools').pairwise(words)]",
    ],
    "pad": [
        "return [(length * [0] + r)[-length:] for r in indices]",
        KERAS_PAD.format(""),
        "cut = [np.array(r[-length:], int) for r in indices]\nreturn np.stack([np.pad(r, (length - len(r), 0)) for r in cut])",
        "import itertools\nturned = [r[::-1] for r in indices]\nrows = itertools.zip_longest(*turned, [0] * length, fillvalue=0)\n"
        "return np.array(list(rows)).T[:-1, :length][:, ::-1]",
    ],
    "build_network": [
        sequential(INPUT, TABLE, WORDS, "layers.GlobalAveragePooling1D()"),
        subclass(DONE.format(TRUE)),
        [(", mask_zero=True", ""), (MEAN, "layers.GlobalAveragePooling1D()(w_j, mask=keras.ops.not_equal(word, 0))")],
        [(DENSE, f"keras.ops.squeeze({DENSE}, -1)")],
        [("Dense(1,", 'Dense(1, activation="linear",')],
        [('(length,), dtype="int32", name="word"', "shape=[length]")],
    ],
    "worst_review": [
        [(ERROR, "np.where(labels == 1, -scores, scores)")],
        [(ERROR, "(labels - chance) ** 2")],
        [(ERROR, "-np.log(np.where(labels == 1, chance, 1 - chance))")],
        "return texts[((1 - 2 * labels) * scores).argmax()]",
        "worst, text = -np.inf, None\nfor t, y, s in zip(texts, labels, scores):\n    if (s if y == 0 else -s) > worst:\n"
        "        worst, text = (s if y == 0 else -s), t\nreturn text",
        "frame = pd.DataFrame({'label': labels, 's': scores}, index=texts)\n"
        "return frame['s'].where(frame['label'] == 0, -frame['s']).idxmax()",
        "loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)(labels[:, None], scores[:, None])\n"
        "return texts[int(np.argmax(loss))]",
    ],
}
# fmt: on
