"""Drawings in SVG as part of a page."""

from __future__ import annotations

import re

from markupsafe import Markup

__all__ = ["inline_svg"]

#: What a file has and a page does not need: metadata, comments, and a style that would hold for the whole page.
ALONE = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>|\bxmlns:xlink=\"[^\"]*\"", re.DOTALL)


def inline_svg(svg: str, name: str, label: str) -> Markup:
    """A drawing as an element of a page.

    Args:
        svg: the file.
        name: stands before its ids, so that those of two drawings differ.
        label: what it shows, for those who do not see it.

    >>> print(inline_svg('<?xml version="1.0"?><svg><path id="p"/><use xlink:href="#p"/></svg>', "f", "a path"))
    <svg role="img" aria-label="a path"><path id="f-p"/><use href="#f-p"/></svg>
    """
    body = ALONE.sub("", svg[svg.index("<svg") :])
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r'\b(?:xlink:)?href="#', f'href="#{name}-', body)
    body = body.replace("url(#", f"url(#{name}-")
    body = re.sub(r">\s+<", "><", body).strip()
    return Markup('<svg role="img" aria-label="{}"').format(label) + Markup(body.removeprefix("<svg"))
