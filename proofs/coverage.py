"""What the paper says, line by line, and which claim decides it; or why none does.

The displays stand in the order of version 1, as printed; between them the sentences with mathematical content.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A display or a sentence of the paper.

    Attributes:
        place: where it stands. number: of a numbered display.
        display: the formula as printed, in LaTeX, for a display; words: what is said, for a sentence, with its formulas
            between dollars.
        claims: the ids of the claims that decide it; reason: why there are none, or what there is to say of it.
    """

    place: str
    number: str = ""
    display: str = ""
    words: str = ""
    claims: tuple[str, ...] = ()
    reason: str = ""


LINES = (
    Line(
        "Section 1.1",
        number="1",
        display=r"\min_{U\in\mathbb{R}^{n\times d}}\left\|A\left(UU^{T}\right)-b\right\|^{2}.",
        reason="A problem of matrix factorization that related work studies; nothing is asserted of it. That "
        "UUᵀ does not commute is claim `new-control-factorization`.",
    ),
    Line(
        "Section 1.1",
        words="[Gunasekar et al., 2017]: the solution of minimal nuclear norm, under some assumptions; "
        "[Arora et al., 2018, 2019]",
        reason="Results of other papers, reported without a formula.",
    ),
    Line(
        "Section 1.1",
        words="weight normalization has been proven to accelerate training and to have desirable implicit "
        "regularization properties",
        reason="Results of other papers, reported without a formula.",
    ),
    Line(
        "Section 1.1",
        words="Figure 1: representation of a diagonal linear network, $θ = u ⊙ v$, $f_θ(x) = θ^T x$",
        claims=("eq-10",),
        reason="A drawing, redrawn with Figure 2.",
    ),
    Line(
        "Section 1.1",
        words="a small initialization favours a solution close to that with minimal L¹ norm, while a large "
        "one tends to minimize the L² norm",
        claims=("small-and-large",),
    ),
    Line(
        "Section 1.1",
        words="the number of layers is positively correlated with the sparsity",
        reason="A result of other papers, reported without a formula; how the entropy tends to ℓ1 with depth "
        "is claim `new-t6-small`.",
    ),
    Line(
        "Section 1.1",
        words="$θ = u^{⊙2}$ for classification, and other Hadamard parameterizations",
        reason="Models of other papers; that $u^{⊙2}$ commutes is claim `new-others-commute`.",
    ),
    Line(
        "Section 1.1",
        words="[Li et al., 2022] provide assumptions that are necessary for … a Mirror Flow",
        claims=("necessary-in-related-work",),
    ),
    Line(
        "Section 1.2",
        number="2",
        display=r"\min_{u\in\mathbb{R}^{p}}\ \tilde{\mathcal{L}}(u).",
        reason="The problem that is available in practice, by definition.",
    ),
    Line(
        "Section 1.2",
        display=r"\tilde{\mathcal{L}}(u)=\mathcal{L}(q(u)).",
        reason="Defines the reparametrized loss. All claims about flows take 𝓛∘q, through its partial "
        "derivatives (claims `eq-4`, `eq-5`).",
    ),
    Line(
        "Section 1.2",
        number="3",
        display=r"\min_{\theta\in\mathbb{R}^{d}}\ \mathcal{L}(\theta).",
        reason="The hidden problem, by definition.",
    ),
    Line(
        "Section 1.2",
        words="shallow linear networks, q(W, v) = Wᵀv",
        reason="An example of q, by definition; that it does not commute is claim `new-control-shallow`.",
    ),
    Line(
        "Section 1.2",
        display=r"\theta=q(u^{1},u^{2},\dots,u^{L})=u^{1}\odot u^{2}\odot\dots\odot u^{L},",
        claims=("eq-10",),
        reason="Defines q.",
    ),
    Line(
        "Section 1.2",
        display=r"\min_{(u^{1},u^{2},\dots,u^{L})}\quad\tilde{\mathcal{L}}(u^{1},u^{2},\dots,u^{L})="
        r"\mathcal{L}(q(u^{1},u^{2},\dots,u^{L}))=\sum_{i=1}^{n}(\langle u^{1}\odot u^{2}\odot"
        r"\dots\odot u^{L}),x_{i}\rangle-y_{i})^{2},",
        claims=("data-loss",),
    ),
    Line(
        "Section 1.2",
        words="other works consider $θ = u^{⊙L} − v^{⊙L}$; the number of layers does not affect the number of "
        "hyperparameters",
        reason="A definition, and 2d parameters for every L by it; that it commutes is claim `new-others-commute`.",
    ),
    Line(
        "Section 1.2",
        words="conserved quantities; a sufficient initialization for a mirror flow; exponential decrease "
        "under Polyak–Łojasiewicz",
        claims=("eq-7", "thm-1", "thm-2"),
        reason="The contributions, stated later.",
    ),
    Line(
        "Section 1.2",
        words="initializing the layers with small values leads to a slow training; Section 3: the negative "
        "impact of small values",
        claims=("small-slow",),
    ),
    Line(
        "Section 1.3",
        display=r"J_{G}(\theta):=\left[\frac{\partial G}{\partial\theta_{1}};\ldots;\frac{\partial G}{"
        r"\partial\theta_{k}}\right]=\left[\begin{array}[]{ccc}\frac{\partial G_{1}}{\partial"
        r"\theta_{1}}&\ldots&\frac{\partial G_{1}}{\partial\theta_{k}}\\ \vdots&\ddots&\vdots\\ "
        r"\frac{\partial G_{p}}{\partial\theta_{1}}&\ldots&\frac{\partial G_{p}}{\partial\theta_{k"
        r"}}\end{array}\right].",
        reason="Defines the Jacobian; taken so in claims `jacobian-before-regular`, `rank-before-regular` "
        "and `regular`.",
    ),
    Line(
        "Section 2",
        display=r"\theta=\bigodot_{j=1}^{L}u^{j},",
        claims=("eq-10",),
        reason="Defines θ.",
    ),
    Line(
        "Section 2",
        number="4",
        display=r"\forall j\in[L],\ \forall t\geqslant 0,\quad\frac{du^{j}(t)}{dt}+\nabla_{j}\mathcal{L}"
        r"\left(\bigodot_{k=1}^{L}u^{k}(t)\right)=0,",
        claims=("eq-4",),
    ),
    Line(
        "Section 2",
        number="5",
        display=r"\forall j\in[L],\ \forall t\geqslant 0,\quad\frac{du^{j}(t)}{dt}+\left(\bigodot_{k\neq j"
        r"}u^{k}(t)\right)\odot\nabla\mathcal{L}(\theta(t))=0.",
        claims=("eq-5",),
    ),
    Line(
        "Section 2",
        words="Figure 2: representation of a deep diagonal linear network with L layers, d = 5",
        claims=("eq-10",),
        reason="A drawing, redrawn with Figure 1: ![Figures 1 and 2 of the paper, anew](networks.svg)",
    ),
    Line(
        "Proposition 1",
        number="6",
        display=r"\forall t\geqslant 0,\ \frac{d}{dt}\left(u^{j}\odot u^{j}\right)(t)=\frac{d}{dt}\left(u^"
        r"{k}\odot u^{k}\right)(t)=-\theta(t)\odot\nabla L(\theta(t)).",
        claims=("eq-6", "prop-1-1"),
    ),
    Line(
        "Proposition 1",
        number="7",
        display=r"\forall t\geqslant 0,\ u^{j}(t)^{\odot 2}-u^{j}(0)^{\odot 2}=u^{k}(t)^{\odot 2}-u^{k}(0)"
        r"^{\odot 2}.",
        claims=("eq-7", "prop-1-1"),
    ),
    Line(
        "Proposition 1",
        words=r"if $j ∉ \arg\min_k |u^k_i(0)|$, then $u^j_i(t) ≠ 0$ for every $t > 0$",
        claims=("prop-1-2",),
    ),
    Line(
        "proof of Proposition 1",
        words="multiplying (5) by $u^j$ and then integrating it",
        claims=("eq-6",),
        reason="The product is half the derivative of the square: where the factor 2 of (6) is lost.",
    ),
    Line(
        "proof of Proposition 1",
        display=r"u^{l}_{i}(t)^{2}-u^{l}_{i}(0)^{2}=u^{j}_{i}(t)^{2}-u^{j}_{i}(0)^{2}.",
        claims=("proof-of-prop-1-2",),
        reason="(7) for the layers j and l.",
    ),
    Line(
        "proof of Proposition 1",
        display=r"u^{l}_{i}(T)^{2}=u^{l}_{i}(0)^{2}+u^{j}_{i}(T)^{2}-u^{j}_{i}(0)^{2}=u^{l}_{i}(0)^{2}-u^{"
        r"j}_{i}(0)^{2}<0.",
        claims=("proof-of-prop-1-2",),
    ),
    Line(
        "Section 2.1",
        number="𝒜",
        display=r"\forall i\in[d],\ \ \#\left(\operatorname*{arg\,min}_{k\in[L]}|u^{k}_{i}(0)|\right)=1.",
        claims=("assumption-A",),
        reason="The assumption (𝒜), by definition.",
    ),
    Line(
        "Section 2.1",
        words="the same values violate (𝒜); random ones are almost surely valid",
        claims=("assumption-A",),
    ),
    Line(
        "Section 2.1",
        display=r"\forall(i,j)\in[L]^{2},\quad W_{i}(0)^{T}W_{i}(0)=W_{j}(0)^{T}W_{j}(0),",
        claims=("balanced-after-A",),
    ),
    Line(
        "Section 2.1",
        words="for each component i, only one layer j can cross zero",
        claims=("one-layer-crosses",),
    ),
    Line(
        "Figure 3",
        words="only the third layer changes its sign; it has minimal absolute value at initialization",
        claims=("fig-3",),
        reason="For the flow of the figure itself the data are not printed; one of its size is claim "
        "`new-fig-3-signs`.",
    ),
    Line(
        "Section 2.1",
        display=r"v^{1}_{i}=u^{j}_{i}\ \text{where}\ j=\arg\min_{k\in[L]}|u^{j}_{i}(0)|,",
        claims=("layers-after-7",),
    ),
    Line(
        "Section 2.1",
        display=r"v^{j}_{i}=\left\{\begin{aligned} &u^{1}_{i}\ \text{if}\ j=\arg\min_{k\in[L]}|u^{j}_{i}(0"
        r")|.\\ &u^{j}_{i}\ \text{else.}\end{aligned}\right.",
        claims=("layers-after-7",),
    ),
    Line(
        "Section 2.1",
        words=r"$θ = \bigodot_j v^j$",
        claims=("theta-after-7",),
    ),
    Line(
        "Section 2.1",
        words="the equations and properties stated above still hold for $(v^j)$",
        claims=("equations-after-7",),
    ),
    Line(
        "Section 2.1",
        display=r"\forall t\geqslant 0,\ \text{sign}\left(v^{j}(t)\right)=\text{sign}\left(v^{j}(0)\right)"
        r",",
        claims=("sign-after-7",),
    ),
    Line(
        "Section 2.1",
        display=r"\forall j\in\llbracket 2,L\rrbracket,\ \forall t\geqslant 0,\ v^{j}(t)=\text{sign}\left("
        r"v^{j}(0)\right)\odot\sqrt{v^{1}(t)^{\odot 2}+v^{j}(0)^{\odot 2}-v^{1}(0)^{\odot 2}}.",
        claims=("root-after-7",),
    ),
    Line(
        "Section 2.1",
        number="8",
        display=r"\forall t\geqslant 0,\ \frac{dv^{1}(t)}{dt}+\text{sign}\left(\bigodot_{j\neq 1}v^{j}(0)"
        r"\right)\odot\left(\bigodot_{j\neq 1}\sqrt{v^{1}(t)^{\odot 2}+\Delta_{j}}\right)\odot"
        r"\nabla L(\theta(t))=0,",
        claims=("eq-8",),
    ),
    Line(
        "Section 2.1",
        words="$Δ_j = v^j(0)^{⊙2} − v^1(0)^{⊙2}$ for any $j ∈ [d]$",
        claims=("delta-after-8",),
    ),
    Line(
        "Section 2.1",
        display=r"\theta(t)=\text{sign}\left(\bigodot_{j=1}^{L}v^{j}(0)\right)\odot\left(\bigodot_{j=1}^{L"
        r"}\sqrt{v^{1}(t)^{\odot 2}+\Delta_{j}}\right),",
        claims=("theta-after-8",),
    ),
    Line(
        "Section 2.1",
        words="the flow of $θ$ is entirely determined by that of $v^1$ and the initialization",
        claims=("theta-determined",),
    ),
    Line(
        "Section 2.1",
        words="if $L > 2$, equation 8 does not allow us to get an analytical expression of $v^1(t)$; this "
        "approach cannot be applied",
        claims=("no-expression-after-8",),
    ),
    Line(
        "Section 2.1",
        number="9",
        display=r"\frac{dv^{1}(t)}{dt}+\text{sign}\left(v^{2}(0)\right)\odot\sqrt{v^{1}(t)^{\odot 2}+"
        r"\Delta}\odot\nabla L(\theta(t))=0,",
        claims=("eq-9",),
    ),
    Line(
        "Theorem 1",
        display=r"\forall t\geqslant 0,\quad\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}("
        r"\theta(t))=0.",
        claims=("thm-1",),
    ),
    Line(
        "proof of Theorem 1",
        display=r"\forall n\in[Ld],\ {\bm{u}}_{i}=u^{(i-1)\%L+1}_{\lfloor(i-1)/L\rfloor+1},",
        claims=("flattening-before-10",),
    ),
    Line(
        "proof of Theorem 1",
        display=r"{\bm{u}}=\left(u^{1}_{1}\ u^{2}_{1}\ \dots\ u^{L}_{1}\ u^{1}_{2}\ \dots\dots\dots\ u^{1}"
        r"_{d}\ \dots\ u^{L}_{d}\right)^{T}.",
        claims=("flattening-before-10",),
    ),
    Line(
        "proof of Theorem 1",
        number="10",
        display=r"\forall w\in\mathbb{R}^{L\times d},\ \forall i\in[d],\ G_{i}(w)=\prod_{j=(i-1)L+1}^{iL}w"
        r"_{j}.",
        claims=("eq-10",),
    ),
    Line(
        "proof of Theorem 1",
        words="G is a commuting and regular parameterization of a smooth manifold; [Li et al., 2022, Theorem 4.8]",
        claims=("proof-of-thm-1",),
    ),
    Line(
        "Section 2.2",
        words="the entropy is convex and so the loss is non-increasing along time",
        claims=("loss-decreases",),
    ),
    Line(
        "Section 2.2",
        words="[Yun et al., 2021], Corollary 5, derive the entropy for a particular initialization; an open "
        "question whether this extends to (𝒜)",
        reason="A result of another paper, for starts of one shape. Its question is answered by claims "
        "`new-t1-mirror` and `new-t1-slope`, of which such a start is the case of equal $Δ_k$ (claim "
        "`new-t2-equal-gaps`).",
    ),
    Line(
        "Section 2.3",
        number="11",
        display=r"\forall t\geqslant 0,\quad\dot{\theta}(t)+\sum_{j=1}^{L}\left(\bigodot_{k\neq j}u^{k}(t)"
        r"^{\odot 2}\right)\odot\nabla\mathcal{L}(\theta(t))=0.",
        claims=("eq-11",),
    ),
    Line(
        "Section 2.3",
        number="12",
        display=r"\forall t\geqslant 0,\quad\dot{\theta}(t)+M(t)\nabla\mathcal{L}(\theta(t))=0,",
        claims=("eq-12",),
    ),
    Line(
        "Section 2.3",
        words=r"$u^j_i(t)^2 ≥ u^j_i(0)^2 − u^l_i(0)^2$ and $|u^j_i(t)| > 0$, $l = \arg\min_k |u^k_i(0)|$",
        claims=("lower-before-13",),
    ),
    Line(
        "Section 2.3",
        number="13",
        display=r"\forall t\geqslant 0,\ \sum_{j=1}^{L}\left(\prod_{k\neq j}u^{k}_{i}(t)^{2}\right)=\sum_{"
        r"j=1,\ j\neq l}^{L}\left(\prod_{k\neq j}u^{k}_{i}(t)^{2}\right)+\prod_{k\neq l}u^{k}_{i}("
        r"t)^{2}",
        claims=("eq-13",),
    ),
    Line(
        "Section 2.3",
        display=r"\geqslant 0+\prod_{k\neq l}(u^{k}_{i}(0)^{2}-u^{l}_{i}(0)^{2})>0.",
        claims=("eq-13",),
    ),
    Line(
        "Section 2.3",
        display=r"M^{-1}(t)=\text{diag}\left(\left(\left(\sum_{j=1}^{L}\left(\prod_{k\neq j}u^{k}_{i}(t)^{"
        r"2}\right)\right)^{-1}\right)_{i\in[d]}\right).",
        claims=("inverse-after-13",),
    ),
    Line(
        "Section 2.3",
        display=r"\forall t\geqslant 0,\quad M^{-1}(t)\dot{\theta}(t)+\nabla\mathcal{L}(t)=0,",
        claims=("inverse-before-14",),
    ),
    Line(
        "Section 2.3",
        display=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}=M^{-1}(t)\dot{\theta}(t).",
        claims=("mirror-before-14",),
    ),
    Line(
        "Section 2.3",
        number="14",
        display=r"\lambda_{min}(M(t))\geqslant\min_{i\in[d]}\prod_{k\neq k_{i}}(u^{k}_{i}(0)^{2}-u^{k_{i}}"
        r"_{i}(0)^{2}),",
        claims=("eq-14",),
    ),
    Line(
        "Section 2.3",
        words="the result applies, for example, if 𝓛 is the squared loss",
        claims=("pl-squared",),
    ),
    Line(
        "Theorem 2",
        display=r"\mathcal{L}(\theta(t))-\mathcal{L}^{*}\leqslant e^{-2\sigma\mu t}\left(\mathcal{L}("
        r"\theta(0))-\mathcal{L}^{*}\right),",
        claims=("thm-2",),
    ),
    Line(
        "proof of Theorem 2",
        display=r"\frac{d}{dt}\left(\mathcal{L}(\theta(t))-\mathcal{L}^{*}\right)=\left\langle\nabla"
        r"\mathcal{L}(\theta(t)),\dot{\theta}(t)\right\rangle",
        claims=("rate-before-14",),
    ),
    Line(
        "proof of Theorem 2",
        display=r"=-\left\langle\nabla\mathcal{L}(\theta(t)),M(t)\nabla\mathcal{L}(\theta(t))\right\rangle",
        claims=("rate-before-14",),
    ),
    Line(
        "proof of Theorem 2",
        display=r"\leqslant-\lambda_{min}(M(t))\|\nabla\mathcal{L}(\theta(t))\|^{2}",
        claims=("rate-before-14",),
    ),
    Line(
        "proof of Theorem 2",
        display=r"\leqslant-\sigma\|\nabla\mathcal{L}(\theta(t))\|^{2},",
        claims=("rate-before-14",),
    ),
    Line(
        "proof of Theorem 2",
        display=r"\forall\theta\in\mathbb{R}^{d},\quad 2\mu\left(\mathcal{L}(\theta)-\mathcal{L}^{*}\right"
        r")\leqslant\|\nabla\mathcal{L}(\theta)\|^{2}.",
        claims=("pl-squared",),
        reason="The Polyak–Łojasiewicz property, by definition; it is a hypothesis of claims "
        "`rate-before-14`, `eq-15` and `thm-2`.",
    ),
    Line(
        "proof of Theorem 2",
        display=r"\frac{d}{dt}\left(\mathcal{L}(\theta(t))-\mathcal{L}^{*}\right)\leqslant-2\sigma\mu\left"
        r"(\mathcal{L}(\theta(t))-\mathcal{L}^{*}\right),",
        claims=("rate-before-14",),
    ),
    Line(
        "proof of Theorem 2",
        number="15",
        display=r"\forall t\geqslant 0,\quad\mathcal{L}(\theta(t))-\mathcal{L}^{*}\leqslant e^{-2\sigma\mu"
        r" t}\left(\mathcal{L}(\theta(0))-\mathcal{L}^{*}\right).",
        claims=("eq-15",),
    ),
    Line(
        "Section 2.3",
        words="if the gap between the minimal absolute value and the others is small, then σ is also "
        "considerably small",
        claims=("sigma-small",),
    ),
    Line(
        "Figure 4",
        words="larger values at initialization lead to a better convergence rate",
        claims=("larger-faster", "fig-4"),
        reason="For a flow of the size of the figure: claim `new-fig-4-rate`.",
    ),
    Line(
        "Section 2.3",
        words="the initialization should be small enough to induce sparsity; weight normalization promotes "
        "comparable sparsity",
        reason="Results of other papers, reported without a formula; the first is claim `small-and-large`.",
    ),
    Line(
        "Section 3",
        words="it remains an open question whether it is possible to compute explicitly the entropy",
        reason="An open question, answered by claims `new-t1-mirror`, `new-t1-slope` and `new-t2-general`.",
    ),
    Line(
        "Section 3",
        words="the influence of stochasticity, momentum, and the optimization method",
        reason="Open directions; on steps and weight decay claims `new-t14-step`, `new-t14-two-numbers` and "
        "`new-t14-decay`.",
    ),
    Line(
        "Appendix A.1",
        display=r"\min_{\theta\in\mathbb{R}^{d}}\mathcal{L}(\theta),",
        reason="The problem, by definition.",
    ),
    Line(
        "Appendix A.1",
        number="16",
        display=r"\left\{\begin{aligned} &\dot{u}(t)+v(t)\odot\nabla\mathcal{L}(\theta(t))=0\\ &\dot{v}(t)"
        r"+u(t)\odot\nabla\mathcal{L}(\theta(t))=0.\end{aligned}\right.",
        claims=("eq-16",),
    ),
    Line(
        "Appendix A.1",
        number="17",
        display=r"\theta(t)=\Psi(\xi(t)):=\frac{\left|u(0)^{\odot 2}-v(0)^{\odot 2}\right|}{2}\text{sinh}"
        r"\left(2\xi(t)+\log\left|\frac{u(0)+v(0)}{u(0)-v(0)}\right|\right),",
        claims=("eq-17",),
    ),
    Line(
        "Appendix A.1",
        display=r"\dot{\xi}(t)+\nabla\mathcal{L}(\theta(t))=0.",
        claims=("xi-after-17",),
    ),
    Line(
        "Appendix A.1",
        number="18",
        display=r"\theta_{\infty}=\arg\min\limits_{X\theta=y}\mathcal{Q}(\theta).",
        claims=("eq-18", "eq-18-with-20"),
    ),
    Line(
        "Appendix A.1",
        display=r"\lim\limits_{t\rightarrow+\infty}\xi(t)=-\int_{0}^{+\infty}\nabla\mathcal{L}(\theta(s))d"
        r"s=-X^{T}\underbrace{\int_{0}^{+\infty}\nabla\ell(X\theta(s)-y)ds}_{:=-\nu}.",
        claims=("multiplier-after-18",),
    ),
    Line(
        "Appendix A.1",
        words="$θ_∞ = Ψ(X^T ν)$",
        claims=("limit-after-18",),
    ),
    Line(
        "Appendix A.1",
        number="19",
        display=r"\left\{\begin{gathered}X\theta_{\infty}=y\\ \exists\omega\in\mathbb{R}^{n},\ \nabla"
        r"\mathcal{Q}(\theta_{\infty})=X^{T}\omega\end{gathered}\right.",
        claims=("eq-19",),
    ),
    Line(
        "Appendix A.1",
        number="20",
        display=r"\mathcal{Q}(\theta)=\frac{1}{2}\sum_{i=1}^{d}\left(2\theta_{i}\text{arcsinh}\left(\frac{"
        r"2\theta_{i}}{\Delta_{0}}\right)-\sqrt{4\theta_{i}^{2}+\Delta_{0}^{2}}+\Delta_{0}\right)-"
        r"\frac{1}{2}\left\langle\log\left|\frac{u(0)+v(0)}{u(0)-v(0)}\right|,\theta\right\rangle,",
        claims=("eq-20",),
    ),
    Line(
        "Appendix A.1",
        words="the function $𝒬$ of (20) ensures $∇𝒬 = Ψ^{-1}$",
        claims=("eq-20",),
    ),
    Line(
        "Appendix A.1",
        number="21",
        display=r"\nabla\mathcal{Q}(\theta(t))=\Psi^{-1}(\theta(t))=\xi(t),",
        claims=("eq-21",),
    ),
    Line(
        "Appendix A.1",
        number="22",
        display=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0.",
        claims=("eq-22",),
    ),
    Line(
        "Appendix A.2",
        display=r"\min_{\theta\in\mathbb{R}^{d}}\mathcal{L}(\theta),",
        reason="The problem, by definition.",
    ),
    Line(
        "Appendix A.2",
        number="23",
        display=r"\left\{\begin{aligned} &\dot{u}(t)+v(t)\odot\nabla\mathcal{L}(\theta(t))=0\\ &\dot{v}(t)"
        r"+u(t)\odot\nabla\mathcal{L}(\theta(t))=0.\end{aligned}\right.",
        claims=("eq-23",),
    ),
    Line(
        "Appendix A.2",
        number="24",
        display=r"\left\{\begin{aligned} &\dot{z}_{+}(t)+z_{+}(t)\odot\nabla\mathcal{L}(\theta(t))=0\\ &"
        r"\dot{z}_{-}(t)-z_{-}(t)\odot\nabla\mathcal{L}(\theta(t))=0\end{aligned}\right.,",
        claims=("eq-24",),
    ),
    Line(
        "Appendix A.2",
        number="25",
        display=r"\left\{\begin{aligned} &z_{+}(t)=z_{+}(0)e^{\xi(t)}\\ \ &z_{-}(t)=z_{-}(0)e^{-\xi(t)}"
        r"\end{aligned}\right.,",
        claims=("eq-25",),
    ),
    Line(
        "Appendix A.2",
        display=r"\dot{\xi}(t)+\nabla\mathcal{L}(\theta(t)))=0,\quad\xi(0)=0.",
        claims=("xi-after-17",),
        reason="A parenthesis is closed twice.",
    ),
    Line(
        "Appendix A.2",
        words="$θ = (z_+^{⊙2} − z_-^{⊙2})/4$",
        claims=("eq-26",),
    ),
    Line(
        "Appendix A.2",
        number="26",
        display=r"\theta(t)=\frac{z_{+}(0)^{\odot 2}e^{2\xi(t)}-z_{-}(0)^{\odot 2}e^{-2\xi(t)}}{4}",
        claims=("eq-26",),
    ),
    Line(
        "Appendix A.2",
        display=r"=\frac{|z_{+}(0)\odot z_{-}(0)|}{2}\text{sinh}\left(2\xi(t)+\log\left|\frac{z_{+}(0)}{z_"
        r"{-}(0)}\right|\right).",
        claims=("eq-26",),
    ),
    Line(
        "Appendix A.3",
        number="27",
        display=r"\dot{u}(t)+Lu(t)^{\odot(L-1)}\odot\nabla\mathcal{L}(\theta(t))=0.",
        claims=("eq-27",),
    ),
    Line(
        "Appendix A.3",
        words=r"for any $i ∈ \mathbb{R}^d$, $u_i(t)$ is different from 0, which can be done by enforcing positivity",
        claims=("positive-after-27",),
        reason=r"$i ∈ \mathbb{R}^d$ is read as $i ∈ [d]$.",
    ),
    Line(
        "Appendix A.3",
        number="28",
        display=r"u(t)=\left(u(0)^{\odot-(L-2)}-L(L-2)\xi(t)\right)^{\odot-\frac{1}{L-2}},",
        claims=("eq-28", "eq-28-negative"),
    ),
    Line(
        "Appendix A.3",
        number="29",
        display=r"\theta(t)=\left(u(0)^{\odot-(L-2)}-L(L-2)\xi(t)\right)^{\odot-\frac{L}{L-2}}=:\Psi\left("
        r"L(L-2\right)\xi(t)).",
        claims=("eq-29",),
    ),
    Line(
        "Appendix A.3",
        words="$Ψ^{-1}(θ) = u(0)^{⊙−(L−2)} − θ^{⊙−(1−2/L)}$",
        claims=("psi-inverse-redundant",),
    ),
    Line(
        "Appendix A.3",
        number="30",
        display=r"\mathcal{Q}(\theta)=\langle u(0)^{\odot(L-2)},\theta\rangle-\frac{L}{2}\left\langle"
        r"\mathbf{1},\theta^{\odot\frac{2}{L}}\right\rangle,",
        claims=("eq-30",),
    ),
    Line(
        "Appendix A.3",
        words="$𝒬$ satisfies $∇𝒬 = Ψ^{-1}$",
        claims=("eq-30",),
    ),
    Line(
        "Appendix A.3",
        number="31",
        display=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0,",
        claims=("eq-31",),
    ),
    Line(
        "Appendix A.3",
        number="32",
        display=r"\theta_{\infty}=\arg\min\limits_{X\theta=y}\mathcal{Q}(\theta).",
        claims=("eq-32",),
    ),
    Line(
        "Appendix A.4",
        number="33",
        display=r"\mathcal{M}=\left\{w\in\mathbb{R}^{L\times d},\ \forall i\in[d],\ \#\left\{j\in[L],\ w_{"
        r"(i-1)L+(j-1)}=0\right\}\leqslant 1\right\}.",
        claims=("eq-33",),
    ),
    Line(
        "Appendix A.4",
        display=r"\mathcal{M}=\bigcap_{i\in[d]}\left\{w\in\mathbb{R}^{L\times d},\ \#\left\{j\in[L],\ w_{("
        r"i-1)L+(j-1)}=0\right\}\leqslant 1\right\}.",
        claims=("eq-33",),
        reason="The set of (33) written as an intersection over i, with the same slip in the index.",
    ),
    Line(
        "Appendix A.4",
        display=r"\mathcal{M}^{C}=\bigcup_{i\in[d]}\left\{w\in\mathbb{R}^{L\times d},\ \exists(j,k)\in[L]^"
        r"{2},\ j\neq k,\ w_{(i-1)L+(j-1)}=w_{(i-1)L+(k-1)}=0\right\}",
        claims=("complement-after-33",),
    ),
    Line(
        "Appendix A.4",
        display=r"=\bigcup_{i\in[d]}\bigcup_{(j,k)\in[L]^{2},\ j\neq k}\left\{w\in\mathbb{R}^{L\times d},"
        r"\ w_{(i-1)L+(j-1)}=w_{(i-1)L+(k-1)}=0\right\}.",
        claims=("complement-after-33",),
    ),
    Line(
        "Appendix A.4",
        words="$M^C$ is a closed set and $M$ is a smooth submanifold",
        claims=("open-after-33",),
    ),
    Line(
        "Appendix A.4",
        words="if the layers satisfy (𝒜), then u(0) belongs to M",
        claims=("start-in-M",),
    ),
    Line(
        "Appendix A.4",
        display=r"\nabla^{2}G_{i_{1}}(w)\nabla G_{i_{2}}(w)-\nabla^{2}G_{i_{2}}(w)\nabla G_{i_{1}}(w)=0.",
        claims=("commuting",),
    ),
    Line(
        "Appendix A.4",
        number="34",
        display=r"\forall j\in[Ld],\ \left(\nabla G_{i}(w)\right)_{j}=\left\{\begin{aligned} \prod_{k=(i-1"
        r")L+1,\ k\neq j}^{iL}&w_{k}\quad\text{if}\ j\in\llbracket(i-1)L+1,iL\rrbracket,\\ &0\quad"
        r"\text{else.}\end{aligned}\right.",
        claims=("eq-34",),
    ),
    Line(
        "Appendix A.4",
        words="$(∇^2 G_i)_{jk} = 0$ as long as $j$ or $k$ lies outside block $i$",
        claims=("hessian-after-34",),
    ),
    Line(
        "Appendix A.4",
        words="$∇^2 G_{i_1} ∇G_{i_2} = 0$ for $i_1 ≠ i_2$; $G$ is a commuting parameterization",
        claims=("product-after-34", "commuting"),
    ),
    Line(
        "Appendix A.4",
        display=r"J_{G}(w)=\left[\begin{array}[]{c c c c c c c c c c}K^{1}_{1}&\cdots&K^{1}_{L}&0&\cdots&0"
        r"&\cdots&0&\cdots&0\\ 0&\cdots&0&K^{2}_{1}&\cdots&K^{2}_{L}&\cdots&0&\cdots&0\\ \vdots&"
        r"\ddots&\vdots&\vdots&\ddots&\vdots&\ddots&\vdots&\ddots&\vdots\\ 0&\cdots&0&0&\cdots&0&"
        r"\cdots&K^{d}_{1}&\cdots&K^{d}_{L}\\ \end{array}\right],",
        claims=("rank-before-regular",),
        reason="The block form: rows with disjoint supports.",
    ),
    Line(
        "Appendix A.4",
        display=r"K^{i}_{j}=\prod_{k=(i-1)L+1,\ k\neq j+L(i-1)}^{iL}w_{k}.",
        claims=("jacobian-before-regular",),
    ),
    Line(
        "Appendix A.4",
        words="if for any $i$ there is $j$ with $K^i_j ≠ 0$, then $J_G$ is of rank $d$; so $G$ is regular on $M$",
        claims=("rank-before-regular", "regular"),
    ),
    Line(
        "Appendix A.4",
        words="the domain of the flows induced by the gradient vector fields is pairwise symmetric",
        claims=("symmetric-domains", "proof-of-thm-1"),
        reason="The first half of the cited assumption, that a flow ends only at infinity, is a premise of "
        "claim `proof-of-thm-1`.",
    ),
)
