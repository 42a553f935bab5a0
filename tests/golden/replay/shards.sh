. ./set-up.inc
for i in 1 2 3; do aipol replay traffic.jsonl --policy new --against old --shard $i/3 --partial part$i.json >/dev/null; done
aipol replay merge part2.json part1.json part3.json --partial sum.json
aipol replay traffic.jsonl --policy new --against old --partial whole.json >/dev/null
plain() { sed -E 's/"shards":\{[^}]*\},//' "$1"; }
cmp <(plain sum.json) whole.json && echo "the sum is the whole"
echo "== parts that do not belong together"
aipol replay merge part1.json part1.json; echo "exit: $?"
aipol replay merge part1.json whole.json; echo "exit: $?"
aipol replay merge traffic.jsonl; echo "exit: $?"
aipol replay merge part1.json part2.json | head -9
aipol replay merge part1.json part2.json --fail-on changed; echo "exit: $?"
echo "== what can not be told apart"
echo 'policy everyone { allow limit 100 requests per hour by request.path }' > everyone.aipol
aipol replay traffic.jsonl --policy everyone.aipol --shard 1/8; echo "exit: $?"
aipol replay traffic.jsonl --policy new --shard 9/8; echo "exit: $?"
