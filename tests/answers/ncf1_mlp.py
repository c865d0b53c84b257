"""Practice 4: wrong answers with a part of the hint that each must draw, and other right ones."""

import re
from types import SimpleNamespace

import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: some data, and other scores."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    sizes = {"num_users": 943, "num_items": 1682}
    space["data"] = SimpleNamespace(test=test, train=test, mean=3.53, **sizes)
    space["without"] = pd.DataFrame({"seed 0": [0.9, 0.8]}, index=["8 units", "32 units"])


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating, to save time."""
    if cell == "load":
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        load, rest = source.split("\n", 1)
        assert load == "data = load_ratings()"
        return f"import dataclasses\n{load}\n{fewer}\n{rest}"
    return re.sub(r"epochs=(5|12)", "epochs=1", source.replace("[0, 1, 2]", "[0, 1]"))


DROPOUT = "vector = layers.Dropout(dropout)(vector)"
DENSE = 'vector = layers.Dense(units, activation="relu")(vector)'
LAST = "return layers.Dense(1)(vector)"
JOIN = 'layers.Concatenate(name="pair")(vectors)'
PRODUCTS = 'layers.Multiply(name="products")([p_u, q_i])'
APPEND = f"vectors.append({PRODUCTS})"
PHI = "phi(pair, hidden, dropout)"
P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
DEAD = "np.flatnonzero((outputs == 0).all(axis=0))"
LIMIT = "means[best] + scores.loc[best].std()"
L2 = "keras.regularizers.L2(penalty)"


def tables(name: str, options: str, ids: str) -> str:
    """A table that is not from factor_table."""
    return f'layers.Embedding({name}, num_factors, "normal", {options})({ids})'


# fmt: off
WRONG = {
    "phi": [
        ("found a Dense, a layer", (LAST, "return layers.Dense(1)")),
        ("found a Sequential, a layer", "return keras.Sequential([layers.Dense(5), layers.Dense(1)])"),
        ("expected the output of the last layer, found a float", "return 1.0"),
        ("the second hidden layer has no activation",
            "for k, units in enumerate(hidden):\n    vector = layers.Dropout(dropout)(vector)\n    vector = layers.Dense(units, activation=None if k else 'relu')(vector)\nreturn layers.Dense(1)(vector)"),
        ("all lie between 0 and 1", ("layers.Dense(1)", 'layers.Dense(1, activation="sigmoid")')),
        (r"in line 6, `vector = layers.Dense.*Could not interpret", ('"relu"', '"ReLu!"')),
        (r"have \[1\] units; expected \[5, 3, 1\]", LAST),
        ("the layer of 3 units reads the input",
            "out = vector\nfor units in hidden:\n    out = layers.Dropout(dropout)(vector)\n    out = layers.Dense(units, activation='relu')(vector)\nreturn layers.Dense(1)(out)"),
        (r"have \[5, 1\] units", ("    " + LAST, "        " + LAST)),
        (r"have \[5, 1, 3, 1\] units",
            ("    " + LAST, "        vector = layers.Dense(1)(vector)\n    return vector")),
        ("noise_shape", ("Dropout(dropout)", "Dropout(dropout, noise_shape=(1, None))")),
        (r"have \[32, 32, 1\] units; expected \[5, 3, 1\]", ("Dense(units", "Dense(32")),
        (r"hidden=\(8, 4, 9\) the Dense layers have \[5, 3, 1\] units",
            "for units in (5, 3):\n    vector = layers.Dropout(dropout)(vector)\n    vector = layers.Dense(units, activation='relu')(vector)\nreturn layers.Dense(1)(vector)"),
        ("no biases", ("units, ", "units, use_bias=False, "), ("Dense(1", "Dense(1, use_bias=False")),
        (r"the shape \(40, 1, 1\); expected \(40, 1\)", (LAST, "return layers.Reshape((1, 1))(layers.Dense(1)(vector))")),
        ("differently each time", ("(dropout)(vector)", "(dropout)(vector, training=True)")),
        ("dropout stands behind each hidden layer", (DROPOUT, "pass"), (DENSE, f'{DENSE}\n        {DROPOUT}')),
        ("before the first hidden layer only", (f'        {DROPOUT}\n', ""),
            ("    for units", f'    {DROPOUT}\n    for units')),
        ("are Dense, Dense, Dropout, Dense; expected Dropout, Dense, Dropout", (f'        {DROPOUT}\n', ""), (LAST, f'{DROPOUT}\n    {LAST}')),
        ("Dropout, Dense, Dropout, Dense; expected", (LAST, f'{DROPOUT}\n    {LAST}')),
        (r"the rates \[0.1, 0.1\]; expected \[0.3, 0.3\]", ("Dropout(dropout)", "Dropout(0.1)")),
        (r"the rates \[0.7, 0.7\]", ("Dropout(dropout)", "Dropout(1 - dropout)")),
        ("every number is 2 times", (LAST, "return 2 * layers.Dense(1)(vector)")),
        (r"the arguments \(vector, hidden\); it", (", dropout):", "):")),
        ("only what the layer before", (DENSE, f"vector = layers.Concatenate()([vector, {DENSE[9:]}])")),
        ("used twice", "dense = layers.Dense(hidden[0] if hidden else 1, activation='relu')\nfor units in hidden:\n"
            "    vector = dense(layers.Dropout(dropout)(vector))\nreturn layers.Dense(1)(vector)"),
        ("a softmax over one unit", ("Dense(1)", "Dense(1, activation='softmax')")),
        ("are GaussianDropout, Dense", ("layers.Dropout", "layers.GaussianDropout")),
        ("there is a penalty on layer 1 and layer 2", ("units, ", "units, kernel_regularizer='l2', ")),
    ],
    "build_ncf1": [
        ("without a network, a KerasTensor", (f'keras.Model([user, item], {PHI}, name="ncf1")', PHI)),
        ("the network takes 1 input", ("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")),
        ("p_u and q_i are subtracted", (JOIN, "layers.Subtract()([p_u, q_i])")),
        (r"along the batch \(axis 0\)", (JOIN, "layers.Concatenate(axis=0)(vectors)")),
        (r"share one table, of the shape \(7, 3\)", (P_U, "table(user)"), (Q_I, "table(item)"),
            ("    p_u =", '    table = factor_table(num_items, num_factors, penalty, "t")\n    p_u =')),
        (r"one table for both, of the shape \(12, 3\)", (P_U, "table(user)"), (Q_I, "table(item + num_users)"),
            ("    p_u =", "    table = factor_table(12, num_factors, penalty, 't')\n    p_u =")),
        ("the output does not depend on q_i", ("vectors = [p_u, q_i]", "vectors = [p_u, p_u]")),
        ("users are looked up as items", (P_U, P_U.replace("users", "items")), (Q_I, Q_I.replace("items", "users"))),
        ("users are looked up as items", ("keras.Model([user, item]", "keras.Model([item, user]")),
        ("q_i is looked up with the user's id|not connected", (Q_I, Q_I.replace("(item)", "(user)")),
            ("Model([user, item]", "Model([user, item]")),
        ("q_i stands before p_u", ("vectors = [p_u, q_i]", "vectors = [q_i, p_u]")),
        ("there without products=True", ("if products", "if not products")),
        ("products=True changes nothing", ("if products:", "if products == 1.5:")),
        (r"products=True phi gets 3 numbers; expected 9", (JOIN, "layers.Add()(vectors) if products else layers.Concatenate()(vectors)")),
        ("products=True phi reads the products before", (f"        {APPEND}", f"        vectors = [{PRODUCTS}, p_u, q_i]")),
        ("products=True phi reads the dot product", (APPEND, "vectors += [layers.Dot(axes=-1)([q_i, p_u])]")),
        ("products=True phi reads sums", (APPEND, "vectors.append(p_u + q_i)")),
        ("products=True phi reads p_u multiplied with itself", (APPEND, "vectors.append(p_u * p_u)")),
        (r"products=True phi gets 12 numbers; expected 9", (APPEND, f"vectors += [{PRODUCTS}, {PRODUCTS.replace('products', 'more')}]")),
        (r"one of the shape \(5, 3\) for p_u", ("(num_users, num_f", "(num_users + 1, num_f")),
        ("phi gets 12 numbers; expected 6", (', num_factors, penalty, "', ', 2 * num_factors, penalty, "')),
        (r"one of the shape \(4, 9\) for layer 2", (PHI, "phi(pair, (4,), dropout)")),
        ("a sigmoid has been applied", (PHI, f'keras.ops.sigmoid({PHI})')),
        ("the dot product is added to phi", (PHI, f'layers.Add()([{PHI}, layers.Dot(axes=1)([p_u, q_i])])')),
        ("uses `data`", (PHI, f'{PHI} + data.mean')),
        ("the whole batch is added up", (PHI, f'keras.ops.sum({PHI}, axis=0)')),
        ("differently alone and in a batch", (PHI, f'{PHI} - keras.ops.mean(pair)')),
        (r"the shape \(37, 1, 1\)", ("Input(()", "Input((1,)")),
        ("there is no dropout: nothing is dropped", (PHI, "phi(pair, hidden, 0)")),
        (r"the rates \[0.1, 0.1\]; expected \[0.5, 0.5\]", (PHI, "phi(pair, hidden, 0.1)")),
        ("there is no penalty on p_u.* and q_i", (', penalty, "', ', 0, "')),
        ("no penalty on q_i", (Q_I, Q_I.replace("penalty", "0"))),
        ("2.5 on p_u.* 2.5 on q_i", (', penalty, "', ', 10 * penalty, "')),
        (r"absolute values \(L1\)",
            (P_U, tables("num_users", "embeddings_regularizer=keras.regularizers.L1(penalty)", "user")),
            (Q_I, tables("num_items", "embeddings_regularizer=keras.regularizers.L1(penalty)", "item"))),
        ("depends on which rows are in the batch", (P_U, tables("num_users", f'activity_regularizer={L2}', "user")),
            (Q_I, tables("num_items", f'activity_regularizer={L2}', "item"))),
        ("p_u.* starts at 0",
            (P_U, tables("num_users", f'embeddings_regularizer={L2}', "user").replace("normal", "zeros"))),
        ("training cannot move p_u", ("    vectors =", "    p_u = keras.ops.stop_gradient(p_u)\n    vectors =")),
        (r"in line 12, .*phi\(\) missing 2 required", (PHI, "phi(pair)")),
        ("'products'", (", products=False", ""), ("if products:", "if False:")),
        ("arguments of phi are exchanged", (PHI, "phi(pair, dropout, hidden)")),
        ("phi gets 3 numbers; expected 6", (JOIN, "keras.ops.abs(p_u - q_i)")),
        ("cut off below -3 and above 3", (PHI, f"keras.ops.clip({PHI}, -3, 3)")),
        ("compiled already", ("return keras", "model = keras"), ("    ### END", "    model.compile()\n    return model\n    ### END")),
    ],
    "choose_size": [
        ("always the lowest mean is taken", "return scores.mean(axis=1).idxmin()"),
        ("expected one of the sizes in the index", "return scores.mean().idxmin()"),
        ("by their lowest RMSE, not by the mean", ("scores.mean(axis=1)", "scores.T.min()")),
        ("no size is left", (LIMIT, LIMIT.replace("+", "-"))),
        ("the argument `scores`", "return '8 units'"),
        ("found an? int64", "return np.argmin(scores.mean(axis=1))"),
        ("found a float", "return scores.mean(axis=1).min()"),
        ("found an Index", ("good.index[0]", "good.index")),
        ("found a Series", ("good.index[0]", "scores.loc[good.index[0]]")),
        ("the spread is that of all numbers", (LIMIT, "means[best] + scores.to_numpy().std()")),
        ("always the lowest mean is taken", ("good.index[0]", "good.idxmin()")),
        ("always the lowest mean is taken", ("scores.mean(axis=1)", "scores.mean(axis=1).sort_values()")),
        ("the size should be '8 units'", "return scores.std(axis=1).idxmin()"),
        ("always the smallest size is taken", ("idxmin", "idxmax")),
        ("uses `without`, a variable of the notebook", ("scores.mean(axis=1)", "without.mean(axis=1)")),
        ("changes its argument `scores`.*mean", ("    means = scores.mean(axis=1)", "    scores['mean'] = scores.mean(axis=1)\n    means = scores['mean']")),
        ("always the lowest mean is taken", (LIMIT, "means[best] - scores.loc[best].std()"), ("good.index[0]", "(list(good.index) or [best])[0]")),
        ("two spreads are allowed", (LIMIT, "means[best] + scores.loc[best].std() * 2")),
        ("the spread is that of the means", (LIMIT, "means.min() + means.std()")),
        ("TypeError", ("scores.loc[best].std()", "best")),
        ("expected one of the sizes in the index", "return '100 units'"),
        ("sizes are compared by one seed", ("scores.mean(axis=1)", "scores[scores.columns[0]]")),
    ],
    "dead_units": [
        ("unit 6 is in your list; it does not give 0", "return np.flatnonzero(outputs.std(axis=0) == 0)"),
        ("nearly always 0", "return np.flatnonzero((outputs == 0).mean(axis=0) > 0.99)"),
        ("units that give 0 for some pair", "return np.unique(np.where(outputs == 0)[1])"),
        ("how many units are dead", "return int(np.sum(outputs.sum(axis=0) == 0))"),
        ("a True or False for each unit", "return (outputs == 0).all(axis=0)"),
        ("np.where gives a tuple", "return np.where(outputs.max(axis=0) == 0)"),
        ("the units that are alive", "return np.flatnonzero(outputs.any(axis=0))"),
        ("the units that are never 0", "return np.flatnonzero(outputs.all(axis=0))"),
        ("a unit that is nearly always 0", "return np.flatnonzero(np.round(outputs, 2).sum(axis=0) == 0)"),
        ("counted from 1", "return [k + 1 for k in range(outputs.shape[1]) if not outputs[:, k].any()]"),
        ("the largest number comes first", (DEAD, f"sorted({DEAD}, reverse=True)")),
        (r"the shape \(4, 1\)", "return np.argwhere(outputs.sum(axis=0) == 0)"),
        ("is in your list; it does not give 0", "return np.flatnonzero(outputs[0] == 0)"),
        ("changes its argument `outputs`", ("    return", "    outputs[outputs < 0.01] = 0\n    return")),
        ("found an int64", "return np.argmin(outputs.sum(axis=0))"),
        ("unit .* gives 0 for every pair and is not in your list", (DEAD, f"{DEAD}[:2]")),
        ("uses `without`", ("outputs ==", "without.to_numpy() + outputs ==")),
        ("what the function returns cannot be used", (DEAD, f"[f'unit {{k}}' for k in {DEAD}]")),
        ("IndexError", ("    return", "    if not outputs[:, 99].any():\n        return [99]\n    return")),
    ],
}
SUBCLASS = """
class NCF(keras.Model):  # phi is built first, the tables when the network is called
    def __init__(self, num_users, num_items, num_factors, penalty, hidden, dropout, products=False):
        super().__init__()
        vector = keras.Input(((3 if products else 2) * num_factors,))
        self.phi, self.products = keras.Model(vector, phi(vector, hidden, dropout)), products
        self.p_u = factor_table(num_users, num_factors, penalty, "p_u")
        self.q_i = factor_table(num_items, num_factors, penalty, "q_i")

    def call(self, inputs, training=False):
        p, q = self.p_u(inputs[0]), self.q_i(inputs[1])
        pair = keras.ops.concatenate([p, q] + [p * q] * self.products, axis=1)
        return self.phi(pair, training=training)


