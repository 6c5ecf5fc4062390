# Documents as they read beside an installed program: it is called cmsim, its scenarios by their names, and what is not
# installed is no link.
#   cmake -DFOLDER=DIR -DCONFIGS=DIR -P installed_documents.cmake
# rewrites every document of FOLDER; CONFIGS is where the installed configurations are.
file(GLOB_RECURSE documents ${FOLDER}/*.md)
foreach(document ${documents})
  file(READ ${document} text)
  # A page's way out of the documents: the documents lie in docs/ beside README.md.
  file(RELATIVE_PATH here ${FOLDER} ${document})
  string(REGEX REPLACE "[^/]+/" "../" top ${here})
  string(REGEX REPLACE "[^/]+$" "" top "${top}")
  string(REGEX REPLACE "Prefix each command with `tools/`\\." "" text "${text}")
  string(REPLACE "tools/cmsim" "cmsim" text "${text}")
  # Commands take names; elsewhere a file is called by its place.
  string(REGEX REPLACE "([ ])[.]?[.]?/?configs/(scenarios|sweeps|calibrations)/([A-Za-z0-9.-]+)[.]yaml" "\\1\\3" text "${text}")
  string(REPLACE "`configs/" "`${CONFIGS}/" text "${text}")
  string(REPLACE "\nconfigs/" "\n${CONFIGS}/" text "${text}")
  string(REPLACE " configs/" " ${CONFIGS}/" text "${text}")
  if(top STREQUAL "")
    string(REGEX REPLACE "\\[([^][]*)\\]\\((CONTRIBUTING.md|[a-z]+/README.md)[^)]*\\)" "\\1" text "${text}")
  else()
    string(REPLACE "](${top}README.md" "](<installed>README.md" text "${text}")
    string(REGEX REPLACE "\\[([^][]*)\\]\\(${top}[^)]*\\)" "\\1" text "${text}")
    string(REPLACE "](<installed>README.md" "](${top}README.md" text "${text}")
  endif()
  file(WRITE ${document} "${text}")
endforeach()
