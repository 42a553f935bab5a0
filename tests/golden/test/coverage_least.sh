# Less than asked for is a finding; both measures are asked on their own.
for options in '--min-coverage 50' '--min-coverage 99%' '--min-conditions 50' '--min-conditions 99.5' '--min-coverage 101'; do
  echo "== $options"
  aipol test coverage.aipol $options >/dev/null 2>errors.$$
  echo "exit $?"
  grep -v '^Run with' errors.$$
  rm errors.$$
done
aipol test coverage.aipol --coverage --format json | grep -o '"coverage":.*'
