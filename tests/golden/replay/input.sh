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
