# From the operation table (dialect/IR/Ops.td) to the public functions, the tracing and eager entries and the
# reference page: TableGen dumps the records as JSON, cmake/ops_gen.py writes the files. Needs both of them to
# exist. The target is weft-ops; what it writes:
#   generated/include/weft/*.inc       public, installed: #include <weft/ops.h.inc>
#   generated/*.inc                    private: #include "ops.cpp.inc"
#   generated/docs/*.md                compared with docs/*.md by a test; the target weft-docs copies them there
set(WEFT_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${WEFT_GENERATED_DIR}/include)

file(GLOB ops_gen CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/ops_gen.py ${PROJECT_SOURCE_DIR}/cmake/ops_gen/*.py)
file(GLOB ops_td CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/dialect/IR/Ops.td)
if(ops_gen AND ops_td)
  set(ops_json ${WEFT_GENERATED_DIR}/ops.json)
  find_program(WEFT_LLVM_TBLGEN llvm-tblgen HINTS ${LLVM_TOOLS_BINARY_DIR} NO_DEFAULT_PATH REQUIRED)
  add_custom_command(
    OUTPUT ${ops_json}
    COMMAND ${WEFT_LLVM_TBLGEN} --dump-json ${ops_td} -o ${ops_json} -d ${ops_json}.d
            -I ${PROJECT_SOURCE_DIR} -I ${MLIR_INCLUDE_DIRS}
    DEPFILE ${ops_json}.d
    DEPENDS ${ops_td} ${WEFT_LLVM_TBLGEN}
    COMMENT "Reading the operation table" VERBATIM)
  # The generator rewrites a file only when its text changes; the stamp carries the time, so an edit of a
  # comment in the table recompiles nothing.
  add_custom_command(
    OUTPUT ${WEFT_GENERATED_DIR}/ops.stamp
    BYPRODUCTS ${WEFT_GENERATED_DIR}/include/weft/ops.h.inc ${WEFT_GENERATED_DIR}/ops.cpp.inc
               ${WEFT_GENERATED_DIR}/rules.cpp.inc ${WEFT_GENERATED_DIR}/routines.inc
               ${WEFT_GENERATED_DIR}/include/weft/detail/op_ids.h.inc
               ${WEFT_GENERATED_DIR}/docs/operations.md
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/ops_gen.py ${ops_json} --out ${WEFT_GENERATED_DIR}
    COMMAND ${CMAKE_COMMAND} -E touch ${WEFT_GENERATED_DIR}/ops.stamp
    DEPENDS ${ops_json} ${ops_gen}
    COMMENT "Writing the public operations" VERBATIM)
  add_custom_target(weft-ops DEPENDS ${WEFT_GENERATED_DIR}/ops.stamp)
  set(array_api ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/array_api.py)
  set(array_api_written ${PROJECT_SOURCE_DIR}/include/weft/ops.h ${PROJECT_SOURCE_DIR}/include/weft/dtypes.h
                        ${PROJECT_SOURCE_DIR}/include/weft/linalg.h)
  set(array_api_headers ${array_api_written} ${WEFT_GENERATED_DIR}/include/weft/ops.h.inc)
  add_custom_command(
    OUTPUT ${WEFT_GENERATED_DIR}/docs/array-api.md
    COMMAND ${array_api} ${WEFT_GENERATED_DIR}/docs/array-api.md ${array_api_headers}
    DEPENDS ${PROJECT_SOURCE_DIR}/cmake/array_api.py ${array_api_written} ${WEFT_GENERATED_DIR}/ops.stamp
    COMMENT "Comparing with the Array API standard" VERBATIM)
  add_custom_target(weft-array-api ALL DEPENDS ${WEFT_GENERATED_DIR}/docs/array-api.md)
  add_custom_target(weft-docs
    COMMAND ${CMAKE_COMMAND} -E copy ${WEFT_GENERATED_DIR}/docs/operations.md ${WEFT_GENERATED_DIR}/docs/array-api.md
            ${PROJECT_SOURCE_DIR}/docs
    VERBATIM)
  add_dependencies(weft-docs weft-array-api)
  add_dependencies(weft-docs weft-ops)
endif()
