# Installs this build into a fresh prefix, then configures, builds and runs tests/install/consumer against nothing
# but that prefix, and compiles its program with the installed weft-c++. Run by CTest with -D weft_build, work, consumer,
# compiler.
file(REMOVE_RECURSE ${work})
# The installed tree is moved once, so that nothing in it may depend on where it was installed.
foreach(step
    "${CMAKE_COMMAND};--install;${weft_build};--prefix;${work}/first"
    "${CMAKE_COMMAND};-E;rename;${work}/first;${work}/prefix"
    "${CMAKE_COMMAND};-G;Ninja;-S;${consumer};-B;${work}/build;-DCMAKE_PREFIX_PATH=${work}/prefix;-DCMAKE_CXX_COMPILER=${compiler}"
    "${CMAKE_COMMAND};--build;${work}/build"
    "${work}/build/consumer"
    "${CMAKE_COMMAND};-E;env;WEFT_CXX=${compiler};${work}/prefix/bin/weft-c++;${consumer}/main.cpp;-o;${work}/program"
    "${work}/program")
  execute_process(COMMAND ${step} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${step} failed (${result}):\n${output}")
  endif()
endforeach()
message(STATUS "${output}")
