# Functions that the folders' CMakeLists.txt files share: find a folder's sources, give a target the project's
# flags, give it MLIR, make a program that uses weft.

include(CheckCXXCompilerFlag)

# weft_glob(<out> <folder>...): the .cpp files directly in the folders, looked for again at every build.
function(weft_glob out)
  set(found)
  foreach(folder IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    file(GLOB here CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(APPEND found ${here})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# weft_configure(<target>): warnings, hidden symbols, and one floating-point contract for all code.
function(weft_configure target)
  set_target_properties(${target} PROPERTIES
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  # Contracted multiply-adds would make the same expression give other bits in another place.
  target_compile_options(${target} PRIVATE -Wall -Wextra -ffp-contract=off)
endfunction()

# weft_configure_math(<folder>): the functions of mathematics, each level of processor in a file of its own; fast also in
# a build for debugging. Nobody looks at errno or at the floating-point exceptions, which would keep selects from vectors.
function(weft_configure_math folder)
  # (GCC 12 warns of its own headers.)
  set(options -O2 -fno-math-errno -fno-trapping-math -Wno-psabi -Wno-ignored-attributes -Wno-uninitialized -Wno-maybe-uninitialized)
  set_source_files_properties(${folder}/baseline.cpp PROPERTIES COMPILE_OPTIONS "${options}")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    # Constants of integer vectors come from memory, as an operand: by way of a general register they take two instructions
    # and a quarter of some functions' time.
    check_cxx_compiler_flag(-mtune-ctrl=^inter_unit_moves_to_vec WEFT_TUNES_MOVES)
    if(WEFT_TUNES_MOVES)
      list(APPEND options -mtune-ctrl=^inter_unit_moves_to_vec)
    endif()
    set_source_files_properties(${folder}/avx2.cpp PROPERTIES COMPILE_OPTIONS "${options};-mavx2;-mfma")
    set_source_files_properties(${folder}/avx512.cpp PROPERTIES
      COMPILE_OPTIONS "${options};-mfma;-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl")
  endif()
endfunction()

# MLIR finds a trait by its name as the compiler spells it. TypeID::get spells it with a class local to a function, which
# g++ and clang++ write differently, and the packages are built by clang++: in a library built by g++ every question about a
# trait of another library's operation would be answered with no. A class at namespace scope has one spelling.
function(weft_portable_type_ids out)
  set(${out} "" PARENT_SCOPE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    find_file(header mlir/Support/TypeID.h PATHS ${MLIR_INCLUDE_DIRS} NO_DEFAULT_PATH NO_CACHE REQUIRED)
    file(READ ${header} text)
    string(FIND "${text}" "  struct Empty {};\n" found)
    if(found EQUAL -1)
      message(FATAL_ERROR "${header} is not the one weft knows: TypeID::get has no local class Empty")
    endif()
    string(REPLACE "  struct Empty {};\n" "" text "${text}")
    string(REPLACE "\nnamespace mlir {\n" "\nstruct Empty {};\n\nnamespace mlir {\n" text "${text}")
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/mlir-type-ids/mlir/Support/TypeID.h CONTENT "${text}" @ONLY)
    set(${out} ${PROJECT_BINARY_DIR}/mlir-type-ids PARENT_SCOPE)
  endif()
endfunction()

# weft_use_mlir(<target>): LLVM and MLIR as shared libraries, for the few targets that may see their headers.
# NDEBUG is always set here: the packages are built with it, and the size of some header classes
# (llvm::Statistic, and so mlir::Pass::Statistic) depends on it.
function(weft_use_mlir target)
  weft_portable_type_ids(type_ids)
  target_include_directories(${target} BEFORE PRIVATE ${type_ids})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${WEFT_GENERATED_DIR})
  target_include_directories(${target} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
  target_compile_definitions(${target} PRIVATE ${definitions} NDEBUG)
  # Signatures are LLVM's to choose, and weft's exported classes may hold members of hidden LLVM types.
  target_compile_options(${target} PRIVATE -Wno-unused-parameter -Wno-attributes)
  target_link_libraries(${target} PRIVATE MLIR LLVM)
endfunction()

# weft_program(<target> <source>...): an executable that uses weft; building it also builds the compiler library
# that libweft opens at run time.
function(weft_program target)
  add_executable(${target} ${ARGN})
  weft_configure(${target})
  target_link_libraries(${target} PRIVATE weft)
  if(TARGET weft-compiler)
    add_dependencies(${target} weft-compiler)
  endif()
endfunction()
