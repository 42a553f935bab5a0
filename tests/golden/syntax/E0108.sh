head -c 10000000 /dev/zero | tr '\0' 'x' >large.tmp.aipol
aipol check large.tmp.aipol 2>&1
status=$?
rm -f large.tmp.aipol
exit $status
