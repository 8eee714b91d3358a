"""What stands in a Word document, read back."""

import re

import docx


def number(text):
    return float(re.sub(r"[,+*]", "", text))


def tables_of(path):
    return [[[c.text for c in row.cells] for row in t.rows] for t in docx.Document(path).tables]


def table_with(path, head):
    return next(t for t in tables_of(path) if t[0][: len(head)] == head)


def words_of(path):
    return "\n".join(p.text for p in docx.Document(path).paragraphs)
