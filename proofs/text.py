"""The paper that the claims of this package are about."""

from __future__ import annotations

from ddln_sym.statements import Text
from proofs.notation import NOTATION

__all__ = ["TEXT"]

TEXT = Text(
    title="Optimization Insights into Deep Diagonal Linear Networks",
    authors=(
        "Hippolyte Labarrière",
        "Cesare Molinari",
        "Lorenzo Rosasco",
        "Cristian Vega",
        "Silvia Villa",
    ),
    identifier="arXiv 2412.16765",
    version="v1, 21 December 2024",
    subject=r"on deep diagonal linear networks, $\theta=u^1\odot\dots\odot u^L$",
    key="LabarriereEtAl2024",
    cited=("WoodworthEtAl2020", "AmidWarmuth2020", "LiEtAl2022"),
    notation=NOTATION,
)
