. ./set-up.inc
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='2026-03-01T12:00:00Z' GIT_COMMITTER_DATE='2026-03-01T12:00:00Z'
git init -q -b main . && git config user.email a@example.com && git config user.name a
mkdir -p site/policies
commit() { printf '%s\n%s\n' "$declared" "$2" > site/policies/all.aipol; git add site; git commit -qm "$1"; git tag "$3"; }
commit 'Allow developers'   'policy staff { allow when "developer" in principal.roles }' one
commit 'Say why'            'policy staff { allow when "developer" in principal.roles }  // all of them' two
touch site/readme; git add site; git commit -qm 'Write a page'
commit 'Break it'           'policy staff { allow when "developer" in principal.roles' three
commit 'Ask for two | factors' 'policy staff { allow when "developer" in principal.roles and principal.mfa }' four
commit 'Say more'           'policy staff { allow when "developer" in principal.roles and principal.mfa }  // both' five
head -4 traffic.jsonl > log.jsonl
cd site || exit
echo "== the commit, or one that does not compile"
aipol replay ../log.jsonl --policy policies --bisect one..five 2>&1; echo "exit: $?"
aipol replay ../log.jsonl --policy policies/ --bisect one..main --format markdown 2>/dev/null | head -6
aipol replay ../log.jsonl --policy policies --bisect one..main --format json 2>/dev/null | sed 's/"v":1.*//'
echo "== none of them"
aipol replay ../log.jsonl --policy policies --bisect one..two | head -4
aipol replay ../log.jsonl --policy policies --bisect one..main --fail-on 'newly-denied>90%' 2>/dev/null | head -2
aipol replay ../log.jsonl --policy policies --bisect four..five; echo "exit: $?"
echo "== revisions"
aipol replay ../log.jsonl --policy five:./policies --against one:site/policies | head -3
aipol replay ../log.jsonl --policy nosuch:./policies; echo "exit: $?"
echo "== what can not be done"
aipol replay ../log.jsonl --policy policies --bisect one; echo "exit: $?"
aipol replay ../log.jsonl --policy policies --bisect one..nosuch; echo "exit: $?"
aipol replay ../log.jsonl --policy policies --bisect two..one; echo "exit: $?"
aipol replay ../log.jsonl --policy policies --against policies --bisect one..five; echo "exit: $?"
aipol replay ../log.jsonl --policy policies --changes changes.jsonl --bisect one..five; echo "exit: $?"
aipol replay - --policy policies --bisect one..five < ../log.jsonl; echo "exit: $?"
aipol replay ../log.jsonl --policy policies --bisect one..three; echo "exit: $?"
