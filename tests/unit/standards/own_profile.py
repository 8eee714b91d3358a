"""A county's own profile, written part by part."""

from pathlib import Path

OWN = Path(__file__).parents[2] / "profiles" / "longhe.toml"

HEAD = """
title_zh = "龙河县"
extends = ["cn-layout-national"]
[[document]]
id = "own"
title = "龙河县教育局文件"
year = 2026
"""

STANDARD = """
[[standard]]
id = "new_limit"
value = 7
unit = "km"
label_zh = "新标准"
document = "own"
status = "confirmed"
"""

RULE = """
[[rule]]
id = "new_rule"
form = "limit"
severity = "hard"
label_zh = "新规则"
document = "own"
status = "confirmed"
metric = "walk_km"
op = "le"
standard = "new_limit"
"""

WHEN = "when = [{ metric = 'm', op = 'le', standard = 'new_limit' }]\n"


def written(folder, text, name="own.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
