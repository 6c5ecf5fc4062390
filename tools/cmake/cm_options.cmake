# Options and compile settings shared by every target of the project.
option(CM_TESTS "Build the test suite" ON)
option(CM_WERROR "Treat warnings as errors (our presets switch this on)" OFF)
option(CM_UNITY "Compile the sources of a folder as one" OFF)
set(CM_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined")

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# x86-64-v2 without contraction: results agree between machines to the last bit.
add_library(cm_options INTERFACE)
target_compile_features(cm_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O3")
target_compile_options(cm_options INTERFACE
  -march=x86-64-v2 -ffp-contract=off
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
  -Woverloaded-virtual -Wnon-virtual-dtor -Wnull-dereference)
target_include_directories(cm_options INTERFACE ${CMAKE_SOURCE_DIR})
if(CM_UNITY)
  # g++ 12 sees null pointers in the standard library where it inlines as much as it then does; the other presets look.
  target_compile_options(cm_options INTERFACE -Wno-null-dereference)
endif()
if(CM_WERROR)
  target_compile_options(cm_options INTERFACE -Werror)
endif()
if(CM_SANITIZE)
  target_compile_options(cm_options INTERFACE -fsanitize=${CM_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(cm_options INTERFACE -fsanitize=${CM_SANITIZE})
endif()

# What reads, writes and checks around a run compiles a third faster so, and runs as fast as anyone can tell.
add_library(cm_lightly_optimised INTERFACE)
target_compile_options(cm_lightly_optimised INTERFACE $<$<CONFIG:Release>:-O1>)

# One static library per layer: cm_layer(sim) makes cm_sim with the alias cm::sim.
function(cm_layer name)
  add_library(cm_${name} STATIC)
  add_library(cm::${name} ALIAS cm_${name})
  target_link_libraries(cm_${name} PUBLIC cm_options)
  cm_unite(cm_${name})
endfunction()

# With CM_UNITY, sources of the target that are in one group (cm_sources makes a folder a group) are compiled as one: two
# thirds of compiling a file of ours is reading headers, so the whole takes a third of the time.
function(cm_unite target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${CM_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()

# cm_sources(sim a.cpp b.h ...): sources of one folder; headers are checked to compile alone.
function(cm_sources name)
  set(headers ${ARGN})
  list(FILTER headers INCLUDE REGEX "\\.h$")
  set(sources ${ARGN})
  list(FILTER sources EXCLUDE REGEX "\\.h$")
  list(TRANSFORM headers PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  target_sources(cm_${name} PRIVATE ${sources})
  file(RELATIVE_PATH group ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE / _ group ${group})
  set_source_files_properties(${sources} TARGET_DIRECTORY cm_${name} PROPERTIES UNITY_GROUP ${group})
  if(headers)
    target_sources(cm_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
    set_target_properties(cm_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endfunction()

# cm_alone(sim a.cpp ...): not compiled as one with the rest of the folder. Needed where two files of a folder have the same
# name in their anonymous namespaces.
function(cm_alone name)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE sources)
  set_source_files_properties(${sources} TARGET_DIRECTORY cm_${name} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
