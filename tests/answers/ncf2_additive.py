"""Practice 5: wrong answers with a part of the hint that each must draw, and other right ones."""

import re
from types import SimpleNamespace

import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: some data, and the table of a term."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    space["data"] = SimpleNamespace(test=test, mean=3.53, num_users=943, num_items=1682)
    space["good"] = space["divides"] = pd.DataFrame({"dot": [0.1, -0.2, 0.3]})


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating, to save time."""
    if cell == "load":
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        load, rest = source.split("\n", 1)
        assert load == "data = load_ratings()"
        return f"import dataclasses\n{load}\n{fewer}\n{rest}"
    return re.sub(r"epochs=(5|12)", "epochs=1", source)


P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
S_U = 'factor_table(num_users, mlp_factors, mlp_penalty, "s_u")(user)'
T_I = 'factor_table(num_items, mlp_factors, mlp_penalty, "t_i")(item)'
DOT = 'layers.Dot(axes=1, name="dot")([p_u, q_i])'
PAIR = 'layers.Concatenate(name="pair")([s_u, t_i])'
PHI = "phi(pair, hidden, dropout)"
SUM = f'layers.Add(name="rating")([dot, a_u, b_i, {PHI}])'
MODEL = 'keras.Model([user, item], rating, name="ancf_mean")'
PLUS = (SUM, f"dot + a_u + b_i + {PHI}")
A_U, B_I = 'bias_table(num_users, "a_u")(user)', 'bias_table(num_items, "b_i")(item)'
GOOD, DIVIDES = "film_means - table.mean()", "taste.std(axis=0)"
LEFT = "table - user_means - film_means + table.mean()"
RETURN = f"return {GOOD}, {DIVIDES}"


def tables(more: str) -> list[tuple[str, str]]:
    """The solution with tables of its own, `more` of which is said with {} for the penalty."""
    table = "layers.Embedding({}, 'normal', " + more + ")({})"
    sizes = (
        ("num_users, num_factors", "penalty", "user"),
        ("num_items, num_factors", "penalty", "item"),
    )
    sizes += (
        ("num_users, mlp_factors", "mlp_penalty", "user"),
        ("num_items, mlp_factors", "mlp_penalty", "item"),
    )
    return [(old, table.format(*new)) for old, new in zip((P_U, Q_I, S_U, T_I), sizes, strict=True)]


CLASS = """
class Sum(keras.Model):
    def call(self, pair):
        return keras.ops.zeros((4, 1))


def build_ancf_mean(*arguments):
    return Sum()
