#!/usr/bin/env python3
"""Checks the #include lines of the C++ against the table of layers in cmake/layers.cmake."""

import os
import re
import sys
import tempfile

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.dont_write_bytecode = True

from report import Report, close  # noqa: E402

LINE_CAP = 700
CODE = (".cpp", ".h", ".def")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Table:
    """The rows of cmake/layers.cmake."""

    def __init__(self, root):
        with open(os.path.join(root, "cmake/layers.cmake"), encoding="utf-8") as file:
            text = re.sub(r"#[^\n]*", "", file.read())
        self.layers = {}     # folder -> (folders it may include, externals it may include)
        self.externals = {}  # name -> beginnings of its headers
        self.sets = {}
        self.faults = []
        for row in self.rows(text, "AIPOL_LAYERS"):
            self.add_layer(row)
        for name, prefixes in self.rows(text, "AIPOL_EXTERNALS"):
            self.externals[name] = prefixes.split()
        self.check_rules()

    @staticmethod
    def rows(text, variable):
        body = re.search(rf"set\({variable}\b(.*?)^\)", text, re.S | re.M)
        for row in re.findall(r'"([^"]*)"', body[1] if body else ""):
            yield [cell.strip() for cell in row.split("|")]

    def add_layer(self, row):
        folder, names, externals = row
        expanded = []
        for name in names.split():
            expanded += self.sets.get(name, []) if name.startswith("@") else [name]
        # Only rows above may be named, so that the layers form no cycle.
        for name in expanded:
            if name not in self.layers:
                self.faults.append(f"{folder} names {name}, which has no row above it")
        if folder.startswith("@"):
            self.sets[folder] = expanded
        else:
            self.layers[folder] = (set(expanded), set(externals.split()))

    def check_rules(self):
        steps = set(self.sets.get("@compiler-steps", []))
        for folder, (names, externals) in self.layers.items():
            for name in sorted(names):
                if folder in steps and name in steps:
                    self.faults.append(f"{folder} is a step and may not name the step {name}")
                if folder.startswith("runtime/") and name.split("/")[0] == "compiler":
                    self.faults.append(f"{folder} may not name {name}: the runtime never includes the compiler")
            for external in sorted(externals - set(self.externals)):
                self.faults.append(f"{folder} names the library {external}, which has no row")


def external_of(table, header):
    for name, prefixes in table.externals.items():
        if any(header.startswith(prefix) for prefix in prefixes):
            return name
    return None


def check_include(root, table, folder, quote, header):
    """What is wrong with one #include of a file of the layer, or None."""
    layers, externals = table.layers[folder]
    external = external_of(table, header)
    if external:
        return None if external in externals else f"{folder} may not use {external} (<{header}>)"
    if quote == "<":
        return None
    if not os.path.exists(os.path.join(root, header)):
        return f'"{header}" does not exist: includes are written from the root of the repository'
    other = os.path.dirname(header)
    if other == folder or other in layers:
        return None
    return f'{folder} may not include {other} ("{header}")'


def code_files(root, tops):
    for top in sorted(tops):
        for folder, _, files in os.walk(os.path.join(root, top)):
            for name in sorted(files):
                if name.endswith(CODE):
                    yield os.path.relpath(os.path.join(folder, name), root)


def check_tree(root, report):
    table = Table(root)
    for fault in table.faults:
        report.failed("cmake/layers.cmake", fault)
    tops = {folder.split("/")[0] for folder in table.layers}
    for path in code_files(root, tops | {"tests"}):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            lines = file.readlines()
        faults = []
        if len(lines) > LINE_CAP and not path.endswith(".def"):
            faults.append(f"has {len(lines)} lines; the cap is {LINE_CAP}")
        folder = os.path.dirname(path)
        if folder in table.layers:
            for number, line in enumerate(lines, 1):
                found = INCLUDE.match(line)
                fault = found and check_include(root, table, folder, found[1], found[2])
                if fault:
                    faults.append(f"line {number}: {fault}")
        elif path.split("/")[0] != "tests":
            faults.append(f"the folder {folder} has no row in cmake/layers.cmake")
        report.check(not faults, path, "\n".join(faults))


def self_test(report):
    """A check that never fails proves nothing: each rule is shown to catch a file that breaks it."""
    table = '''set(AIPOL_LAYERS
  "base | | "
  "compiler/ast | base | "
  "compiler/parse | base compiler/ast | antlr"
  "compiler/check | base compiler/ast | "
  "@compiler-steps | compiler/parse compiler/check | "
  "runtime/gateway | base {extra} | asio"
)
set(AIPOL_EXTERNALS
  "antlr | antlr4-runtime grammar/"
  "asio | boost/asio"
  "llvm | llvm/"
)
'''
    good = {
        "base/span.h": "#include <vector>\n",
        "compiler/ast/tree.h": '#include "base/span.h"\n',
        "compiler/parse/parse.cpp": '#include "antlr4-runtime.h"\n#include "compiler/ast/tree.h"\n',
        "compiler/check/check.cpp": '#include "compiler/ast/tree.h"\n',
        "compiler/check/check.h": "",
        "runtime/gateway/serve.cpp": '#include <boost/asio.hpp>\n#include "base/span.h"\n',
    }
    samples = [
        ("good", {}, "", 0),
        ("a step includes a step", {"compiler/parse/bad.cpp": '#include "compiler/check/check.h"\n'}, "", 1),
        ("data includes a step", {"compiler/ast/bad.h": '#  include "compiler/check/check.h"\n'}, "", 1),
        ("LLVM outside its layers", {"compiler/check/bad.cpp": "#include <llvm/IR/Module.h>\n"}, "", 1),
        ("Asio in the compiler", {"compiler/parse/bad.cpp": "#include <boost/asio/ip/tcp.hpp>\n"}, "", 1),
        ("the runtime includes the compiler",
         {"runtime/gateway/bad.cpp": '#include "compiler/ast/tree.h"\n'}, "", 1),
        ("the table lets the runtime name the compiler", {}, "compiler/ast", 1),
        ("not from the root", {"compiler/ast/bad.h": '#include "tree.h"\n'}, "", 1),
        ("a folder without a row", {"compiler/new/new.cpp": "\n"}, "", 1),
        ("too long", {"base/long.h": "\n" * (LINE_CAP + 1)}, "", 1),
        ("a long table", {"base/long.def": "\n" * (LINE_CAP + 1)}, "", 0),
    ]
    for name, files, extra, faults in samples:
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**good, **files, "cmake/layers.cmake": table.replace("{extra}", extra)}.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            inner = Report("sample")
            check_tree(root, inner)
            found = [f"{path}: {detail}" for path, detail in inner.failures]
            report.check(len(found) == faults, f"self-test: {name}",
                         f"{faults} violations expected, found:\n" + "\n".join(found))


def run(setting, report):
    self_test(report)
    check_tree(setting.root, report)


def main():
    report = Report("layers")
    self_test(report)
    if "--self-test" not in sys.argv[1:]:
        check_tree(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), report)
    report.print()
    return close([report])


if __name__ == "__main__":
    sys.exit(main())
