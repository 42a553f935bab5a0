# How long it took is not compared.
set -o pipefail
aipol test failures.aipol --format junit | sed -E 's/time="[0-9.]+"/time="0"/g'
