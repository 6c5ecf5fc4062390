#!/usr/bin/env bash
# tools/cmsim, the script, from wherever and however it is called: launcher_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
launcher=$CM_SOURCE_DIR/tools/cmsim
version='^cmsim 0\.1\.0[^[:space:]]*( .*)?$'

from_another_directory()
{
  cd "$scratch" || exit 1
  run "$launcher" --version
  assert_status 0
  assert_matches "$stdout" "$version"
  assert_equal "$scratch" "$PWD"
}

through_a_symlink()
{
  ln -s "$launcher" "$scratch/first"
  ln -s first "$scratch/a link"
  PATH=$scratch:$PATH run "a link" --version
  assert_status 0
  assert_matches "$stdout" "$version"
}

keeps_the_current_directory_and_the_arguments()
{
  cd "$scratch" || exit 1
  run "$launcher" run "no such scenario.yaml"
  assert_status 2
  assert_contains "$stderr" "no such scenario.yaml"
}

wrong_use_exits_2()
{
  run "$launcher" frobnicate
  assert_status 2
  assert_equal "" "$stdout"
  assert_contains "$stderr" "frobnicate"
}

silent_when_there_is_nothing_to_build()
{
  run "$launcher" --version
  assert_status 0
  assert_equal "" "$stderr"
}

two_at_once()
{
  "$launcher" --version >"$scratch/other" &
  run "$launcher" --version
  wait
  assert_status 0
  assert_matches "$stdout" "$version"
  assert_equal "$stdout" "$(<"$scratch/other")"
}

"$1"
