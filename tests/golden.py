"""Golden tests: tests/golden/STEP/NAME.aipol (or a folder NAME/, a policy set, or a script NAME.sh) with NAME.expected.

The arguments of aipol are those of the step, or of a first line `// run: check --dump ast`; `{}` in them stands for
the file, which else comes last. A script runs under bash with aipol on the PATH: for inputs that no text file can hold.
"""

import difflib
import glob
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

STEP_ARGUMENTS = {
    "check": "check",
    "diagnostics": "check",
    "parse": "check --dump ast",
    "ast": "check --dump ast",
    "ir": "check --dump ir",
    "plan": "check --dump plan",
    "llvm": "check --dump llvm",
    "fmt": "fmt --stdout",
    "lint": "lint",
    "test": "test",
    "prove": "prove",
}
TIMEOUT = 60


def find_cases(root):
    """(folder, file or folder name, NAME) of each case."""
    for folder in sorted(glob.glob(os.path.join(root, "tests/golden/*/"))):
        for entry in sorted(os.listdir(folder)):
            path = os.path.join(folder, entry)
            if os.path.isdir(path):
                if glob.glob(os.path.join(path, "**/*.aipol"), recursive=True):
                    yield folder, entry, entry
            elif entry.endswith((".aipol", ".sh")):
                yield folder, entry, entry.rsplit(".", 1)[0]


def read_run_line(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        found = re.match(r"// run:\s*(.+)", file.readline())
    return found[1].strip() if found else None


def command_of(folder, entry):
    path = os.path.join(folder, entry)
    if entry.endswith(".sh"):
        return ["bash", entry]
    if os.path.isdir(path):
        sources = sorted(glob.glob(os.path.join(path, "**/*.aipol"), recursive=True))
        lines = [line for line in map(read_run_line, sources) if line]
        text = lines[0] if lines else None
    else:
        text = read_run_line(path)
    step = os.path.basename(os.path.dirname(folder))
    text = text or STEP_ARGUMENTS.get(step)
    if not text:
        raise ValueError(f"no `// run:` line, and the step `{step}` has no default arguments")
    arguments = shlex.split(text)
    if "{}" in arguments:
        arguments = [entry if argument == "{}" else argument for argument in arguments]
    else:
        arguments.append(entry)
    return ["aipol", *arguments]


def transcript(setting, folder, entry):
    environment = dict(os.environ, NO_COLOR="1", AIPOL=setting.aipol,
                       PATH=setting.build + os.pathsep + os.environ["PATH"])
    command = command_of(folder, entry)
    if command[0] == "aipol":
        command[0] = setting.aipol
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT,
                          stdin=subprocess.DEVNULL)
    text = f"exit: {done.returncode}\n" + whole_lines(done.stdout)
    if done.stderr:
        text += "--- stderr\n" + whole_lines(done.stderr)
    return text


def whole_lines(data):
    text = data.decode(errors="backslashreplace")
    return text if not text or text.endswith("\n") else text + "\n"


def run_case(setting, case):
    """(name, failure text or None, whether the expected text was rewritten)"""
    folder, entry, name = case
    label = os.path.relpath(os.path.join(folder, entry), setting.root)
    expected_path = os.path.join(folder, name + ".expected")
    try:
        actual = transcript(setting, folder, entry)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return label, str(error), False
    expected = None
    if os.path.exists(expected_path):
        with open(expected_path, encoding="utf-8", newline="") as file:
            expected = file.read()
    if actual == expected:
        return label, None, False
    # A crash is never what is expected.
    if setting.update and not re.match(r"exit: -", actual):
        with open(expected_path, "w", encoding="utf-8", newline="") as file:
            file.write(actual)
        return label, None, True
    if expected is None:
        return label, f"{name}.expected is missing; `./dev update` writes this:\n{actual}", False
    return label, "\n".join(difflib.unified_diff(expected.splitlines(), actual.splitlines(), name + ".expected",
                                                 "now", lineterm="")), False


def run(setting, report):
    cases = [case for case in find_cases(setting.root) if setting.filter in os.path.join(case[0], case[1])]
    seen = {}
    for folder, entry, name in cases:
        if (folder, name) in seen:
            report.failed(os.path.relpath(os.path.join(folder, entry), setting.root),
                          f"shares {name}.expected with {seen[folder, name]}")
        seen[folder, name] = entry
    rewritten = 0
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for label, failure, updated in pool.map(lambda case: run_case(setting, case), cases):
            report.check(failure is None, label, failure or "")
            rewritten += updated
    if rewritten:
        report.note(f"{rewritten} rewritten")
    if not setting.filter:
        check_orphans(setting, report, seen)


def check_orphans(setting, report, seen):
    for path in sorted(glob.glob(os.path.join(setting.root, "tests/golden/*/*.expected"))):
        folder, name = os.path.dirname(path) + os.sep, os.path.basename(path)[: -len(".expected")]
        if (folder, name) in seen:
            continue
        if setting.update:
            os.remove(path)
        else:
            report.failed(os.path.relpath(path, setting.root), "belongs to no test")


def run_catalogue(setting, report):
    """Every diagnostic and every lint has a golden test that shows it and a page that explains it."""
    shown = set()
    for path in glob.glob(os.path.join(setting.root, "tests/golden/**/*.expected"), recursive=True):
        with open(path, encoding="utf-8") as file:
            for found in re.findall(r"\[([A-Z]\d+)( [a-z-]+)?\]", file.read()):
                shown.add(found[0])
    check_catalogue(setting, report, shown, "compiler/diagnostics/catalogue.def",
                    r"^DIAG\w*\(\s*([A-Z]\d+)()\s*,", "docs/errors")
    check_catalogue(setting, report, shown, "compiler/lint/lints.def",
                    r'^LINT\w*\(\s*([A-Z]\d+),\s*"([a-z-]+)"', "docs/lints")


def check_catalogue(setting, report, shown, table, row, pages):
    """A page is named by the name of its row, or else by the code."""
    with open(os.path.join(setting.root, table), encoding="utf-8") as file:
        rows = re.findall(row, file.read(), re.M)
    codes = [code for code, _ in rows]
    for code, name in rows:
        faults = []
        page = f"{pages}/{name or code}.md"
        if codes.count(code) > 1:
            faults.append(f"has two rows in {table}")
        if code not in shown:
            faults.append("no golden test shows it")
        if not os.path.exists(os.path.join(setting.root, page)):
            faults.append(f"{page} is missing")
        report.check(not faults, f"{code} {name}".strip(), "\n".join(faults))
    known = {name or code for code, name in rows}
    listed = os.path.join(setting.root, pages + ".md")
    if os.path.exists(listed):
        with open(listed, encoding="utf-8") as file:
            text = file.read()
        for code, name in rows:
            if f"[{name}]" not in text or code not in text:
                report.failed(f"{pages}.md", f"does not list {code} {name}")
    for path in sorted(glob.glob(os.path.join(setting.root, pages, "*.md"))):
        if os.path.basename(path)[:-3] not in known:
            report.failed(f"{pages}/{os.path.basename(path)}", f"explains nothing of {table}")
