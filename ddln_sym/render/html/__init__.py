"""Certificates and figures as one page of HTML that needs no script and no network."""

from __future__ import annotations

from ddln_sym.render.html.page import Picture, page
from ddln_sym.render.html.svg import inlined

__all__ = ["Picture", "inlined", "page"]
