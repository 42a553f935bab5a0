# Cedar's policies, as far as they mean something here.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cp ../../import/policies.cedar ../../import/entities.json ../../import/schema.json "$folder" && cd "$folder"
aipol import cedar policies.cedar --schema schema.json --entities entities.json --output set; echo "exit: $?"
for file in set/*.aipol; do echo "== $file"; cat "$file"; done
aipol fmt --check set && aipol check set && aipol test set
echo "== with a meaning"
aipol import cedar policies.cedar --schema schema.json --entities entities.json --map Action::invoke=chat,completion --output more | grep invoke
grep -A 3 "policy invoke" more/policies.aipol
aipol test more
echo "== whole"
cat > small.cedar <<'CEDAR'
permit (principal in Group::"staff", action == Action::"chat", resource == Model::"m");
CEDAR
aipol import cedar small.cedar --output small --format json; echo "exit: $?"
aipol test small
echo "== mistakes"
for text in 'permit (principal, action, resource) when { principal.a = 1 };' 'permit (principal, action)' \
  'permit (principal, action, resource) when { "open };' 'allow (principal, action, resource);' \
  'permit (principal, action, resource) when { !!!!!true };' 'permit (principal == A::User::"x", action, resource); permit (principal == B::User::"x", action, resource);'; do
  echo "$text" > bad.cedar; aipol import cedar bad.cedar 2>&1; echo "exit: $?"
done
aipol import cedar small.cedar --map Crew=crowd 2>&1; echo "exit: $?"
