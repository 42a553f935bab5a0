# Records that match.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
cat > audit.jsonl.000001 <<'JSON'
{"seq":1,"prev":"0","v":1,"kind":"request","time":"2026-03-01T12:00:00.000000001Z","id":"r1","request":{"method":"post","path":"/v1/chat/completions"},"principal":{"kind":"app","id":"dana"},"model":{"name":"gpt-4o"},"decision":"deny","status":403,"policy":"premium","statement":"shop/policies.aipol:12","message":"gpt-4o needs the role analyst","fired":[{"policy":"premium"}],"hash":"1"}
{"seq":2,"prev":"1","v":1,"kind":"request","time":"2026-03-02T12:00:00.000000001Z","id":"r2","request":{"method":"post","path":"/v1/chat/completions"},"principal":{"kind":"user","id":"ann"},"model":{"name":"fast"},"target":"gpt-4o","decision":"allow","status":200,"policy":"small","statement":"shop/policies.aipol:6","fired":[{"policy":"small"},{"policy":"budget"}],"hash":"2"}
JSON
cat > audit.jsonl <<'JSON'
{"seq":3,"prev":"2","v":1,"kind":"alert","time":"2026-03-02T12:00:01Z","id":"r2","policy":"budget","text":"80% of the month's budget","hash":"3"}
{"seq":4,"prev":"3","v":1,"kind":"shed","time":"2026-03-02T12:00:02Z","count":7,"hash":"4"}
no record
{"seq":5,"prev":"4","v":1,"kind":"resumed","time":"2026-03-03T12:00:00Z","cut_bytes":17,"missing":0,"hash":"5"}
{"seq":6,"prev":"5","v":1,"kind":"request","time":"2026-03-03T12:00:00Z","id":"r3","request":{"method":"get","path":"/v1/models"},"principal":{"kind":"anonymous"},"decision":"deny","status":401,"fired":[],"hash":"6"}
{"seq":7,"prev
JSON
truncate -s -1 audit.jsonl
query() { echo "== $*"; aipol audit query audit.jsonl "$@" 2>&1; echo "exit: $?"; }
query
query --since 2026-03-02 --until 2026-03-02T12:00:01Z
query --principal dana
query --principal dana --principal ann --limit 1
query --policy budget
query --decision deny --status 401
query --model gpt-4o --format json
query --id r2
query --kind shed --kind resumed
query --id nobody
query --since yesterday
query --decision maybe
echo "== standard input"; aipol audit query - --id r3 < audit.jsonl; echo "exit: $?"
aipol audit query nowhere.jsonl; echo "exit: $?"
aipol audit
echo "exit: $?"
