# Compiler-wide settings: language, output folders, ccache and lld where they are installed. Included once by the
# top CMakeLists.txt before any target exists.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

# libweft opens libweft-compiler from its own folder, so both land in one.
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
# Installed programs find libweft beside them, and libMLIR where it was linked from.
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

if(WEFT_CCACHE)
  find_program(WEFT_CCACHE_PROGRAM ccache)
  if(WEFT_CCACHE_PROGRAM)
    # A precompiled header is cached only when ccache may trust its content instead of its time stamps.
    set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${WEFT_CCACHE_PROGRAM})
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  endif()
endif()

# g++ looks for a program named ld.lld; Debian's versioned package has it only in LLVM's own folder.
function(weft_use_lld llvm_bin)
  find_program(WEFT_LLD ld.lld HINTS ${llvm_bin} NO_DEFAULT_PATH)
  if(WEFT_LLD)
    cmake_path(GET WEFT_LLD PARENT_PATH folder)
    add_link_options(-fuse-ld=lld -B${folder})
  endif()
endfunction()

if(WEFT_SANITIZE)
  # vptr asks for type information of LLVM classes that the packages do not export.
  add_compile_options(-fsanitize=${WEFT_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEFT_SANITIZE})
  if(WEFT_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize=vptr -fno-sanitize-recover=all)
  endif()
endif()
