# run: 100,000 nested parentheses, and a chain that is as high
python3 -c 'print("const x = " + "(" * 100_000 + "1" + ")" * 100_000)' >parentheses.tmp.aipol
python3 -c 'print("const x = 1" + " + 1" * 1000)' >chain.tmp.aipol
status=0
for file in parentheses chain; do
  aipol check $file.tmp.aipol 2>&1 | cut -c1-100
  test ${PIPESTATUS[0]} = 0 || status=1
done
rm -f parentheses.tmp.aipol chain.tmp.aipol
exit $status