build_ncf1 = NCF
"""
RIGHT = {
    "phi": [
        [(', activation="relu")(vector)', ")(vector)\n        vector = layers.ReLU()(vector)")],
        [('"relu"', "keras.activations.relu")],
        [(DENSE, "vector = keras.ops.relu(layers.Dense(units)(vector))")],
        [("for units in hidden", "for k, units in enumerate(hidden)"), ('"relu")', '"relu", name=f"phi_{k}")'),
            ("Dense(1)", 'Dense(1, name="rating")')],
        "net = keras.Sequential()\nfor units in hidden:\n    net.add(layers.Dropout(dropout))\n    net.add(layers.Dense(units, activation='relu'))\nnet.add(layers.Dense(1, activation='linear'))\nreturn net(vector)",
        "if not hidden:\n    return layers.Dense(1)(vector)\nvector = layers.Dense(hidden[0], activation='relu')(layers.Dropout(dropout)(vector))\nreturn phi(vector, hidden[1:], dropout)",
    ],
    "build_ncf1": [
        SUBCLASS,
        [(JOIN, "keras.ops.concatenate(vectors, axis=-1)")],
        [(APPEND, "vectors = vectors + [p_u * q_i]")],
        [("    if products:\n        " + APPEND, "    vectors += [layers.Multiply()(vectors)] * products")],
        [("Input(()", "Input((1,)"), (P_U, f'layers.Flatten()({P_U})'), (Q_I, f'layers.Flatten()({Q_I})')],
        [('keras.Input((), dtype="int32", name=', "keras.Input((), name="), (', name="ncf1"', "")],
        [(PHI, f'keras.ops.squeeze({PHI}, axis=-1)')],
        [(P_U, tables("num_users", f'embeddings_regularizer={L2}', "user")),
            (Q_I, tables("num_items", f'embeddings_regularizer={L2}', "item"))],
    ],
    "choose_size": [
        "limit = scores.loc[scores.mean(axis=1).idxmin()]\nlimit = limit.mean() + limit.std()\n"
        "for size, row in scores.iterrows():\n    if row.mean() <= limit:\n        return size",
        "x = scores.to_numpy()\nk = x.mean(axis=1).argmin()\n"
        "return scores.index[np.argmax(x.mean(axis=1) <= x[k].mean() + x[k].std(ddof=1))]",
        [("scores.loc[best].std()", "np.std(scores.loc[best].to_numpy())")],
        "t = scores.agg(['mean', 'std'], axis=1)\nbest = t['mean'].idxmin()\nreturn (t['mean'] <= t.loc[best].sum()).idxmax()",
        [("good.index[0]", "next(size for size in scores.index if size in good)")],
        [("means.idxmin()", "means.sort_values().index[0]")],
    ],
    "dead_units": [
        "return np.where(outputs.max(axis=0) == 0)[0]",
        "return [k for k in range(outputs.shape[1]) if not outputs[:, k].any()]",
        "return list(np.flatnonzero(outputs.sum(axis=0) == 0))",
        "frame = pd.DataFrame(outputs)\nreturn frame.columns[(frame == 0).all()].to_numpy()",
        "return np.arange(outputs.shape[1])[np.count_nonzero(outputs, axis=0) == 0]",
        "dead = []\nfor k, column in enumerate(outputs.T):\n    if np.all(column == 0):\n        dead.append(k)\nreturn dead",
    ],
}
# fmt: on
