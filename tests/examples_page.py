"""The table of examples/README.md: what each row says to stand in a file stands there."""

import os
import re


def rows(text):
    """(what is written, files) of each row; a file is a link."""
    for line in text.splitlines():
        row = re.match(r"\| (`.*) \| (\[.*) \|$", line)
        if row:
            yield re.findall(r"`([^`]+)`", row[1]), re.findall(r"\]\(([^)]*\.aipol)\)", row[2])


def run(root, report):
    folder = os.path.join(root, "examples")
    with open(os.path.join(folder, "README.md"), encoding="utf-8") as page:
        table = list(rows(page.read()))
    report.check(bool(table), "examples/README.md", "its table has no rows")
    for written, files in table:
        texts = []
        for name in files:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                texts.append(file.read())
        for part in written:
            pattern = ".*".join(re.escape(piece.strip()) for piece in part.split("…"))
            found = any(re.search(pattern, text) for text in texts)
            report.check(found, f"examples/README.md: `{part}`", f"is not in {' or '.join(files)}")
