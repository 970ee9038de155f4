"""Certificates and figures as one page of HTML that needs no script and no network."""

from __future__ import annotations

from ddln_sym.render.html.page import Picture, page
from ddln_sym.render.html.svg import inline_svg
from ddln_sym.render.html.writer import Writer

__all__ = ["Picture", "Writer", "inline_svg", "page"]
