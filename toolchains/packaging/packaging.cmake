# What is installed where, and the Debian package: `cpack -G DEB` in a release build, after the web application was built.
set(here ${CMAKE_CURRENT_LIST_DIR})
set(made ${PROJECT_BINARY_DIR}/packaging)
# Packing does not first build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS syncstore RUNTIME DESTINATION bin)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/web/dist/ DESTINATION share/syncstore/web)
install(FILES ${here}/syncstore.service DESTINATION lib/systemd/system)
install(FILES ${here}/syncstore.toml DESTINATION /etc/syncstore)
install(FILES ${here}/logrotate DESTINATION /etc/logrotate.d RENAME syncstore)
install(FILES ${here}/debian/copyright DESTINATION share/doc/syncstore)
install(FILES ${here}/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME syncstore)
install(FILES ${PROJECT_SOURCE_DIR}/docs/self-hosting.md ${PROJECT_SOURCE_DIR}/docs/configuration.md
  DESTINATION share/doc/syncstore)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/examples DESTINATION share/doc/syncstore)

# Compressed without the time, so that the same sources make the same package.
function(install_compressed source folder name)
  set(target ${made}/${name}.gz)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(MAKE_DIRECTORY ${made})
  execute_process(COMMAND gzip -9nc ${source} OUTPUT_FILE ${target} COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${target} DESTINATION ${folder})
endfunction()
install_compressed(${here}/syncstore.1 share/man/man1 syncstore.1)
install_compressed(${here}/debian/changelog share/doc/syncstore changelog)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME syncstore)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "SyncStore <syncstore@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps a seller's stores in step on every open screen")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "SyncStore keeps the data of a seller's stores in one place, shows every\nchange in every open browser within milliseconds and lets people go on\nediting without a network. One program with SQLite inside is the whole\nproduct.")
# The library packages come from the program itself; adduser and the time zones do not.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54), tzdata")
# Loaded only when a picture is read.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libvips42")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${here}/debian/postinst ${here}/debian/prerm ${here}/debian/postrm ${here}/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