"""
# fmt: off
WRONG = {
    "build_ancf_mean": [
        ("with UnboundLocalError", (PHI, "(phi := phi(pair, hidden, dropout))")),
        ("without a network, a KerasTensor", (MODEL, "rating")),
        ("found one that is written as a class", CLASS),
        ("the network takes 1 input", ("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")),
        ("the output does not depend on s_u", (f", {PHI}]", "]")),
        ("the output does not depend on p_u", ("[dot, a_u", "[a_u")),
        ("the output does not depend on a_u", (A_U, "0"), (B_I, "0"), ("[dot, a_u, b_i, ", "[dot, ")),
        ("phi reads p_u and q_i; it has no", ("[s_u, t_i]", "[p_u, q_i]")),
        ("the product is made of .* or of s_u and t_i", ("[s_u, t_i]", "[a, b]"), ("[p_u, q_i]", "[s_u, t_i]"), ("[a, b]", "[p_u, q_i]")),
        ("num_factors.* mlp_factors", ("num_factors, penalty", "mlp_factors, penalty"), ("mlp_factors, mlp_p", "num_factors, mlp_p")),
        ("s_u has 4 numbers", ("mlp_factors, mlp_p", "num_factors, mlp_p")),
        ("p_u has 2 numbers", ("num_factors, penalty", "mlp_factors, penalty")),
        ("s_u and t_i are added or multiplied", (PAIR, "layers.Add()([s_u, t_i])")),
        ("s_u and t_i are added or multiplied", (PAIR, "layers.Multiply()([s_u, t_i])")),
        ("joined along the batch", (PAIR, "layers.Concatenate(axis=0)([s_u, t_i])")),
        ("the product goes into phi", ("[s_u, t_i]", "[s_u, t_i, dot]"), ("[dot, a_u", "[a_u")),
        ("p_u and q_i go into phi", ("[s_u, t_i]", "[s_u, t_i, p_u, q_i]")),
        ("all terms are multiplied, not", ("layers.Add(", "layers.Multiply(")),
        ("the product and phi are multiplied, not", (SUM, f"a_u + b_i + dot * {PHI}")),
        ("phi is subtracted, not added", (SUM, f"dot + a_u + b_i - {PHI}")),
        ("the mean of the 4 terms", ("layers.Add(", "layers.Average(")),
        ("stand side by side", ("layers.Add(", "layers.Concatenate(")),
        ("phi is added twice", (f", {PHI}]", f"] + [{PHI}] * 2")),
        ("p_u . q_i is added twice", ("[dot, a", "[dot, dot, a")),
        ("phi is multiplied by 0.5", PLUS, ("+ phi", "+ 0.5 * phi")),
        ("a column and a vector are added", (SUM, f"dot + a_u + b_i + layers.Reshape(())({PHI})")),
        ("37 x 37 numbers, each row with each", (DOT, "keras.ops.sum(p_u * q_i, axis=-1)"), PLUS),
        ("multiplied, but not added", (DOT, "layers.Multiply()([p_u, q_i])"), PLUS),
        ("the mean over the factors", (DOT, "keras.ops.mean(p_u * q_i, axis=1, keepdims=True)")),
        (r"\(a cosine\)", ("axes=1,", "axes=1, normalize=True,")),
        ("the last factor is left out", (DOT, "layers.Dot(axes=1)([p_u[:, :-1], q_i[:, :-1]])")),
        ("the same number for every pair", (DOT, "keras.ops.tensordot(p_u, q_i, axes=2)"), PLUS),
        ("there is a ReLU behind phi", (PHI, f"layers.ReLU()({PHI})")),
        ("a ReLU behind the sum", (SUM, f"layers.ReLU()({SUM})")),
        ("there are weights that the formula does not have", (SUM, f"layers.Dense(1)({SUM})")),
        ("phi has no activation between its layers", (PHI, "layers.Dense(1)(layers.Dense(8)(layers.Dense(6)(pair)))")),
        (r"one of the shape \(6, 8\) for layer 2 of phi", (PHI, "phi(pair, (6,), dropout)")),
        ("t_i stands before s_u", ("[s_u, t_i]", "[t_i, s_u]")),
        ("a_u is looked up with the item's id", (A_U, 'bias_table(num_users, "a_u")(item)')),
        ("a_u is added twice, the scores do not contain b_i", ("a_u, b_i, phi", "a_u, a_u + 0 * b_i, phi")),
        ("b_i is subtracted", (SUM, f"dot + a_u - b_i + {PHI}")),
        ("the biases go into phi", ("[s_u, t_i]", "[s_u, t_i, a_u, b_i]")),
        ("what the text calls 'a_u' is called 'b_u'", ('"a_u"', '"b_u"')),
        ("one of the shape .* for a_u", (A_U, 'bias_table(num_items, "a_u")(user)')),
        ("there is no penalty on a_u and b_i", *((x, x.replace(", \"", ", 1, 'zeros', name=\"").replace("bias_table", "layers.Embedding")) for x in (A_U, B_I))),
        ("uses `data`", (SUM, f"{SUM} + data.mean")),
        ("off by the same 3.530", (SUM, f"{SUM} + 3.53")),
        ("s_u is looked up with the item's id, t_i is looked up with the user's id",
            (S_U, S_U.replace("users", "items")), (T_I, T_I.replace("items", "users"))),
        ("users are looked up as items", ("Model([user, item]", "Model([item, user]")),
        ("t_i is looked up with", (T_I, T_I.replace("(item)", "(user)"))),
        (r"one of the shape \(5, 2\) for s_u", (S_U, S_U.replace("users,", "users + 1,"))),
        ("nothing is dropped in training", (PHI, "phi(pair, hidden, 0)")),
        (r"the dropout has the rates \[0.4, 0.4\]", (PHI, "phi(pair, hidden, 0.4)")),
        ("there is no penalty on p_u", (", penalty, ", ", 0, "), (", 0, mlp", ", penalty, mlp")),
        ("no penalty on s_u and t_i", (', mlp_penalty, "', ', 0, "')),
        ("0.25 on s_u.*0.125 on p_u.*; expected 0.125 on s_u",
            *((old, old.replace("penalty", "mlp_penalty")) for old in (P_U, Q_I)), *((old, old.replace("mlp_pen", "pen")) for old in (S_U, T_I))),
        ("0.25 on s_u, 0.25 on t_i", ('mlp_penalty, "', 'penalty, "')),
        (r"values \(L1\)", *tables("embeddings_regularizer=keras.regularizers.L1({})")),
        ("depends on which rows are in the batch", *tables("activity_regularizer=keras.regularizers.L2({})")),
        ("s_u starts at 0", (S_U, "layers.Embedding(num_users, mlp_factors, 'zeros', keras.regularizers.L2(mlp_penalty))(user)")),
        ("training cannot move t_i", (PAIR, "layers.Concatenate()([s_u, keras.ops.stop_gradient(t_i)])")),
        ("no layer called 'rating'", ('layers.Add(name="rating")', "layers.Add()")),
        ("no layer called 'dot'", ('axes=1, name="dot"', "axes=1")),
        ("what the layer 'dot' gives is something else", ('axes=1, name="dot"', 'axes=1, name="pair"'),
            ('Concatenate(name="pair")', 'Concatenate(name="dot")')),
        ("what the text calls 'ancf_mean' is called", (', name="ancf_mean"', "")),
        ("stopped", ('name="dot"', 'name="rating"')),
        ("ValueError: Incompatible input shapes", (Q_I, Q_I.replace("num_factors", "mlp_factors"))),
        ("compiled already", ("return keras", "m = keras"), ("    ### END", "    m.compile()\n    return m\n    ### END")),
    ],
    "by_film": [
        ("expected two arrays.*found an array", (RETURN, f"return {DIVIDES}")),
        ("the mean of the whole table is not subtracted", (RETURN, f"return table.mean(axis=0), {DIVIDES}")),
        ("there is a number for each user", "t = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()\n"
            "return table.mean(axis=1) - table.mean(), t.std(axis=1)"),
        ("the sd of the table's columns", "return table.mean(axis=0) - table.mean(), table.std(axis=0)"),
        ("the user means are not subtracted", (LEFT, "table - film_means")),
        ("divides is a variance", (DIVIDES, "(taste ** 2).mean(axis=0)")),
        (r"ddof=1", (DIVIDES, "pd.DataFrame(taste).std().to_numpy()")),
        ("divides: one number for all rows", (DIVIDES, "taste.std()")),
        (r"good: .*shape", (GOOD, "table.mean(axis=0, keepdims=True) - table.mean()")),
        ("good: one number for all rows", (GOOD, "table.mean()")),
        ("broadcast together with shapes", ("keepdims=True), table.mean(axis=0)", "keepdims=True).T, table.mean(axis=0)")),
        ("changes its argument `table`", ("    taste = table", "    table -= user_means\n    taste = table")),
        ("uses `divides`, a variable of the notebook", (DIVIDES, "divides['dot'].to_numpy() + taste.std(axis=0)")),
        ("the absolute values", (GOOD, "np.abs(film_means - table.mean())")),
        ("rounded to 2", (GOOD, f"np.round({GOOD}, 2)")),
        ("the signs are turned", (GOOD, "table.mean() - film_means")),
        ("ValueError|divides", ("axis=1, keepdims=True", "axis=1")),
        ("divides is the mean of absolute", (DIVIDES, "np.mean(np.abs(taste), axis=0)")),
        ("medians", ("table.mean(axis=1,", "np.median(table, axis=1,"), ("keepdims=True), table.mean(axis=0)", "keepdims=True), np.median(table, axis=0)")),
        ("sorted, largest first", (GOOD, f"np.sort({GOOD})[::-1]")),
    ],
    "fault_of": [
        ("expected one of the names in the text.*found True", "return bool(table.min() < 0)"),
        ("expected one of the names in the text.*'ok'", ('"no fault" if', '"ok" if')),
        ("found 'Film ignored'", ('"film ignored"', '"Film ignored"')),
        ("film and user are exchanged", ("axis=1).max()", "axis=2).max()"), ("axis=0).max()", "axis=1).max()"), ("axis=2", "axis=0")),
        ("numbers that differ by rounding", "if (table == table[:, :1]).all():\n    return 'film ignored'\nif (table == table[:1]).all():\n"
            "    return 'user ignored'\nt = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()\n"
            "if (t == 0).all():\n    return 'no interaction'\nreturn 'cut off' if table.min() >= 0 else 'no fault'"),
        ("'cut off' comes before", "if (table >= 0).all():\n    return 'cut off'\n" + "if np.ptp(table, axis=1).max() < 1e-4:\n    return 'film ignored'\n"
            "if np.ptp(table, axis=0).max() < 1e-4:\n    return 'user ignored'\nt = table - table[:1]\n"
            "return 'no interaction' if np.ptp(t, axis=1).max() < 1e-4 else 'no fault'"),
        ("'no interaction' is not found", ("< 1e-4:\n        return \"no interaction\"", "< 0:\n        return \"no interaction\"")),
        ("but for one pair, the name", ("1e-4", "0.1")),
        ("but for one pair", ("    if np.abs(table - user_means - film_means + table.mean()).max() < 1e-4", "    if np.abs(table - user_means - film_means + table.mean()).mean() < 0.006")),
        ("a table of which the smallest numbers are 0", ("table.min() < 0", "table.min() <= 0")),
        ("any number that is 0", ("table.min() < 0", "(table != 0).all()")),
        ("'no interaction' comes before other faults", "return 'no interaction'"),
        ("all numbers are the same, the name", ("    if np.ptp(table, axis=1)",
            '    if np.ptp(table, axis=0).max() < 1e-4:\n        return "user ignored"\n    if np.ptp(table, axis=1)')),
        ("all films have the same mean, the name", ("np.ptp(table, axis=1).max()", "np.ptp(table.mean(axis=0))")),
        ("but for one pair, the name", ("table.mean()).max()", "table.mean()).mean()")),
        ("but for one pair, the name", ("np.abs(table - user_means - film_means + table.mean()).max()", "(table - user_means - film_means + table.mean()).std()")),
        ("changes its argument `table`", ("    user_means", "    table[:] = np.round(table, 4)\n    user_means")),
        ("uses `good`", ("table.min() < 0", "(good.min() < 0).all()")),
        ("found \\['film ignored'", "return ['film ignored', 'cut off']"),
    ],
}
RIGHT = {
    "build_ancf_mean": [
        [(DOT, 'layers.Dot(axes=-1, name="dot")([q_i, p_u])'), (PAIR, "keras.ops.concatenate([s_u, t_i], axis=1)")],
        [(f"[dot, a_u, b_i, {PHI}]", f"[{PHI}, b_i, a_u, dot]")],
        [("Input(()", "Input((1,)"), *((x, f"layers.Flatten()({x})") for x in (P_U, Q_I, S_U, T_I, A_U, B_I))],
        tables("embeddings_regularizer=keras.regularizers.L2({})"),
        [(SUM, 'layers.Reshape((), name="rating")(layers.Add()([dot, a_u, b_i, phi(pair, hidden, dropout)]))')],
        [(SUM, 'layers.Add(name="rating")([layers.Reshape(())(one) for one in (dot, a_u, b_i, phi(pair, hidden, dropout))])')],
    ],
    "by_film": [
        "t = table - table.mean(axis=1)[:, None] - table.mean(axis=0)[None, :] + table.mean()\nreturn [np.mean(table, axis=0) - np.mean(table), np.std(t, axis=0)]",
        "t = table - table.mean(axis=1, keepdims=True)\nreturn t.mean(axis=0), (t - t.mean(axis=0)).std(axis=0)",
        [(" + table.mean()", "")],
        "f = pd.DataFrame(table)\nf = f.sub(f.mean(axis=1), axis=0)\nreturn f.mean(), f.std(ddof=0)",
        "good, divides = [], []\nfor column in table.T:\n    good.append(column.mean() - table.mean())\n"
        "    divides.append((column - table.mean(axis=1)).std())\nreturn good, divides",
        [(RETURN, f"return np.stack([{GOOD}, {DIVIDES}])")],
    ],
    "fault_of": [
        "if np.allclose(table, table[:, :1], atol=1e-4):\n    return 'film ignored'\nif np.allclose(table, table[:1], atol=1e-4):\n    return 'user ignored'\n"
        "if np.allclose(table - table[:1] - table[:, :1] + table[0, 0], 0, atol=1e-4):\n    return 'no interaction'\n"
        "if not (table < 0).any():\n    return 'cut off'\nreturn 'no fault'",
        "if table.std(axis=1).max() < 5e-5:\n    return 'film ignored'\nif table.std(axis=0).max() < 5e-5:\n    return 'user ignored'\n"
        "t = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()\n"
        "return 'no interaction' if t.std() < 5e-5 else 'cut off' if (table >= 0).all() else 'no fault'",
        [("table.min() < 0", "np.any(table < 0)")],
        "rows = table - table[:, :1]\ncolumns = table - table[:1]\nsame = lambda x: np.abs(x).max() < 1e-4\n"
        "if same(rows):\n    return 'film ignored'\nif same(columns):\n    return 'user ignored'\n"
        "return 'no interaction' if same(rows - rows[:1]) else ('no fault', 'cut off')[int(table.min() >= 0)]",
        "f = pd.DataFrame(table)\nif (f.max(axis=1) - f.min(axis=1)).max() < 1e-4:\n    return 'film ignored'\n"
        "if (f.max() - f.min()).max() < 1e-4:\n    return 'user ignored'\nf = f.sub(f.mean(axis=1), axis=0)\n"
        "if (f - f.mean()).abs().to_numpy().max() < 1e-4:\n    return 'no interaction'\nreturn 'no fault' if table.min() < 0 else 'cut off'",
        [("np.ptp(table, axis=1).max()", "(table.max(axis=1) - table.min(axis=1)).max()")],
    ],
}
# fmt: on
