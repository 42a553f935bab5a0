# One document; how long it took is not compared.
set -o pipefail
aipol test failures.aipol --format json | sed -E 's/"seconds":[0-9.e+-]+/"seconds":0/g'
