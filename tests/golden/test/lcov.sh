aipol test coverage.aipol --coverage-lcov /dev/stdout >/tmp/lcov.$$ && sed -n '/^TN/,$p' /tmp/lcov.$$
status=$?
rm /tmp/lcov.$$
exit $status
