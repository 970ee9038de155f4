"""``ddln-sym derive``: the claims and their proofs as LaTeX, and as a PDF."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ddln_sym.cli.files import UsageError, check_folder, named, write_files

if TYPE_CHECKING:
    from ddln_sym.claims import Claim

__all__ = ["derive", "files_of", "style_of"]

MASTER, BIBLIOGRAPHY, PDF, STYLE = "derivations.tex", "references.bib", "derivations.pdf", "verdicts.sty"
FAILED = 1


HELP = """Write the claims and their proofs as LaTeX.

DIR gets `derivations.tex`, `references.bib`, and `claims/ID.tex` for each claim, to be `\\input` elsewhere. With
--sty it gets `verdicts.sty`, to be loaded by the author's LaTeX as `\\usepackage[show]{verdicts}`.

Exit code 0: written.  1: TeX is missing or failed.  2: usage.  5: no claims in a file.

Examples:  `ddln-sym derive -o derivations --pdf`  ·  `ddln-sym derive eq-20 thm-2`
"""


def derive(
    selection: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|ID", help="Claim ids, or files with claims; all of the paper if omitted."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", parser=named("folder"), help="The folder to write to.")
    ] = Path("derivations"),
    pdf: Annotated[bool, typer.Option("--pdf", help="Compile with latexmk.")] = False,
    sty: Annotated[
        bool, typer.Option("--sty", help="Write verdicts.sty alone, which marks the author's own PDF.")
    ] = False,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source",
            metavar="MAIN.tex",
            parser=named(),
            help="With --sty: the author's LaTeX, for labels and numbers.",
        ),
    ] = None,
) -> None:
    """``ddln-sym derive``, as :data:`HELP` says."""
    from ddln_sym.claims import collect, select

    if source is not None and not sty:
        raise UsageError("--source is read for --sty: give both, or neither")
    claims, chosen = select(selection or [], collect())
    check_folder(output, "--output")
    if sty:
        text = style_of(claims, chosen, source, show=sys.stderr.isatty())
        write_files({output / STYLE: text.encode()})
        typer.echo(f"wrote {output / STYLE}", err=True)
        return
    check_folder(output / "claims", "--output")
    files = files_of(claims, chosen, show=sys.stderr.isatty())
    write_files({output / name: text.encode() for name, text in files.items()})
    written = f"wrote {output / MASTER} and {len(chosen)} file{'s' * (len(chosen) != 1)} in {output / 'claims'}"
    if not pdf:
        typer.echo(written, err=True)
        return
    from ddln_sym.render.latex import TeXError, compile_pdf

    try:
        page, _ = compile_pdf({name: files[name] for name in (MASTER, BIBLIOGRAPHY)}, MASTER)
    except TeXError as error:
        typer.echo(f"ddln-sym: {' '.join(str(error).split())}; the LaTeX files are in {output}", err=True)
        raise typer.Exit(FAILED) from error
    write_files({output / PDF: page})
    typer.echo(f"{written}, and {output / PDF}", err=True)


def style_of(claims: tuple[Claim, ...], chosen: tuple[Claim, ...], source: Path | None, show: bool = False) -> str:
    """The file ``verdicts.sty``.

    Args:
        claims: all claims that may be used.
        chosen: those whose verdicts are marked.
        source: the author's LaTeX; without it claims are marked that name a label themselves.
        show: whether to show the progress.
    Raises:
        UsageError: no claim has a label.
    """
    from ddln_sym.claims import match_claims, read_source
    from ddln_sym.render.latex import verdict_marks, verdicts_sty
    from ddln_sym.render.terminal import decide_all

    about = {claim.id: claim.label for claim in chosen if claim.label}
    labels = list(dict.fromkeys(about.values()))
    if source is not None:
        matches = [m for m in match_claims(read_source(source), chosen) if m.display is not None and m.display.label]
        labels = [m.display.label for m in matches if m.display is not None]
        about |= {claim.id: m.display.label for m in matches if m.display is not None for claim in m.claims}
    if not about:
        raise UsageError("no claim has a label: give Claim(…, label=…), or the author's LaTeX with --source")
    found = decide_all(claims, chosen, show)
    return verdicts_sty(verdict_marks(labels, list(found.values()), about))


def files_of(claims: tuple[Claim, ...], chosen: tuple[Claim, ...], show: bool = False) -> dict[str, str]:
    """The contents of every file, by its name in the folder.

    Args:
        claims: all claims that may be used.
        chosen: those to write.
        show: whether to show the progress.
    """
    from ddln_sym.claims import by_section
    from ddln_sym.render.document import bibliography, text_of
    from ddln_sym.render.latex import document, standalone
    from ddln_sym.render.terminal import decide_all

    found = decide_all(claims, chosen, show)
    grouped = {title: [(c, found[c.id]) for c in part] for title, part in by_section(chosen).items()}
    files = {MASTER: document(grouped), BIBLIOGRAPHY: bibliography(text_of(chosen))}
    for claim, certificate in (pair for part in grouped.values() for pair in part):
        files[f"claims/{claim.id}.tex"] = standalone(claim, certificate)
    return files
