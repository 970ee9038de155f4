"""Settings of the documentation site, which ``make docs`` builds into ``docs/_build``; to read it takes no network."""

from __future__ import annotations

import inspect
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import PyObject

import ddln_sym

sys.path.insert(0, str(Path(__file__).parent))

from generated import fill, locked, spread

project = "ddln_sym"
author = "The ddln_sym developers"
release = version = ddln_sym.__version__
copyright = author

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax", "myst_nb"]
exclude_patterns = ["_build", "examples"]
smartquotes = False  # they take primes for quotation marks

myst_enable_extensions = ["amsmath", "attrs_inline", "deflist", "dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_render_markdown_format = "myst"

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # shapes and types stand in the docstrings; SymPy and mpmath ship none
napoleon_use_ivar = True
napoleon_attr_annotations = False
napoleon_custom_sections = ["Source"]

html_theme = "furo"
html_title = f"ddln_sym {release}"
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_css_files = ["site.css"]
html_js_files = ["fit.js"]
#: MathJax with all its extensions in one file, from the package that ships it; its name is not an identifier.
_MATHJAX = Path(str(find_spec("sphinx-mathjax-offline").submodule_search_locations[0])) / "static" / "mathjax"  # type: ignore[union-attr,index]
html_static_path = ["_static", str(_MATHJAX / "tex-svg-full.js")]
mathjax_path = "tex-svg-full.js"
mathjax3_config = {"tex": {"packages": {"[-]": ["noundefined"]}}}  # an unknown macro is an error, not red letters


def _filled(app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = fill(source[0])
    if not Path(app.srcdir, "derivations.pdf").exists():  # there was no TeX
        source[0] = source[0].replace("](derivations.pdf)", "](derivations.tex)")


def _linked(app: Sphinx, document: nodes.document) -> None:
    """The id of a claim in the text leads to the claim."""
    for literal in list(document.findall(nodes.literal)):
        name, parent = literal.astext(), literal.parent
        inside = any(
            isinstance(p, (nodes.reference, addnodes.pending_xref, nodes.title)) for p in (parent, parent.parent)
        )
        if "-" in name and name in locked() and not inside:
            target = {"refdomain": "std", "reftype": "ref", "reftarget": f"claim-{name.lower()}", "refexplicit": True}
            link = addnodes.pending_xref("", refdoc=app.env.docname, refwarn=True, **target)
            parent.replace(literal, link)
            link += literal


def _numbered(app: Sphinx, document: nodes.document) -> None:
    """A formula of several lines with a number of its own stands as it is: inside `split` a number is an error."""
    for block in document.findall(nodes.math_block):
        formula = block.astext()
        if r"\tag" in formula and r"\\" in formula:
            block.children = [nodes.Text(rf"\begin{{equation*}}{formula}\end{{equation*}}")]
            block["no-wrap"] = block["nowrap"] = True


def _spread(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    if callable(value):
        with suppress(ValueError):  # an exception that takes what Exception takes has no signature
            lines[:] = spread(lines, inspect.signature(value).parameters)


def _untyped(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """What stands before a colon in the first sentence of a property is no type, for which napoleon takes it."""
    types = [n for n, line in enumerate(lines) if line.startswith(":type: ")]
    if what in ("property", "attribute") and types:
        lines[0] = f"{lines.pop(types[0]).removeprefix(':type: ')}: {lines[0]}"


def setup(app: Sphinx) -> dict[str, Any]:
    for field in PyObject.doc_field_types:
        if field.name == "variable":  # what Google's style calls attributes
            field.label = "Attributes"
    app.connect("source-read", _filled)
    app.connect("doctree-read", _linked)
    app.connect("doctree-read", _numbered)
    app.connect("autodoc-process-docstring", _spread, priority=400)  # before napoleon reads it
    app.connect("autodoc-process-docstring", _untyped, priority=600)  # after napoleon has read it
    return {"parallel_read_safe": True}
