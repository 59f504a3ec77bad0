# What `cmake --install` puts down: headers, libraries, tools and the package files, so that a user's project needs
# only find_package(weft CONFIG REQUIRED), target_link_libraries(app PRIVATE weft::weft) and weft_autograph(app).
if(NOT TARGET weft)
  return()
endif()
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weft)

install(TARGETS weft EXPORT weftTargets)
if(TARGET weft-autograph)
  # Exported, because weft_autograph() runs it.
  install(TARGETS weft-autograph EXPORT weftTargets)
endif()
foreach(target weft-compiler weft-opt weft-tool weft-c++)
  if(TARGET ${target})
    # Not exported: libweft opens the compiler by itself, nobody links it.
    install(TARGETS ${target})
  endif()
endforeach()
foreach(folder ${PROJECT_SOURCE_DIR}/include/ ${WEFT_GENERATED_DIR}/include/)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.inc")
endforeach()

install(EXPORT weftTargets NAMESPACE weft:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/weftConfig.cmake.in
  ${PROJECT_BINARY_DIR}/weftConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weftConfig.cmake ${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/WeftAutograph.cmake ${PROJECT_SOURCE_DIR}/cmake/WeftAutographFlags.cmake
  DESTINATION ${package_dir})
