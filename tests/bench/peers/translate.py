#!/usr/bin/env python3
"""Translates the peers' workload to aipol: rules to policies, requests to records.

    translate.py DATA OUT

DATA holds policy.json, requests.json and expected.json as the workload's generator writes them. OUT gets policies.aipol,
requests.jsonl (what `aipol eval` reads) and expected.txt (1 or 0 a line). What the workload tells of a call beside its
principal and model (hour, tokens, tags, region) are attributes of the principal here.
"""
import json
import os
import sys

PROVIDERS = ["openai", "anthropic", "google", "mistral", "cohere", "meta", "bedrock", "azure"]
REGIONS = ["eu-west", "eu-central", "us-east", "us-west", "ap-south", "ap-east"]

HEAD = """// %d rules of the peers' workload.
enum Area { %s }
enum Sensitivity { low, medium, high }
extend principal {
  team: string = ""
  area: Area = "eu-west"
  call_area: Area = "eu-west"
  call_hour: int = 0
  prompt_tokens: int = 0
  data_tags: set<string> = []
}
extend model { sensitivity: Sensitivity = low }
"""


def text(value):
    return json.dumps(value, ensure_ascii=False)


def guard(rule):
    kind = rule["kind"]
    if kind == "permit":
        area = "principal.area == principal.call_area" if rule["region"] == "match" \
            else "principal.call_area == %s" % text(rule["region"])
        return "principal.team == %s and model.name == %s and principal.roles.intersects([%s]) and %s" % (
            text(rule["team"]), text(rule["model"]), ", ".join(map(text, rule["roles"])), area)
    if kind == "tag":
        return "%s in principal.data_tags and principal.call_area != %s" % (text(rule["tag"]), text(rule["region"]))
    if kind == "mfa":
        return "principal.team == %s and model.provider == %s and model.sensitivity == high and not principal.mfa" % (
            text(rule["team"]), text(rule["provider"]))
    if kind == "hour":
        return "principal.team == %s and principal.call_hour not in %d..%d" % (text(rule["team"]), rule["lo"], rule["hi"])
    if kind == "ip":
        octets = rule["prefix"] + [0] * (4 - len(rule["prefix"]))
        return 'request.ip in "%s/%d"' % (".".join(map(str, octets)), 8 * len(rule["prefix"]))
    if kind == "tokens":
        return "model.name == %s and principal.prompt_tokens > %d" % (text(rule["model"]), rule["limit"])
    sys.exit("translate.py: unknown kind of rule: %s" % kind)


def models_of(rules, requests):
    models = {q["model"]["name"]: (q["model"]["provider"], q["model"]["sensitivity"]) for q in requests}
    for rule in rules:
        if "model" in rule:
            models.setdefault(rule["model"], (rule["model"].split("-model-")[0], "low"))
    return models


def policies(rules, requests):
    yield HEAD % (len(rules), ", ".join(map(text, REGIONS)))
    for provider in PROVIDERS:
        yield "provider %s { kind: echo }\n" % provider
    for name, (provider, sensitivity) in sorted(models_of(rules, requests).items()):
        yield "model %s { provider: %s, sensitivity: %s }\n" % (text(name), provider, sensitivity)
    for rule in rules:
        effect = "allow" if rule["kind"] == "permit" else "deny"
        yield "policy %s { %s when %s }\n" % (rule["id"], effect, guard(rule))


def record(request):
    principal, told = request["principal"], request["request"]
    return {
        "request": {"path": told["path"], "method": "post", "ip": told["ip"]},
        "principal": {"kind": "user", "id": principal["id"], "tenant": principal["tenant"], "team": principal["team"],
                      "roles": principal["roles"], "mfa": principal["mfa"], "area": principal["region"],
                      "call_area": request["model"]["region"], "call_hour": told["hour"],
                      "prompt_tokens": told["prompt_tokens"], "data_tags": told["data_tags"]},
        "ai": {"operation": "chat"},
        "model": {"name": request["model"]["name"]},
    }


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = sys.argv[1:]
    try:
        rules, requests, expected = (json.load(open(os.path.join(source, name + ".json")))
                                     for name in ("policy", "requests", "expected"))
    except OSError as error:
        sys.exit("translate.py: no workload in %s: %s" % (source, error.strerror))
    os.makedirs(target, exist_ok=True)
    with open(os.path.join(target, "policies.aipol"), "w") as file:
        file.writelines(policies(rules, requests))
    with open(os.path.join(target, "requests.jsonl"), "w") as file:
        file.writelines(json.dumps(record(request)) + "\n" for request in requests)
    with open(os.path.join(target, "expected.txt"), "w") as file:
        file.writelines("%d\n" % wanted for wanted in expected)


main()
