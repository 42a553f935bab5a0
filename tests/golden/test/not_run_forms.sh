# What does not run is a failure in each form, and in each file that was asked for; an earlier report does not stay.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder" || exit 1
policy='policy p { allow }'
echo "$policy" >empty.aipol
printf '%s\ntest "t" { send { path: "/v1/models", colour: "red" } expect allow }\n' "$policy" >field.aipol
printf '%s\ntest "t" { after 100000d send { path: "/v1/models", method: get } expect allow }\n' "$policy" >time.aipol
printf '%s\ntest "t" { send { path: "/v1/models", method: get } expect allow }\n' "$policy" >good.aipol
printf 'data d from "gone.json" : list<string>\n%s\ntest "t" { send { path: "/v1/models" } expect allow }\n' "$policy" >data.aipol
for arguments in 'field.aipol' 'time.aipol' 'empty.aipol --fail-on-empty' 'good.aipol --filter none' 'gone.aipol' 'data.aipol'; do
  for form in text json junit github tap; do
    echo "== $arguments --format $form"
    aipol test good.aipol --report text=report >/dev/null
    aipol test $arguments --format $form --report text=report 2>/dev/null |
      sed -E 's/"seconds":[0-9.e+-]+/"seconds":0/g; s/time="[0-9.]+"/time="0"/g'
    echo "exit ${PIPESTATUS[0]}"
  done
  echo "== $arguments --report text=report"
  cat report
done
