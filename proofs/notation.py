"""How the paper writes its symbols, and what they mean: data for the printer and for the table of notation."""

from __future__ import annotations

from ddln_sym.statements import Name, Notation

__all__ = ["NOTATION"]

SYMBOLS = {
    "L": Name("L", "the depth: the number of layers"),
    "d": Name("d", "the dimension: the number of coordinates of a layer"),
    "v1": Name(r"v^{1}_{i}", "coordinate $i$ of the layer that starts with the least modulus", raised=True),
    "theta": Name(r"\theta", r"the effective parameter $u^1\odot\dots\odot u^L$", r"\theta_{i}"),
    "theta_star": Name(r"\theta^{*}", "a point with which the flow is compared, in one coordinate", raised=True),
    "any": Name("k'", "any index of a sum", raised=True),
    "theta0": Name(r"\theta_{0}", r"its value at the start"),
    "xi": Name(r"\xi", r"$-\int_0^t\nabla\mathcal{L}(\theta(s))\,ds$, in one coordinate", r"\xi_{i}"),
    "g": Name("g", r"the slope $(\nabla\mathcal{L}(\theta))_i$ of an arbitrary loss", "g_{i}", last=True),
    "gradQ": Name(r"\nabla\mathcal{Q}", "the mirror map: the gradient of the entropy, in one coordinate"),
    "Q": Name(r"\mathcal{Q}", "the entropy, in one coordinate"),
    "Qstar": Name(r"\mathcal{Q}^{*}", "its convex conjugate", raised=True),
    "Qtheta": Name(r"\mathcal{Q}(\theta)", "the entropy along the flow, in one coordinate"),
    "least": Name(r"\mathcal{L}(\theta^{*})", r"the loss at $\theta^*$, with which the flow is compared"),
    "Qnow": Name(r"\mathcal{Q}(\theta(t))", "the entropy along the flow"),
    "Qlimit": Name(r"\mathcal{Q}(\theta_{\infty})", "the entropy at the limit"),
    "Qother": Name(r"\mathcal{Q}(\theta')", r"the entropy at another $\theta'$ with $X\theta'=y$"),
    "shift": Name(r"\langle\xi,\theta_{\infty}-\theta(t)\rangle", "", last=True),
    "pair": Name(r"\langle\xi,\theta'-\theta_{\infty}\rangle", "", last=True),
    "spent": Name("S", "what a Lyapunov function has lost since the start"),
    "I": Name("I", r"the integral $\int dz/P(z)$ from $v^1(0)$ to $v^1$"),
    "u": Name("u", "a layer, in one coordinate"),
    "v": Name("v", "the other of two layers"),
    "u0": Name("u(0)", "its start"),
    "v0": Name("v(0)", "its start"),
    "u1": Name(r"\tilde u(0)", "the start of a second coordinate"),
    "p0": Name(r"\tilde u(0)", "the start of a second coordinate"),
    "q0": Name(r"\tilde v(0)", "the start of a second coordinate"),
    "z_+": Name("z_{+}(0)", "$u(0)+v(0)$"),
    "z_-": Name("z_{-}(0)", "$u(0)-v(0)$"),
    "excess": Name(r"\mathcal{L}(\theta)-\mathcal{L}^{*}", "the loss above its infimum", sum=True, last=True),
    "loss": Name(r"\mathcal{L}(\theta)", "the loss along the flow"),
    "norm2": Name(r"\|\nabla\mathcal{L}(\theta)\|^{2}", "", raised=True, last=True),
    "dissipation": Name(
        r"\langle\nabla\mathcal{L}(\theta),M\nabla\mathcal{L}(\theta)\rangle", r"$\sum_iM_ig_i^2$", last=True
    ),
    "lambda_min": Name(r"\lambda_{\min}", "the least eigenvalue of $M$"),
    "sigma": Name(r"\sigma", r"the bound of (14): $\min_i\sigma_i$"),
    "gap_i": Name(r"\sigma_{i}", r"$\prod_{k\ne l}(u^k_i(0)^2-u^l_i(0)^2)$, $l$ the layer of least initial modulus"),
    "M_i": Name("M_{i}", r"the entry $\sum_j\prod_{k\ne j}(u^k_i)^2$ of the metric"),
    "rank": Name(r"\operatorname{rank}X"),
    "mu": Name(r"\mu", r"the Polyak--\L ojasiewicz constant of the loss"),
    "ell": Name(r"(\nabla\ell)_{k}", "an entry of the gradient of $\\ell$"),
    "s_min": Name("s_{\\min}", "the least nonzero singular value of $X$"),
    "w_outside": Name("w_{n}", "a parameter of another block"),
    "Delta_0": Name(r"\Delta_{0}", "$|u(0)^2-v(0)^2|$, for two layers"),
}  # fmt: skip

#: Quantities with an index; ``layers`` marks those whose index is a layer, in one coordinate.
FAMILIES = {
    "u": Name("u^{{{}}}_{{i}}", "coordinate $i$ of layer $j$", raised=True),
    "u0": Name("u^{{{}}}_{{i}}(0)", "its start"),
    "v0": Name("v^{{{}}}_{{i}}(0)", "the start of layer $j$, the layers in order: $v^1$ has the least modulus"),
    "g": Name("g_{{{}}}", "the entries of the gradient of the loss", last=True),
    "p": Name(r"\dot\theta_{{{}}}", "the velocity of $\\theta$", last=True),
    "theta": Name(r"\theta_{{{}}}"),
    "M": Name("M_{{{}}}"),
    "ell": Name(r"(\nabla\ell)_{{{}}}"),
    "DG": Name(r"(\nabla G)_{{{}}}", "the entries of the gradient of a component of $G$"),
    "nu": Name(r"\nu_{{{}}}", r"$-\int\nabla\ell$"),
    "Delta": Name(r"\Delta_{{{}}}", "$v^j(0)^2-v^1(0)^2$"),
}
FUNCTIONS = {
    "modulus": Name(r"\left|u^{{{}}}(0)\right|", "the initial modulus of a layer"),
    "gradient": Name(r"\nabla\mathcal{{L}}\left({}\right)", "the gradient of a loss"),
    "zero": Name(r"\operatorname{{zero}}({})", "$1$ where an entry of a block vanishes, else $0$"),
}

NOTATION = Notation(
    SYMBOLS,
    FAMILIES,
    FUNCTIONS,
    layers=("u", "u0", "v0"),
    gaps=True,
    note="Symbols are those of the paper. A statement about layers is one about a coordinate $i$, with an arbitrary "
    r"slope $g_i$ in the place of $(\nabla\mathcal{L}(\theta))_i$, so it holds for every loss and dimension; "
    "for two layers and for equal layers the index is left out.",
)
