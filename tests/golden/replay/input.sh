. ./set-up.inc
echo "== standard input, and several files"
head -2 traffic.jsonl > one.jsonl
tail -n +3 traffic.jsonl | aipol replay one.jsonl - --policy new --against old --jobs 3
echo "== nothing to replay"
aipol replay --policy new; echo "exit: $?"
aipol replay traffic.jsonl; echo "exit: $?"
aipol replay none.jsonl --policy new; echo "exit: $?"
aipol replay . --policy new; echo "exit: $?"
: > empty.jsonl; aipol replay empty.jsonl --policy new; echo "exit: $?"
echo oops > bad.jsonl; aipol replay bad.jsonl --policy new; echo "exit: $?"
aipol replay traffic.jsonl --policy new --fail-on 'denied>1'; echo "exit: $?"
aipol replay traffic.jsonl --policy nowhere; echo "exit: $?"
echo "== packed, and in another form"
gzip -k one.jsonl; rm -f one.jsonl
aipol replay one.jsonl.gz --policy new --against old
cat > calls.har <<'END'
{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-03-01T12:00:00.000Z","time":120,
"request":{"method":"POST","url":"https://api.example.com/v1/chat/completions","headers":[{"name":"x-team","value":"a"}],"queryString":[],
"postData":{"mimeType":"application/json","text":"{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"}},
"response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":"{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}"}}}]}}
END
aipol replay calls.har --policy new --against old
aipol replay traffic.jsonl --policy new --log-format nosuch; echo "exit: $?"
