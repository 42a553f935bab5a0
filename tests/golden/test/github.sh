aipol test failures.aipol --format github
status=$?
echo 'policy p { allow when principal.role == "a" }' | aipol test /dev/stdin --format github
exit $status
