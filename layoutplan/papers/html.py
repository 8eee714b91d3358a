"""A paper as a page: the same content as the Word document, one template, all text escaped."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from layoutplan.papers.paper import Block, Grid, Heading, NewPage, Paper, Picture, Seal, Text
from layoutplan.reports.plain_text import legal
from layoutplan.reports.whole import whole_file
from layoutplan.words import say

_PAGE: Final = Template("""<!DOCTYPE html>
<html lang="$lang"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
@page { size: A4; margin: 20mm 22mm }
body { font: 1rem/1.7 "Times New Roman", FangSong, "仿宋", STFangsong, "Noto Serif CJK SC", serif;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }
h1 { font: bold 1.6rem/1.4 "Times New Roman", SimSun, "宋体", "Noto Serif CJK SC", serif; text-align: center }
h2, h3 { font: bold 1.1rem/1.5 Arial, SimHei, "黑体", "Noto Sans CJK SC", sans-serif; break-after: avoid }
h3 { font-size: 1rem }
p { margin: .4rem 0; overflow-wrap: anywhere } :lang(zh) p.body { text-indent: 2em }
.missing { color: #6b4a00; border-left: 3px solid #c99a2e; padding-left: .6rem; text-indent: 0 }
.note { font-size: .85rem; color: #444 } .centre { text-align: center } .right, .seal { text-align: right }
.seal { margin: 2rem 4rem 1rem 0 } .seal p { margin: 1rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .85rem; line-height: 1.4; margin: .6rem 0 }
caption { font-weight: bold; padding: .3rem } th, td { border: 1px solid #555; padding: .2rem .35rem;
  overflow-wrap: anywhere; vertical-align: middle } th { background: #dde6ee }
td.number { text-align: right; white-space: nowrap } tr.marked td { background: #fff2cc } tr.total td { font-weight: bold }
thead { display: table-header-group } tr { break-inside: avoid } figure { margin: .8rem 0; text-align: center }
img { max-width: 100% } hr { border: 0; break-after: page }
</style></head><body><main>
$body
</main></body></html>
""")  # noqa: E501


def write_html(paper: Paper, path: Path) -> Path:
    """Write a paper as one page that needs no network, whole or not at all.

    Parameters
    ----------
    paper
        The paper.
    path
        The file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    with whole_file(path) as part:
        save_html(paper, part)
    return path


def save_html(paper: Paper, path: Path) -> None:
    """Write a paper as a page to a place that is put right by the caller.

    Parameters
    ----------
    paper
        The paper.
    path
        The file.
    """
    path.write_text(page_of(paper), encoding="utf-8", newline="\n")


def page_of(paper: Paper) -> str:
    """Give a paper as a page.

    Parameters
    ----------
    paper
        The paper.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> page = page_of(Paper(title="<b>", lang="en", blocks=(Text(text="1 < 2"),)))
    >>> "<h1>&lt;b&gt;</h1>" in page, '<p class="body">1 &lt; 2</p>' in page
    (True, True)
    """
    above = f'<p class="centre">{_safe(paper.above)}</p>\n' if paper.above else ""
    body = "\n".join(x for block in paper.numbered() for x in _block(block, paper))
    return _PAGE.substitute(
        lang="zh-CN" if paper.lang == "zh" else "en",
        title=_safe(paper.title),
        body=f"{above}<h1>{_safe(paper.title)}</h1>\n{body}",
    )


def _safe(text: str) -> str:
    return escape(legal(text)).replace("\n", "<br>")


def _block(block: Block, paper: Paper) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"<h{block.level + 1}>{_safe(block.text)}</h{block.level + 1}>"
    elif isinstance(block, Text):
        for line in block.text.split("\n"):
            yield f'<p class="{block.tone}">{_safe(line)}</p>'
    elif isinstance(block, Grid):
        yield _table(block)
    elif isinstance(block, Picture):
        data = b64encode(block.png).decode()
        caption = f"<figcaption>{_safe(block.caption)}</figcaption>" if block.caption else ""
        yield (
            f'<figure><img alt="{_safe(block.text)}" style="width:{block.width_mm:g}mm" '
            f'src="data:image/png;base64,{data}">{caption}</figure>'
        )
    elif isinstance(block, Seal):
        office = block.office or say("papers.seal.office", paper.lang)
        date = block.date or say("papers.seal.date", paper.lang)
        yield f'<div class="seal"><p>{_safe(office)}</p><p>{_safe(date)}</p></div>'
    elif isinstance(block, NewPage):
        yield "<hr>"


def _table(grid: Grid) -> str:
    caption = f"<caption>{_safe(grid.caption)}</caption>" if grid.caption else ""
    head = "".join(f'<th scope="col">{_safe(text)}</th>' for text in grid.head)
    rows = []
    for i, row in enumerate(grid.rows):
        last = grid.total and i == len(grid.rows) - 1
        looks = ["marked"] * (i in grid.marked) + ["total"] * last
        cells = "".join(
            f'<td class="number">{_safe(c)}</td>' if j in grid.numbers else f"<td>{_safe(c)}</td>"
            for j, c in enumerate(row)
        )
        rows.append(f'<tr class="{" ".join(looks)}">{cells}</tr>' if looks else f"<tr>{cells}</tr>")
    return (
        f"<table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table>"
    )
