# cmake -D root=... -D template=... -D output=... -P record_commit.cmake: writes the commit that the program is built from.
#
# That is the last commit which changed what the program is made of, so commits to docs and tests give the same program,
# and "-dirty" after it when those files differ from it. Empty outside of a git checkout.

set(parts CMakeLists.txt sim topology models workloads tools)
# Git looks at a checkout that belongs to another user only when told to, as in a container.
set(git git -c safe.directory=* -C ${root})
set(commit "")
execute_process(COMMAND ${git} log -1 --format=%h --abbrev=12 -- ${parts}
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
# No hash is what git says when it does not say a commit.
if(failed OR NOT commit MATCHES "^[0-9a-f]+$")
  set(commit "")
else()
  execute_process(COMMAND ${git} diff --quiet HEAD -- ${parts} OUTPUT_QUIET ERROR_QUIET RESULT_VARIABLE differs)
  # 1 is a difference; all above it is git's own trouble.
  if(differs EQUAL 1)
    string(APPEND commit "-dirty")
  endif()
endif()
# Leaves an equal file as it is, so that nothing is compiled for it.
configure_file(${template} ${output} @ONLY)
