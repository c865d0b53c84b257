"""Draw the picture of the README from the results of `make comparison`: `make picture`.

It writes .github/results.png, and what the picture shows as alt text into README.md.
"""

import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from utils.plotting import BLUE, GREY, VERMILION  # noqa: E402

README, RUNS = ROOT / "README.md", ROOT / "utils" / "comparison.csv"
PICTURE = ROOT / ".github" / "results.png"
BASELINE = "user + item means"
FORMULAS = {  # the baseline, then the models in the order of the lectures
    BASELINE: r"$\mu + a_u + b_i$",
    "MF": r"$\mathbf{p}_u^\top \mathbf{q}_i$",
    "MF-mean": r"$\mathbf{p}_u^\top \mathbf{q}_i + a_u + b_i$",
    "NCF #1": r"$\phi([\mathbf{p}_u, \mathbf{q}_i])$",
    "ANCF": r"$\mathbf{p}_u^\top \mathbf{q}_i + \phi([\mathbf{s}_u, \mathbf{t}_i])$",
    "GMF": r"$\mathbf{h}^\top (\mathbf{p}_u \circ \mathbf{q}_i)$",
    "Neural-NCF": r"$\phi([\mathbf{p}_u \circ \mathbf{q}_i,\ \psi([\mathbf{s}_u, \mathbf{t}_i])])$",
    "Neural-NCF, nonlinear φ": r"hidden layers in $\phi$, too",
}


def stored_results(runs: Path = RUNS) -> pd.DataFrame:
    """RMSE and sd in stars, parameters; a row for a model.

    RMSE is the mean over the five splits of MovieLens 100K and the seeds; sd is the standard
    deviation over seeds of the mean over the splits.
    """
    table = pd.read_csv(runs).query("data == 'ml-100k'")
    of_seeds = table.groupby(["model", "seed"])["rmse"].mean().groupby("model")
    parameters = table.groupby("model")["parameters"].first()
    columns = {"RMSE": of_seeds.mean(), "sd": of_seeds.std().fillna(0), "parameters": parameters}
    return pd.DataFrame(columns).loc[list(FORMULAS)].round({"RMSE": 3, "sd": 3})


def score(results: pd.DataFrame, name: str) -> str:
    """The mean RMSE and its spread; a spread that was rounded to 0 is not called 0."""
    rmse, sd = results.loc[name, ["RMSE", "sd"]]
    if name == BASELINE:
        return f"{rmse:.3f}"  # nothing random
    return f"{rmse:.3f} ± " + (f"{sd:.3f}" if sd else "<0.001")


def alt_text(results: pd.DataFrame) -> str:
    """What the picture shows, in words."""
    shown = ", ".join(
        f"{name} {score(results, name)} ({row.parameters:,.0f})" for name, row in results.iterrows()
    )
    gain = results.RMSE["MF"] - results.RMSE["MF-mean"]
    return (
        "Test RMSE in stars on MovieLens 100K, mean over five splits ± standard deviation over "
        f"three seeds, and the number of parameters in brackets: {shown}. Two tables of "
        f"biases, the step from MF to "
        f"MF-mean, lower it by {gain:.3f}; the lowest is {results.RMSE.idxmin()}."
    )


def draw(results: pd.DataFrame) -> Figure:
    """A row for each model: formula, dot with interval, parameters. Arrows mark two steps."""
    rmse, names = results.RMSE, list(results.index)
    with plt.rc_context({"font.size": 13, "font.family": "DejaVu Sans"}):
        figure, ax = plt.subplots(figsize=(9, 5.8))
        figure.subplots_adjust(left=0.29, right=0.86, top=0.96, bottom=0.12)
        ax.set(xlim=(rmse.min() - 0.008, rmse.max() + 0.004), ylim=(len(names) - 0.5, -0.6))
        ax.set(yticks=[], xlabel="← better      test RMSE in stars, MovieLens 100K")
        ax.spines[["left", "top", "right"]].set_visible(False)
        ax.vlines(rmse[BASELINE], 0, len(names), color=GREY, ls="--", lw=1.8)
        ax.vlines(rmse["MF"], 1, 2, color=VERMILION, ls=":", lw=2)
        ax.vlines(rmse["MF-mean"], 2, len(names), color=VERMILION, ls=":", lw=2)
        beside = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center"}
        ax.text(1.17, -0.65, "parameters", **beside)
        dot = {"ms": 9, "lw": 3, "capsize": 6}
        for row, name in enumerate(names):
            look = {"color": GREY, "fmt": "D"} if name == BASELINE else {"color": BLUE, "fmt": "o"}
            ax.errorbar(rmse[name], row, xerr=results.sd[name] or None, **dot, **look)
            above = {"textcoords": "offset points", "ha": "center"}
            above["bbox"] = {"fc": "white", "ec": "none", "pad": 0.5}
            ax.annotate(score(results, name), (rmse[name], row), (0, 11), **above)
            ax.text(-0.02, row - 0.18, name, weight="bold", **beside)
            ax.text(-0.02, row + 0.2, FORMULAS[name], **beside)
            ax.text(1.17, row, f"{results.parameters[name]:,}", **beside)
        arrow = {"arrowstyle": "-|>", "mutation_scale": 22, "shrinkA": 0, "shrinkB": 8, "lw": 3}
        for start, end, idea, side, down in [
            ("MF", "MF-mean", "biases", "right", 0.28),
            ("MF-mean", "ANCF", "  an added MLP", "left", 0),
        ]:
            row, step = names.index(end), f"{idea}: −{rmse[start] - rmse[end]:.3f}  "
            ends = (rmse[end], row), (rmse[start], row)
            ax.annotate("", *ends, arrowprops={"color": VERMILION, **arrow})
            words = {"color": VERMILION, "weight": "bold", "size": 14, "ha": side, "va": "center"}
            ax.text(rmse[start], row + down, step, **words)
    return figure


def main() -> None:
    results = stored_results()
    alt = alt_text(results)
    draw(results).savefig(PICTURE, dpi=180, metadata={"Description": alt, "Software": None})
    readme = README.read_text(encoding="utf-8")
    link = PICTURE.relative_to(ROOT).as_posix()
    readme = re.sub(rf"!\[[^]]*\]\({link}\)", f"![{alt}]({link})", readme)
    README.write_text(readme, encoding="utf-8")
    print(f"{link}: {alt}")


if __name__ == "__main__":
    main()
