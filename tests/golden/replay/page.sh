. ./set-up.inc
aipol replay traffic.jsonl --policy new --against old --format html > page.html; echo "exit: $?"
grep -cE 'src=|href=|<script|@import|url\(' page.html
grep -c '<svg' page.html
sed -n '/<main>/,/<\/main>/p' page.html
