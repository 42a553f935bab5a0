# Schemas that cannot be enforced end the run, with the place of what is wrong.
policy=$(mktemp -d)
trap 'rm -r "$policy"' EXIT
cd "$policy"
cat > p.aipol <<'AIPOL'
policy forms {
  on post "/v1/chat/completions"
  allow
  validate body with "form.json"
}

test "a form" {
  send { path: "/v1/chat/completions" }
  expect deny
}
AIPOL
try() {
  aipol test p.aipol 2>&1
  echo "exit $?"
}
try
echo '{ "type": "object"' > form.json; try
echo '{ "properties": { "a": { "prefixItems": [] } } }' > form.json; try
echo '{ "properties": { "a": { "pattern": "(?=a)" } } }' > form.json; try
echo '{ "properties": { "a": { "$ref": "other.json" } } }' > form.json; try
echo '{ "$ref": "#" }' > form.json; try
echo '{ "type": "objekt" }' > form.json; try
head -c 1048577 /dev/zero | tr '\0' ' ' > form.json; try
