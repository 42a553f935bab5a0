. ./set-up.inc
audit() {
  echo "{\"v\":1,\"kind\":\"request\",\"time\":\"2026-03-01T12:0$1:00Z\",\"id\":\"r$1\",\"request\":{\"method\":\"post\",\"path\":\"/v1/chat/completions\"},\"principal\":{\"kind\":\"user\",\"id\":\"ann\",\"method\":\"jwt\",\"roles\":[\"developer\"]},\"ai\":{\"operation\":\"chat\",\"input_tokens\":9},\"model\":{\"name\":\"gpt-4o\"},$2}"
}
{
  audit 1 '"decision":"allow","status":200,"target":"gpt-4o","response":{"status":200},"usage":{"input_tokens":9,"output_tokens":9,"cost":0.5}'
  audit 2 '"decision":"deny","status":403,"phase":"body","policy":"staff","statement":"shop.aipol:3"'
} > audit.jsonl
echo "== what was recorded"
aipol replay audit.jsonl --policy old
echo "== what audit records do not tell"
aipol replay audit.jsonl --policy new
