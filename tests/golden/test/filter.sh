# A name, a table's name, globs, a name that no test has.
for glob in 'passes' 'a condition, on its second row' '*row 1]' 'the wrong ?tatus' '*o*' 'none'; do
  echo "== $glob"
  aipol test failures.aipol --format tap --filter "$glob" | grep -E '^(not )?ok'
done
aipol test failures.aipol --filter none
echo "exit $?"
aipol test failures.aipol --filter none --fail-on-empty
