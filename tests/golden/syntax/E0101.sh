printf 'policy a {\n  on "/\xff"\n  allow\n}\n' >latin.tmp.aipol
aipol check latin.tmp.aipol 2>&1
status=$?
rm -f latin.tmp.aipol
exit $status
