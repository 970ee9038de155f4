"""The literature that claims and cited theorems lean on; they name its entries by their keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import normalize

from ddln_sym.statements import Text

__all__ = ["REFERENCES", "Reference", "bibliography", "entry_of", "find_reference"]


@dataclass(frozen=True)
class Reference:
    """One entry.

    Attributes:
        key: for ``\\\\cite``; kind: the type of the entry.
        fields: the fields in order, as they are read.
    """

    key: str
    kind: str
    fields: tuple[tuple[str, str], ...]

    @property
    def short(self) -> str:
        """The authors and the year.

        >>> REFERENCES[0].short
        'Li et al. 2022'
        """
        fields = dict(self.fields)
        families = [name.split(",")[0] for name in fields.get("author", fields["title"]).split(" and ")]
        people = " and ".join(families) if len(families) < 3 else f"{families[0]} et al."
        return f"{people} {fields.get('year', '')}".strip()

    def bibtex(self) -> str:
        fields = dict(self.fields)
        if url := fields.pop("url", ""):
            fields["note"] = ", ".join(filter(None, [rf"\url{{{url}}}", fields.get("note", "")]))
        lines = "".join(f"  {name} = {{{_to_bibtex(value)}}},\n" for name, value in fields.items())
        return f"@{self.kind}{{{self.key},\n{lines}}}\n"


LETTERS = {"ß": r"{\ss}", "ø": r"{\o}", "Ł": r"{\L}", "–": "--"}
ACCENTS = {"\N{COMBINING GRAVE ACCENT}": "`", "\N{COMBINING ACUTE ACCENT}": "'", "\N{COMBINING DIAERESIS}": '"'}


def _to_bibtex(text: str) -> str:
    """Letters beyond ASCII as BibTeX has them, and braces around abbreviations, which keep their capitals.

    >>> print(_to_bibtex("René on Z3"))
    Ren{\\'e} on {Z3}
    """
    text = re.sub(r"\b[A-Z][A-Z0-9]+\b", lambda m: f"{{{m[0]}}}", text)
    found = ""
    for letter in text:
        base, *accent = list(normalize("NFD", letter))
        found += LETTERS.get(letter) or (rf"{{\{ACCENTS[accent[0]]}{base}}}" if accent else letter)
    return found


def _entry(key: str, kind: str, **fields: str) -> Reference:
    return Reference(key, kind, tuple(fields.items()))


REFERENCES = (
    _entry(
        "LiEtAl2022", "inproceedings",
        author="Li, Zhiyuan and Wang, Tianhao and Lee, Jason D. and Arora, Sanjeev",
        title="Implicit Bias of Gradient Descent on Reparametrized Models: On Equivalence to Mirror Descent",
        booktitle="Advances in Neural Information Processing Systems", volume="35", year="2022",
    ),
    _entry(
        "MinVidalMallada2023", "inproceedings",
        author="Min, Hancheng and Vidal, René and Mallada, Enrique",
        title="On the Convergence of Gradient Flow on Multi-layer Linear Models",
        booktitle="Proceedings of the 40th International Conference on Machine Learning", year="2023",
    ),
    _entry(
        "WoodworthEtAl2020", "inproceedings",
        author="Woodworth, Blake and Gunasekar, Suriya and Lee, Jason D. and Moroshko, Edward and Savarese, Pedro and "
        "Golan, Itay and Soudry, Daniel and Srebro, Nathan",
        title="Kernel and Rich Regimes in Overparametrized Models",
        booktitle="Proceedings of the 33rd Conference on Learning Theory", year="2020",
    ),
    _entry(
        "AmidWarmuth2020", "inproceedings",
        author="Amid, Ehsan and Warmuth, Manfred K.",
        title="Reparameterizing Mirror Descent as Gradient Descent",
        booktitle="Advances in Neural Information Processing Systems", volume="33", year="2020",
    ),
    _entry(
        "Carlson1995", "article", author="Carlson, B. C.",
        title="Numerical computation of real or complex elliptic integrals",
        journal="Numerical Algorithms", volume="10", pages="13–26", year="1995",
    ),
    _entry(
        "DLMF", "misc", title="NIST Digital Library of Mathematical Functions",
        url="https://dlmf.nist.gov", note="Chapter 19",
    ),
    _entry(
        "Gronwall1919", "article", author="Gronwall, T. H.",
        title="Note on the derivatives with respect to a parameter of the solutions of a system of differential "
        "equations",
        journal="Annals of Mathematics", volume="20", pages="292–296", year="1919",
    ),
    _entry(
        "Teschl2012", "book", author="Teschl, Gerald",
        title="Ordinary Differential Equations and Dynamical Systems",
        publisher="American Mathematical Society", year="2012",
    ),
    _entry(
        "BoydVandenberghe2004", "book", author="Boyd, Stephen and Vandenberghe, Lieven",
        title="Convex Optimization", publisher="Cambridge University Press", year="2004",
    ),
    _entry(
        "CaronTraynor2005", "techreport", author="Caron, Richard and Traynor, Tim",
        title="The zero set of a polynomial", institution="University of Windsor", number="WSMR Report 05-02",
        year="2005",
    ),
    _entry(
        "Bolzano1817", "book", author="Bolzano, Bernard",
        title="Rein analytischer Beweis des Lehrsatzes, daß zwischen je zwey Werthen, die ein entgegengesetztes "
        "Resultat gewähren, wenigstens eine reelle Wurzel der Gleichung liege",
        publisher="Gottlieb Haase", address="Prague", year="1817",
    ),
    _entry(
        "HardyLittlewoodPolya1934", "book",
        author="Hardy, G. H. and Littlewood, J. E. and Pólya, G.", title="Inequalities",
        publisher="Cambridge University Press", year="1934",
    ),
    _entry(
        "Hadamard1906", "article", author="Hadamard, Jacques",
        title="Sur les transformations ponctuelles",
        journal="Bulletin de la Société Mathématique de France", volume="34", pages="71–84", year="1906",
    ),
    _entry(
        "DeMouraBjorner2008", "inproceedings", author="de Moura, Leonardo and Bjørner, Nikolaj",
        title="Z3: An Efficient SMT Solver",
        booktitle="Tools and Algorithms for the Construction and Analysis of Systems", pages="337–340", year="2008",
    ),
    _entry(
        "Johansson2017", "article", author="Johansson, Fredrik",
        title="Arb: efficient arbitrary-precision midpoint-radius interval arithmetic",
        journal="IEEE Transactions on Computers", volume="66", pages="1281–1292", year="2017",
    ),
    _entry(
        "YunKrishnanMobahi2021", "inproceedings",
        author="Yun, Chulhee and Krishnan, Shankar and Mobahi, Hossein",
        title="A Unifying View on Implicit Bias in Training Linear Neural Networks",
        booktitle="International Conference on Learning Representations", year="2021",
    ),
    _entry(
        "ZhaoEtAl2026", "inproceedings", author="Zhao and others",
        title="Gradient Flow Dynamics and Implicit Bias of Diagonal Linear Networks under Infinitesimal Initialization",
        booktitle="Proceedings of the 43rd International Conference on Machine Learning", year="2026",
        note="arXiv:2607.12332",
    ),
    _entry(
        "MarcotteGribonvalPeyre2023", "inproceedings",
        author="Marcotte, Sibylle and Gribonval, Rémi and Peyré, Gabriel",
        title="Abide by the Law and Follow the Flow: Conservation Laws for Gradient Flows",
        booktitle="Advances in Neural Information Processing Systems", volume="36", year="2023",
    ),
    _entry(
        "MarcotteGribonvalPeyre2024", "inproceedings",
        author="Marcotte, Sibylle and Gribonval, Rémi and Peyré, Gabriel",
        title="Keep the Momentum: Conservation Laws beyond Euclidean Gradient Flows",
        booktitle="Proceedings of the 41st International Conference on Machine Learning", year="2024",
    ),
    _entry(
        "AzulayEtAl2021", "inproceedings",
        author="Azulay, Shahar and Moroshko, Edward and Nacson, Mor Shpigel and Woodworth, Blake and Srebro, Nathan "
        "and Globerson, Amir and Soudry, Daniel",
        title="On the Implicit Bias of Initialization Shape: Beyond Infinitesimal Mirror Descent",
        booktitle="Proceedings of the 38th International Conference on Machine Learning", pages="468–477", year="2021",
    ),
    _entry(
        "MoroshkoEtAl2020", "inproceedings",
        author="Moroshko, Edward and Woodworth, Blake and Gunasekar, Suriya and Lee, Jason D. and Srebro, Nathan and "
        "Soudry, Daniel",
        title="Implicit Bias in Deep Linear Classification: Initialization Scale vs Training Accuracy",
        booktitle="Advances in Neural Information Processing Systems", volume="33", pages="22182–22193", year="2020",
    ),
    _entry(
        "ChouMalyRauhut2023", "article",
        author="Chou, Hung-Hsu and Maly, Johannes and Rauhut, Holger",
        title="More is Less: Inducing Sparsity via Overparameterization",
        journal="Information and Inference: A Journal of the IMA", volume="12", number="3", pages="1437–1460",
        year="2023",
    ),
    _entry(
        "ChouRauhutWard2024", "article",
        author="Chou, Hung-Hsu and Rauhut, Holger and Ward, Rachel",
        title="Robust Implicit Regularization via Weight Normalization",
        journal="Information and Inference: A Journal of the IMA", volume="13", number="3", pages="iaae022",
        year="2024",
    ),
    _entry(
        "JacobsZhouBurkholz2025", "inproceedings",
        author="Jacobs, Tom and Zhou, Chao and Burkholz, Rebekka",
        title="Mirror, Mirror of the Flow: How Does Regularization Shape Implicit Bias?",
        booktitle="Proceedings of the 42nd International Conference on Machine Learning", year="2025",
    ),
    _entry(
        "Berthier2023", "article", author="Berthier, Raphaël",
        title="Incremental Learning in Diagonal Linear Networks",
        journal="Journal of Machine Learning Research", volume="24", pages="1–26", year="2023",
    ),
    _entry(
        "PesmeFlammarion2023", "inproceedings",
        author="Pesme, Scott and Flammarion, Nicolas",
        title="Saddle-to-Saddle Dynamics in Diagonal Linear Networks",
        booktitle="Advances in Neural Information Processing Systems", volume="36", year="2023",
    ),
    _entry(
        "EvenEtAl2023", "inproceedings",
        author="Even, Mathieu and Pesme, Scott and Gunasekar, Suriya and Flammarion, Nicolas",
        title="(S)GD over Diagonal Linear Networks: Implicit Bias, Large Stepsizes and Edge of Stability",
        booktitle="Advances in Neural Information Processing Systems", volume="36", pages="29406–29448", year="2023",
    ),
    _entry(
        "NacsonEtAl2022", "inproceedings",
        author="Nacson, Mor Shpigel and Ravichandran, Kavya and Srebro, Nathan and Soudry, Daniel",
        title="Implicit Bias of the Step Size in Linear Diagonal Neural Networks",
        booktitle="Proceedings of the 39th International Conference on Machine Learning", pages="16270–16295",
        year="2022",
    ),
    _entry(
        "BauschkeBorweinCombettes2003", "article",
        author="Bauschke, Heinz H. and Borwein, Jonathan M. and Combettes, Patrick L.",
        title="Bregman Monotone Optimization Algorithms",
        journal="SIAM Journal on Control and Optimization", volume="42", number="2", pages="596–636", year="2003",
    ),
    _entry(
        "AroraEtAl2019", "inproceedings",
        author="Arora, Sanjeev and Cohen, Nadav and Hu, Wei and Luo, Yuping",
        title="Implicit Regularization in Deep Matrix Factorization",
        booktitle="Advances in Neural Information Processing Systems", volume="32", year="2019",
    ),
)  # fmt: skip


def find_reference(key: str) -> Reference:
    """The entry of a key.

    Raises:
        ValueError: there is none.

    >>> find_reference("Gronwall1919").short
    'Gronwall 1919'
    """
    known = {reference.key: reference for reference in REFERENCES}
    if key not in known:
        near = get_close_matches(key, known, 1)
        raise ValueError(f"the bibliography has no entry {key!r}" + (f": did you mean {near[0]}?" if near else ""))
    return known[key]


def entry_of(text: Text) -> Reference:
    """The entry of a text that is checked.

    >>> print(entry_of(Text("On Mirrors", ("Ann Author",), "arXiv 0000.00000", "v2, 1 May 2020")).bibtex(), end="")
    @misc{text,
      author = {Author, Ann},
      title = {On Mirrors},
      year = {2020},
      note = {arXiv 0000.00000, v2, 1 May 2020},
    }
    """
    people = []
    for name in text.authors:
        *given, family = name.split()
        people.append(f"{family}, {' '.join(given)}" if given else family)
    year = re.search(r"\b(1[89]|20)\d\d\b", f"{text.version} {text.identifier}")
    fields = {"author": " and ".join(people), "title": text.title, "year": year[0] if year else "", "note": text.place}
    return Reference(text.key, "misc", tuple((name, value) for name, value in fields.items() if value))


def bibliography(text: Text | None = None) -> str:
    """The file ``references.bib``, with the text that is checked at its head."""
    own = () if text is None else (entry_of(text),)
    return "\n".join(reference.bibtex() for reference in (*own, *REFERENCES))
