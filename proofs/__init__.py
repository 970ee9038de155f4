"""The paper, one module a section; each module also runs as a script."""

#: The sections in the paper's order.
SECTIONS = (
    "introduction",
    "behaviour",
    "reduction",
    "mirror_flow",
    "convergence",
    "speed",
    "two_layers",
    "implicit_bias",
    "redundant",
    "commuting",
    "necessity",
    "beyond",
    "closed_forms",
    "range",
    "manifold",
    "rates",
    "regimes",
    "limits",
    "existence",
    "no_mirror",
    "steps",
    "jumps",
    "trajectories",
)
