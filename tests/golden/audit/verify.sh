# Logs that are whole, and what was done to others.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
write_log() {
  local prev seq body hash
  prev=$(printf '0%.0s' {1..64})
  for seq in $(seq "$1"); do
    body="{\"seq\":$seq,\"prev\":\"$prev\",\"v\":1,\"kind\":\"request\",\"id\":\"r$seq\""
    hash=$(printf %s "$body" | sha256sum | cut -c1-64)
    echo "$body,\"hash\":\"$hash\"}"
    prev=$hash
  done
}
anchor() { echo "{\"v\":1,\"seq\":$1,\"hash\":\"$(sed -n "$1p" "$2" | grep -o '[0-9a-f]*"}$' | cut -c1-64)\",\"first\":1,\"bytes\":0}"; }
verify() { aipol audit verify "$@"; echo "exit: $?"; }

write_log 6 > whole.jsonl
echo "== whole"; verify whole.jsonl
anchor 6 whole.jsonl > whole.jsonl.head
verify whole.jsonl
verify whole.jsonl --format json
echo "== several files"
head -2 whole.jsonl > parts.jsonl.000001; sed -n 3,4p whole.jsonl > parts.jsonl.000002; tail -2 whole.jsonl > parts.jsonl
cp whole.jsonl.head parts.jsonl.head
verify parts.jsonl
mv parts.jsonl.000002 away; verify parts.jsonl; mv away parts.jsonl.000002
rm parts.jsonl; verify parts.jsonl
echo "== changed"
sed '3s/"r3"/"r9"/' whole.jsonl > changed.jsonl; verify changed.jsonl
sed '3s/^/x/' whole.jsonl > changed.jsonl; verify changed.jsonl --format json
echo "== removed"; sed 3d whole.jsonl > removed.jsonl; verify removed.jsonl
sed 2,4d whole.jsonl > removed.jsonl; verify removed.jsonl
echo "== reordered"; sed -n '1p;2{h;d};3{p;x;p};4,6p' whole.jsonl > moved.jsonl; verify moved.jsonl
cat whole.jsonl <(sed -n 2p whole.jsonl) > moved.jsonl; verify moved.jsonl
echo "== cut"; head -4 whole.jsonl > cut.jsonl; verify cut.jsonl; cp whole.jsonl.head cut.jsonl.head; verify cut.jsonl
echo "== unfinished"; head -c -20 whole.jsonl > torn.jsonl; anchor 3 whole.jsonl > torn.jsonl.head; verify torn.jsonl
echo "== anew"; cat whole.jsonl whole.jsonl > twice.jsonl; verify twice.jsonl; verify twice.jsonl --restarts
echo "== holds"; verify whole.jsonl --holds "$(grep -o '[0-9a-f]*"}$' whole.jsonl | head -1 | cut -c1-64)"
verify whole.jsonl --holds "$(printf 'a%.0s' {1..64})"
verify whole.jsonl --holds 12
echo "== nothing to verify"; verify nowhere.jsonl; verify .
echo garbage > bad.jsonl; cp bad.jsonl bad.jsonl.head; verify bad.jsonl
