file=/tmp/trace.$$
aipol test coverage.aipol --coverage-lcov $file >/dev/null
status=$?
cat $file && rm $file
exit $status
