# cm_record_commit(target template output): `output`, made from `template` with the commit in place of @commit@, becomes a
# source of `target`. It is made anew when a source of the program or the checked-out commit changes, not at every build:
# a build with nothing to do stays one.
function(cm_record_commit target template output)
  set(changes)
  execute_process(COMMAND git -c safe.directory=* ls-files -- CMakeLists.txt sim topology models workloads tools
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE files OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  string(REPLACE "\n" ";" files "${files}")
  # Scripts and READMEs are left out: one that goes away would stop the build.
  list(FILTER files INCLUDE REGEX "(\\.h|\\.cpp|\\.cmake|CMakeLists\\.txt)$")
  # The log of the branch that is checked out; each commit, checkout and rebase adds to it.
  execute_process(COMMAND git -c safe.directory=* rev-parse --path-format=absolute --git-path logs/HEAD
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  foreach(file IN LISTS files)
    if(EXISTS ${CMAKE_SOURCE_DIR}/${file})
      list(APPEND changes ${CMAKE_SOURCE_DIR}/${file})
    endif()
  endforeach()
  if(log AND EXISTS ${log})
    list(APPEND changes ${log})
  endif()
  set(script ${CMAKE_SOURCE_DIR}/tools/cmake/record_commit.cmake)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D root=${CMAKE_SOURCE_DIR} -D template=${template} -D output=${output} -P ${script}
    DEPENDS ${template} ${script} ${changes}
    COMMENT "Recording the commit"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
