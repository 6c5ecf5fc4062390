# shellcheck shell=bash
# Assertions for tests of the command line. A test is a bash script that sources this file; the first assertion that
# does not hold ends it with status 1, and its temporary folder goes when it ends.
set -uo pipefail
# Text is 80 columns wide, whatever the terminal of the caller.
unset COLUMNS

: "${CM_SOURCE_DIR:?the tree, set by tests/system/CMakeLists.txt}"
scratch=$(mktemp -d)
started=
trap '[[ -z $started ]] || kill -s KILL -- "-$started" 2>/dev/null; rm -rf "$scratch"' EXIT

fail()
{
  printf 'FAILED: %s\n' "$*"
  if [[ -f $scratch/stdout ]]; then
    printf -- '--- status %s, standard output:\n%s\n--- standard error:\n%s\n' \
      "${status-none yet}" "$(<"$scratch/stdout")" "$(<"$scratch/stderr")"
  fi
  exit 1
}

# run COMMAND ...: leaves $status, $stdout and $stderr.
run()
{
  "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
  status=$?
  stdout=$(<"$scratch/stdout")
  stderr=$(<"$scratch/stderr")
}

# start COMMAND ...: in the background, as a process group of its own, whose number is $started.
start()
{
  # Background jobs of a script ignore SIGINT, which the program would inherit; with job control they do not.
  set -m
  "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
  started=$!
  unset status
  set +m
}

# await_finished_runs COUNT: until what start started has kept so many finished runs in the folder out, and one more.
await_finished_runs()
{
  until [[ -e out/finished-runs.jsonl ]] && (($(wc -l <out/finished-runs.jsonl) > $1)); do
    kill -0 "$started" || fail "it ended"
    sleep 0.02
  done
}

# stop_with SIGNAL SECONDS: signals what start started and leaves what run leaves; fails when the program is still there
# after so many seconds.
stop_with()
{
  kill -s "$1" "$started"
  local tenths=$(($2 * 10))
  while kill -0 "$started" 2>/dev/null; do
    ((tenths-- > 0)) || fail "still running $2 s after SIG$1"
    sleep 0.1
  done
  wait "$started"
  status=$?
  started=
  stdout=$(<"$scratch/stdout")
  stderr=$(<"$scratch/stderr")
}

assert_status()
{
  [[ $status == "$1" ]] || fail "expected exit status $1, found $status"
}

assert_equal()
{
  [[ $1 == "$2" ]] || fail "expected \"$1\", found \"$2\""
}

assert_contains()
{
  [[ $1 == *"$2"* ]] || fail "expected \"$2\" in \"$1\""
}

# assert_matches TEXT PATTERN (an extended regular expression)
assert_matches()
{
  [[ $1 =~ $2 ]] || fail "expected something like $2, found \"$1\""
}
