"""The text that the claims in this folder are about, and how it writes its symbols."""

import ddln_sym as dd

TEXT = dd.Text(
    title="Reparameterizing Mirror Descent as Gradient Descent",
    authors=("Ehsan Amid", "Manfred K. Warmuth"),
    identifier="arXiv 2002.10487",
    version="NeurIPS 2020",
    subject="on mirror descent in continuous time, which becomes gradient descent in other variables",
    key="AmidWarmuth2020Text",
    notation=dd.Notation(
        {
            "w": dd.Name("w", "a weight, in one coordinate"),
            "w0": dd.Name("w_{0}", "another weight, or the one at the start"),
            "theta": dd.Name(r"\theta", "the dual variable $f(w)$"),
            "g": dd.Name("g", r"the slope $\partial L/\partial w$ of an arbitrary loss", last=True),
            "G": dd.Name("G", r"$\int_0^t g\,ds$"),
            "eta": dd.Name(r"\eta", "the learning rate"),
            "tau": dd.Name(r"\tau", "the temperature"),
            "wp": dd.Name("w_{+}", "the positive part of a signed weight"),
            "wm": dd.Name("w_{-}", "its negative part"),
            "up": dd.Name("u_{+}", "the variable behind $w_+$"),
            "um": dd.Name("u_{-}", "the variable behind $w_-$"),
            "beta": dd.Name(r"\beta", r"$\sqrt{w_+w_-}$, which stands still"),
        },
        note="Statements are about one coordinate, with a slope $g$ about which nothing is assumed, so they hold for "
        "every differentiable loss and every dimension.",
    ),
)
