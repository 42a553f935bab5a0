# What the command does with files: a folder with one that is well, one that is not, and one that does not parse.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir set
printf 'policy a {\n  allow\n}\n' > set/a.aipol
printf 'policy b{allow}' > set/b.aipol
printf 'policy c { allow when }\n' > set/c.aipol
cp -r set original

run() { printf '$ aipol %s\n' "$*"; aipol "$@" 2>&1; echo "exit: $?"; }
run fmt --check set
run fmt --diff set
run fmt --stdout set/b.aipol
run fmt --check --format json set
diff -r set original && echo "nothing is written"
run fmt set
cmp set/a.aipol original/a.aipol && cmp set/c.aipol original/c.aipol && cat set/b.aipol
run fmt set/a.aipol set/b.aipol
run fmt --check set/a.aipol
run fmt - < original/b.aipol
run fmt --check - < original/b.aipol
run fmt --stdout --check set
run fmt nowhere
# The mode stays, and of a link the file that it means is written.
printf 'policy d{allow}' > d.aipol
chmod 600 d.aipol
ln -s d.aipol link.aipol
run fmt link.aipol
stat -c %a d.aipol
test -L link.aipol && cat d.aipol
