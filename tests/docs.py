#!/usr/bin/env python3
"""Runs the code blocks of the documentation, so that what it shows is true.

  ```aipol                    `aipol check` accepts it
  ```aipol error=E0203        `aipol check` refuses it with that code (a warning's code: reports it)
  ```aipol lint=unused-use    `aipol lint` accepts it and reports that lint
  ```aipol fragment=decl      declarations; fragment=statement: inside a policy; fragment=expr: a guard
  ```aipol continues          checked together with the accepted blocks before it on the page
  ```sh                       bash -e runs it, in a copy of the repository with aipol on the PATH; blocks of a page share it
  ```console                  lines `$ command` are run; the lines after each are its output (`...` stands for anything)
  ```sh norun                 (any language) is only shown

On a page docs/errors/CODE.md the blocks under `## Avoid` give CODE and those under `## Prefer` are accepted; on a
page docs/lints/NAME.md those under `## Avoid` give the lint and those under `## Prefer` do not.
"""

import argparse
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.dont_write_bytecode = True

from report import Report, close  # noqa: E402

TIMEOUT = 120
FRAGMENTS = {
    "decl": "{}\n",
    "statement": "policy docs_fragment {{\n{}\n}}\n",
    "expr": "policy docs_fragment {{\n  allow when {}\n}}\n",
}
KNOWN = {"norun", "continues", "error", "lint", "fragment"}


class Block:
    def __init__(self, page, line, language, options, section):
        self.page, self.line, self.language, self.options, self.section = page, line, language, options, section
        self.lines = []

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"


def blocks_of(page, text):
    section, block, fence, indent = "", None, "", 0
    for number, line in enumerate(text.splitlines(), 1):
        opening = re.match(r"^( *)(`{3,}|~{3,})\s*(.*)$", line)
        if block is None and opening:
            indent, fence = len(opening[1]), opening[2]
            words = opening[3].split()
            options = dict(word.split("=", 1) if "=" in word else (word, True) for word in words[1:])
            block = Block(page, number, words[0] if words else "", options, section)
        elif block is not None and opening and opening[2].startswith(fence) and not opening[3]:
            yield block
            block = None
        elif block is not None:
            block.lines.append(line[min(indent, len(line) - len(line.lstrip(" "))):])
        elif line.startswith("## "):
            section = line[3:].strip()
    if block is not None:
        raise ValueError(f"{page}:{block.line}: the code block has no end")


