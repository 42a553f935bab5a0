. ./set-up.inc
for form in text markdown json; do
  echo "== $form"
  aipol replay traffic.jsonl --policy new --against old --format $form --fail-on 'newly-denied>10%,undetermined>50%' \
    | sed -E 's/"version":"[0-9a-f]+"/"version":"…"/g'
  echo "exit: ${PIPESTATUS[0]}"
done
