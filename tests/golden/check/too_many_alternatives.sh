# One expression that is too large in several places is one mistake.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo 'policy p { allow when'
  for i in $(seq 30000); do echo "principal.id == \"u$i\" or"; done
  echo 'principal.mfa }'
} > alternatives.aipol
aipol check alternatives.aipol | grep -v '^[0-9 ]*|'
exit "${PIPESTATUS[0]}"