class Runner:
    """Runs the blocks of one page."""

    def __init__(self, setting, page):
        self.setting = setting
        self.page = page
        self.accepted = []
        self.copy = None
        # The copy has what Git knows, and so no packages of npm.
        self.environment = dict(os.environ, NO_COLOR="1", AIPOL=setting.aipol,
                                NODE_PATH=os.path.join(setting.root, "tests/clients/node_modules"),
                                PATH=setting.build + os.pathsep + os.environ["PATH"])
        found = re.fullmatch(r"docs/errors/([A-Z]\d+)\.md", page)
        self.page_code = found[1] if found else None
        found = re.fullmatch(r"docs/lints/([a-z-]+)\.md", page)
        self.page_lint = found[1] if found else None

    def run(self, block):
        """Failure text or None."""
        unknown = set(block.options) - KNOWN
        if unknown:
            return f"unknown word on the fence: {', '.join(sorted(unknown))}"
        if "norun" in block.options:
            return None
        if block.language == "aipol":
            return self.check_policy(block)
        if block.language in ("sh", "bash"):
            return self.run_shell(block)
        if block.language == "console":
            return self.run_console(block)
        return None

    def check_policy(self, block):
        code = block.options.get("error")
        if self.page_code and block.section == "Avoid" and not code:
            code = self.page_code
        kind = block.options.get("fragment", "decl")
        if kind not in FRAGMENTS:
            return f"fragment={kind}: there are {', '.join(FRAGMENTS)}"
        texts = [FRAGMENTS[kind].format(block.text.rstrip("\n"))]
        if "continues" in block.options:
            texts = self.accepted + texts
        elif not code:
            self.accepted = []

        lint = block.options.get("lint")
        if self.page_lint and block.section in ("Avoid", "Prefer"):
            lint = lint or self.page_lint
        command = "lint" if lint else "check"
        with tempfile.TemporaryDirectory() as folder:
            for number, text in enumerate(texts, 1):
                with open(os.path.join(folder, f"{number}.aipol"), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([self.setting.aipol, command, "."], cwd=folder, env=self.environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=TIMEOUT)
        output = done.stdout.decode(errors="backslashreplace")
        if lint:
            wanted = not self.page_lint or block.section != "Prefer"
            if done.returncode == 0 and (f" {lint}]" in output) == wanted:
                return None
            return f"aipol lint: exit {done.returncode}, though it should{'' if wanted else ' not'} report {lint}\n{output}"
        if not code:
            self.accepted = texts
            return None if done.returncode == 0 else f"aipol check: exit {done.returncode}\n{output}"
        if done.returncode not in (0, 1) or (code.startswith("E") and done.returncode != 1):
            return f"aipol check: exit {done.returncode}, though it should report {code}\n{output}"
        return None if f"[{code}]" in output else f"aipol check does not report {code}\n{output}"

    def working_copy(self):
        if self.copy is None:
            self.copy = tempfile.TemporaryDirectory()
            listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                    cwd=self.setting.root, capture_output=True, check=True).stdout
            for path in filter(None, listed.decode().split("\0")):
                source, target = os.path.join(self.setting.root, path), os.path.join(self.copy.name, path)
                if os.path.isfile(source):
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copy2(source, target)
        return self.copy.name

    def run_script(self, script, *flags):
        with tempfile.TemporaryFile() as sink:
            process = subprocess.Popen(["bash", *flags, "-c", script], cwd=self.working_copy(),
                                       env=self.environment, stdin=subprocess.DEVNULL, stdout=sink,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                status = process.wait(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                status = 124
            end_group(process.pid)
            sink.seek(0)
            return status, sink.read().decode(errors="backslashreplace")

    def run_shell(self, block):
        status, output = self.run_script(block.text, "-e")
        return None if status == 0 else f"exit {status}\n{output}"

    def run_console(self, block):
        commands = []
        for line in block.lines:
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif commands and line.startswith(">") and not commands[-1][1] and heredoc_is_open(commands[-1][0]):
                commands[-1] = (commands[-1][0] + "\n" + re.sub(r"^> ?", "", line), [])
            elif commands and commands[-1][0].endswith("\\") and not commands[-1][1]:
                commands[-1] = (commands[-1][0] + "\n" + re.sub(r"^> ", "", line), [])
            elif commands:
                commands[-1][1].append(line)
            elif line.strip():
                return "a console block begins with `$ command`"
        mark = "\x1e"
        script = "\n".join(f"printf '{mark}'\n{command}" for command, _ in commands)
        _, output = self.run_script(script)
        outputs = output.split(mark)[1:]
        for (command, expected), actual in zip(commands, outputs + [""] * len(commands)):
            if not matches(expected, actual):
                return f"$ {command}\nshown:\n" + "\n".join(expected) + f"\nnow:\n{actual}"
        return None


def heredoc_is_open(command):
    """Whether the lines of `<<'END'` have not come to their end yet."""
    word = re.search(r"<<'?(\w+)'?", command.split("\n")[0])
    return bool(word) and word[1] not in command.split("\n")[1:]


def matches(expected, actual):
    parts = []
    for line in expected:
        parts.append("(?:.*\n)*?" if line.strip() == "..." else
                     ".*".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ \t]*\n")
    text = actual if not actual or actual.endswith("\n") else actual + "\n"
    return re.fullmatch("".join(parts) + r"\n*", text) is not None


def end_group(group):
    """Kills what a script has left behind, and waits until it holds no files any more: the next block may open them."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + 10
    while lives(group) and time.monotonic() < deadline:
        time.sleep(0.01)


def lives(group):
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                state, _, of = file.read().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(of) == group and state not in "ZX":
            return True
    return False


def pages_of(root):
    names = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "examples/README.md"]
    names += sorted(os.path.relpath(path, root)
                    for path in glob.glob(os.path.join(root, "docs/**/*.md"), recursive=True))
    names += sorted(os.path.relpath(path, root) for path in glob.glob(os.path.join(root, "examples/*/README.md")))
    return [name for name in names if os.path.exists(os.path.join(root, name))]


def check_shape(page, text, report):
    """Pages of diagnostics have the three sections that `aipol explain` promises."""
    for section in ("Avoid", "Prefer", "Why"):
        if not re.search(rf"^## {section}\s*$", text, re.M):
            report.failed(page, f"has no section `## {section}`")


def run_page(setting, page, report):
    with open(os.path.join(setting.root, page), encoding="utf-8") as file:
        text = file.read()
    runner = Runner(setting, page)
    if runner.page_code or runner.page_lint:
        check_shape(page, text, report)
    for block in blocks_of(page, text):
        if block.language not in ("aipol", "sh", "bash", "console"):
            continue
        try:
            failure = runner.run(block)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            failure = str(error)
        report.check(failure is None, f"{page}:{block.line}", failure or "")


def run(setting, report):
    for page in pages_of(setting.root):
        if setting.filter in page:
            run_page(setting, page, report)


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", metavar="DIR", default=os.path.join(root, "build/release"))
    parser.add_argument("--filter", metavar="TEXT", default="", help="pages whose path has TEXT")
    setting = parser.parse_args()
    setting.root, setting.build = root, os.path.abspath(setting.build)
    setting.aipol = os.path.join(setting.build, "aipol")
    report = Report("docs")
    run(setting, report)
    report.print()
    return close([report])


if __name__ == "__main__":
    sys.exit(main())
