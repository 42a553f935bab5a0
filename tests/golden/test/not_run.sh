# What does not run is not reported as passed.
for file in unknown_field:'send { path: "/v1/models", colour: "red" } expect allow' \
            impossible_day:'at "2026-02-30T00:00:00Z" send { path: "/v1/models" } expect allow' \
            backwards:'after -5m send { path: "/v1/models" } expect allow' \
            beyond_time:'after 100000d send { path: "/v1/models" } expect allow' \
            unknown_policy:'send { path: "/v1/models" } expect deny by nobody' \
            no_expectation:'send { path: "/v1/models" }'; do
  echo "== ${file%%:*}"
  printf 'policy p { allow }\n\ntest "t" {\n  %s\n}\n' "${file#*:}" >/tmp/not_run.$$.aipol
  aipol test /tmp/not_run.$$.aipol 2>&1 | sed "s/not_run\.$$/not_run/"
  echo "exit ${PIPESTATUS[0]}"
  rm /tmp/not_run.$$.aipol
done
