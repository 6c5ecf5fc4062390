# What is installed where (cmake --install DIR), and the Debian package (tools/package).
#
# Below share/cmsim the folders lie beside each other as in the source tree: calibrations name the rows of tests/validation
# by relative paths.
install(TARGETS cmsim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/cmsim)
install(DIRECTORY tests/validation DESTINATION ${CMAKE_INSTALL_DATADIR}/cmsim/tests FILES_MATCHING PATTERN "*.csv")
# Documents lie as in the source tree, so that links between them hold.
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "man" EXCLUDE PATTERN "site" EXCLUDE)
install(FILES README.md CONTRIBUTING.md SECURITY.md CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(layer sim topology models workloads tools tests)
  install(FILES ${layer}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/${layer})
endforeach()
# What an installed program does not have, they do not name.
# A package is packed below a folder of CPack and unpacked below /usr.
install(CODE "
  set(prefix \${CMAKE_INSTALL_PREFIX})
  if(prefix MATCHES _CPack_Packages)
    set(prefix /usr)
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -DFOLDER=\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}
    -DCONFIGS=\${prefix}/${CMAKE_INSTALL_DATADIR}/cmsim/configs
    -P ${CMAKE_SOURCE_DIR}/tools/cmake/installed_documents.cmake COMMAND_ERROR_IS_FATAL ANY)")

# Completion and manual page, which the program writes about itself when it is built.
install(DIRECTORY ${CMAKE_BINARY_DIR}/share/ DESTINATION ${CMAKE_INSTALL_DATADIR})
# From what reports of the installed program are drawn; npm brings the rest when one is made.
install(DIRECTORY tools/report/charts DESTINATION ${CMAKE_INSTALL_DATADIR}/cmsim/report USE_SOURCE_PERMISSIONS)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The cmsim authors <cmsim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "It follows every packet of dispatch and combine through the switches of the
machine, beside the operators of every die. Scenarios and published rows lie in
/usr/share/cmsim. Needs a processor of the level x86-64-v2.")
include(CPack)
