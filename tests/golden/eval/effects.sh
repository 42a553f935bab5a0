# What does not fit its schema, what is answered from the cache, what is cut: told with and without reasons.
policy=$(mktemp -d)
trap 'rm -r "$policy"' EXIT
cat > "$policy/p.aipol" <<'AIPOL'
provider local { kind: echo }
model "m" { provider: local }

policy forms {
  on post "/v1/chat/completions"
  allow
  validate body with "form.json"
  cache 1h
  deny 502 "stopped" when response.text.contains("never")
}
AIPOL
cd "$policy"
echo '{ "properties": { "max_tokens": { "maximum": 10 } } }' > form.json
cat > calls.jsonl <<'JSON'
{"request": {"path": "/v1/chat/completions"}, "model": {"name": "m"}, "ai": {"max_tokens": 11}}
{"request": {"path": "/v1/chat/completions"}, "model": {"name": "m"}, "ai": {"max_tokens": 10}, "response": {"text": "now"}}
{"request": {"path": "/v1/chat/completions"}, "model": {"name": "m"}, "ai": {"max_tokens": 10}, "response": {"text": "later"}}
{"request": {"path": "/v1/chat/completions"}, "model": {"name": "m"}, "ai": {"stream": true}, "response": {"chunks": ["well, ne", "ver mind"]}}
JSON
aipol eval p.aipol --request calls.jsonl
echo "exit: $?"
aipol eval p.aipol --request calls.jsonl --explain
sed -n 2,3p calls.jsonl | aipol eval p.aipol --request - --format json | grep -o '"cached":true'
