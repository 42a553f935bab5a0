# What LiteLLM's proxy is configured to do, as policies that are formatted, checked and pass their tests.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
sample=$PWD/../../import/litellm.yaml
cp "$sample" "$folder/config.yaml" && cd "$folder"
aipol import litellm config.yaml --output set; echo "exit: $?"
for file in set/*.aipol; do echo "== $file"; cat "$file"; done
aipol fmt --check set && aipol check set && aipol test set
grep -r "not-a-real" set; echo "secrets: $?"
echo "== again"
aipol import litellm config.yaml --output set 2>&1; echo "exit: $?"
aipol import litellm config.yaml --output other --format json | head -c 300; echo
printf 'model_list: []\n' > empty.yaml; aipol import litellm empty.yaml 2>&1; echo "exit: $?"
printf 'model_list: [\n' > broken.yaml; aipol import litellm broken.yaml 2>&1; echo "exit: $?"
