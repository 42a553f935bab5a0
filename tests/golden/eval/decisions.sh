# Calls described in JSON lines: allowed, refused by a statement, by default, by the gateway; then with the reasons.
policy=$(mktemp -d)
trap 'rm -r "$policy"' EXIT
cat > "$policy/p.aipol" <<'AIPOL'
provider local { kind: echo }
model "m" { provider: local }

policy staff {
  on post "/v1/chat/completions"
  allow when principal.kind == user
  deny 402 f"{model.name} is too dear" when ai.max_tokens ?? 0 > 1000
}
AIPOL
cd "$policy"
cat > calls.jsonl <<'JSON'
{"request": {"path": "/v1/chat/completions"}, "principal": {"kind": "user", "id": "ann"}, "model": {"name": "m"}}
{"request": {"path": "/v1/chat/completions"}, "principal": {"kind": "user"}, "model": {"name": "m"}, "ai": {"max_tokens": 2000}}
{"request": {"path": "/v1/chat/completions"}, "model": {"name": "m"}}
{"request": {"path": "/v1/chat/completions"}, "principal": {"kind": "user"}, "model": {"name": "x"}}
{"request": {"path": "/elsewhere"}}
JSON
aipol eval p.aipol --request calls.jsonl
echo "exit: $?"
sed -n 2p calls.jsonl | aipol eval p.aipol --request - --explain
echo "exit: $?"
sed -n 1p calls.jsonl | aipol eval p.aipol --request - --format json
echo "exit: $?"
