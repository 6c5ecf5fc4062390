# Documents as they read beside an installed program: it is called cmsim, its scenarios by their names, its configurations
# by their place, and sources, which are not installed, are no links.
#   cmake -DFOLDER=DIR -DCONFIGS=DIR -P installed_documents.cmake
# rewrites every document of FOLDER; CONFIGS is where the installed configurations are.
file(GLOB_RECURSE documents ${FOLDER}/*.md)
foreach(document ${documents})
  file(READ ${document} text)
  string(REGEX REPLACE " *Prefix each command with `tools/`\\." "" text "${text}")
  string(REPLACE "tools/cmsim" "cmsim" text "${text}")
  # Commands take names; elsewhere a file is called by its place.
  string(REGEX REPLACE " configs/(scenarios|sweeps|calibrations)/([A-Za-z0-9.-]+)[.]yaml" " \\2" text "${text}")
  foreach(before "`" "\n" " ")
    string(REPLACE "${before}configs/" "${before}${CONFIGS}/" text "${text}")
  endforeach()
  string(REGEX REPLACE "\\[([^][]*)\\]\\([^)]*[.](h|cpp|py|txt)\\)" "\\1" text "${text}")
  file(WRITE ${document} "${text}")
endforeach()
