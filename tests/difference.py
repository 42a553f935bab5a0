"""Pairs of policy sets, tests/diff/NAME/{old,new}.aipol or folders of those names.

A line `// verdict: CLASSES` of the new set says what `aipol diff` has to find, with commas: `equivalent`, `newly-allowed`,
`newly-denied`, `refusal`, `effect WORD`, `declaration`, `unknown`. Each request that it shows is then decided by `aipol eval` under
both sets, and what is claimed of it compared with what comes out.
"""

import glob
import json
import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

TIMEOUT = 60


def sides(folder):
    def side(name):
        path = os.path.join(folder, name)
        return path if os.path.isdir(path) else path + ".aipol"

    return side("old"), side("new")


def stated(new):
    files = glob.glob(os.path.join(new, "**/*.aipol"), recursive=True) if os.path.isdir(new) else [new]
    for file in files:
        with open(file, encoding="utf-8") as text:
            found = re.search(r"^// verdict: (.+)$", text.read(), re.M)
        if found:
            return {part.strip() for part in found[1].split(",")}
    raise ValueError(f"{new}: states no verdict")


def found(result):
    classes = set()
    if result["newly_allowed"]:
        classes.add("newly-allowed")
    if result["newly_denied"]:
        classes.add("newly-denied")
    for change in result["effects_changed"]:
        classes.add("refusal" if change["kind"] == "refusal" else "effect " + change["effect"])
    if result["declarations_changed"]:
        classes.add("declaration")
    for one in result["unknown"]:
        classes.add("unknown")
    if result["equivalent"] != (not classes):
        classes.add(f"equivalent is {result['equivalent']}")
    return classes or {"equivalent"}


def run_aipol(setting, *arguments, text=None):
    done = subprocess.run([setting.aipol, *arguments], capture_output=True, timeout=TIMEOUT, input=text,
                          encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


def decided(setting, policies, change):
    """What `eval` says of the witness, after what is sent before it."""
    requests = [*change.get("sent_before", []), change["witness"]]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("".join(json.dumps(one) + "\n" for one in requests))
        file.flush()
        status, out, errors = run_aipol(setting, "eval", policies, "--format", "json", "--request", file.name)
    if status not in (0, 1) or not out:
        raise ValueError(f"eval {policies}: {errors}")
    return json.loads(out.splitlines()[-1])


def acts(decision, word):
    """What is done by the effect, without where that is written; of refusals that are shadows those that fired."""
    if word in ("deny", "require", "allow"):
        return sorted(decision.get("shadow", []))
    done = []
    for one in decision["effects"].get(word, []):
        rest = {key: value for key, value in one.items() if key not in ("policy", "file", "line")}
        lists = [[item] for item in rest.pop("detectors", [])] or [[]]
        done += [json.dumps([rest, item], sort_keys=True) for item in lists]
    return done


def refuted(setting, kind, change, old, new):
    """Why the witness does not show what is claimed, or None."""
    before, after = decided(setting, old, change), decided(setting, new, change)
    decisions = before["decision"], after["decision"]
    if kind == "newly_allowed":
        return None if decisions == ("deny", "allow") else f"is not newly allowed: {decisions}"
    if kind == "newly_denied":
        return None if decisions == ("allow", "deny") else f"is not newly denied: {decisions}"
    if change["kind"] == "refusal":
        said = [(one["decision"], one["status"], one["message"]) for one in (before, after)]
        return None if decisions == ("deny", "deny") and said[0] != said[1] else f"is not refused otherwise: {said}"
    if decisions[0] != decisions[1]:
        return f"is decided otherwise: {decisions}"
    word = change["effect"]
    was, now = (sorted(set(acts(one, word))) for one in (before, after))
    if word == "limit":
        was, now = acts(before, word), acts(after, word)
    if word in ("route", "require") and before.get("target") != after.get("target"):
        return None
    if was == now:
        return f"has the same {word}: {was}"
    if not change["lost"] and set(was) - set(now) and not set(now) - set(was):
        return f"{word} is lost, not gained: {was} {now}"
    if not change["gained"] and set(now) - set(was) and not set(was) - set(now):
        return f"{word} is gained, not lost: {was} {now}"
    return None


def check(setting, folder):
    old, new = sides(folder)
    status, out, errors = run_aipol(setting, "diff", old, new, "--format", "json", "--fail-on", "any")
    if status not in (0, 1) or not out:
        return [f"exit {status}\n{errors}"]
    result = json.loads(out)
    failures = []
    if found(result) != stated(new):
        failures.append(f"stated {sorted(stated(new))}, found {sorted(found(result))}\n{out}")
    if (status == 0) != result["equivalent"]:
        failures.append(f"exit {status} with --fail-on any")
    for kind in ("newly_allowed", "newly_denied", "effects_changed"):
        for change in result[kind]:
            why = refuted(setting, kind, change, old, new)
            if why:
                failures.append(f"{kind}: {why}\n{json.dumps(change)}")
    return failures


def checked(setting, folder):
    try:
        return check(setting, folder)
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
        return [f"{type(error).__name__}: {error}"]


def run(setting, report):
    folders = [folder for folder in sorted(glob.glob(os.path.join(setting.root, "tests/diff/*/")))
               if setting.filter in folder]
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for folder, failures in zip(folders, pool.map(lambda one: checked(setting, one), folders)):
            report.check(not failures, os.path.relpath(folder, setting.root), "\n".join(failures))
