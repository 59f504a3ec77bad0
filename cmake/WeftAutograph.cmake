# weft_autograph(<target> [OPTIONS <option>...]): the target's C++ sources are rewritten by weft-autograph before they
# are compiled, so that if, while, for and the like over tensors become traced control flow. For a user's project
# (weftConfig.cmake includes this file) as for weft's own programs.
#
#   weft_autograph(app)
#   weft_autograph(app OPTIONS -Wno-weft-host-state)   # warnings of weft-autograph, as its --help names them
#
# May stand anywhere between the target's making and the end of its folder's CMakeLists.txt; sources, options and
# properties that come after it count too. Ninja, Ninja Multi-Config and Makefiles.
#
# For each source the target gets <binary folder>/weft_autograph/<target>/<source> in its place, with the same source
# properties. Flags are not guessed: CMake writes them for the new source into compile_commands.json, and
# WeftAutographFlags.cmake takes each source's entry out of it into a file that changes only when they do.
cmake_policy(VERSION 3.25)

function(weft_autograph target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weft_autograph(${target}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "weft_autograph(${target}): there is no such target (yet)")
  endif()
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(aliased)
    set(target ${aliased})
  endif()
  get_target_property(imported ${target} IMPORTED)
  get_target_property(type ${target} TYPE)
  if(imported OR NOT type MATCHES "^(EXECUTABLE|(STATIC|SHARED|MODULE|OBJECT)_LIBRARY)$")
    message(FATAL_ERROR "weft_autograph(${target}): the target has no sources that are compiled here")
  endif()
  if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    message(FATAL_ERROR "weft_autograph: the generator \"${CMAKE_GENERATOR}\" writes no compile_commands.json; use Ninja "
      "or Unix Makefiles")
  endif()

  set_property(TARGET ${target} APPEND PROPERTY WEFT_AUTOGRAPH_OPTIONS ${arg_OPTIONS})
  get_target_property(called ${target} WEFT_AUTOGRAPH)
  if(called)
    return()
  endif()
  set_target_properties(${target} PROPERTIES WEFT_AUTOGRAPH ON EXPORT_COMPILE_COMMANDS ON)

  # Commands belong to the target's own folder, which must not be finished.
  get_target_property(home ${target} SOURCE_DIR)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  while(NOT folder STREQUAL home)
    get_property(folder DIRECTORY ${folder} PROPERTY PARENT_DIRECTORY)
    if(NOT folder)
      message(FATAL_ERROR "weft_autograph(${target}): the target is made in ${home}; call it there")
    endif()
  endwhile()
  # DEFER evaluates its arguments only at the end, when the variables here are gone.
  cmake_language(EVAL CODE
    "cmake_language(DEFER DIRECTORY [==[${home}]==] CALL _weft_autograph_finish [==[${target}]==])")
endfunction()

# At the end of the target's folder: puts the rewritten sources in the place of the target's own.
function(_weft_autograph_finish target)
  set(home ${CMAKE_CURRENT_BINARY_DIR}/weft_autograph/${target})
  if(CMAKE_CONFIGURATION_TYPES)
    set(configurations ${CMAKE_CONFIGURATION_TYPES})
  else()
    set(configurations "-")
  endif()

  get_target_property(sources ${target} SOURCES)
  if(NOT sources)
    set(sources)
  endif()
  set(listed)    # what the target has in the end
  set(originals) # what was replaced
  set(outputs)
  set(generated) # sources of the target that a command makes
  set(depth 0)
  foreach(source IN LISTS sources)
    # A generator expression may hold a list, so it may go over several elements of this one.
    string(REGEX MATCHALL "\\$<" opened "${source}")
    string(REGEX MATCHALL ">" closed "${source}")
    list(LENGTH opened opened)
    list(LENGTH closed closed)
    if(depth GREATER 0 OR opened GREATER 0)
      if(source MATCHES "\\.(C|CPP|c\\+\\+|cc|cpp|cxx)>*$")
        message(WARNING "weft_autograph(${target}): ${source} is a source by generator expression and is compiled as it is")
      endif()
      math(EXPR depth "${depth} + ${opened} - ${closed}")
      list(APPEND listed "${source}")
      continue()
    endif()

    get_source_file_property(made ${source} GENERATED)
    get_source_file_property(file ${source} LOCATION)
    if(made)
      list(APPEND generated ${file})
    endif()
    _weft_autograph_is_cxx(is_cxx ${source})
    if(NOT is_cxx)
      list(APPEND listed "${source}")
      continue()
    endif()
    if(NOT made)
      list(APPEND originals ${file})
    endif()
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE relative)
    string(REPLACE "../" "__/" relative "${relative}")
    foreach(configuration IN LISTS configurations)
      if(configuration STREQUAL "-")
        set(output ${home}/${relative})
        list(APPEND listed ${output})
      else()
        set(output ${home}/${configuration}/${relative})
        list(APPEND listed $<$<CONFIG:${configuration}>:${output}>)
      endif()
      list(APPEND outputs ${output})
      _weft_autograph_source(${target} ${file} ${output})
    endforeach()
  endforeach()
  if(NOT outputs)
    return()
  endif()

  # The flags, and whatever the sources may include that a command of the target makes: both before any rewriting, and
  # without rewriting everything when one of them changes. The custom target also shows the sources to IDEs.
  list(TRANSFORM outputs APPEND .flags/compile_commands.json OUTPUT_VARIABLE flags)
  file(CONFIGURE OUTPUT ${home}/sources.txt CONTENT "${outputs}" @ONLY)
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/WeftAutographFlags.cmake)
  add_custom_command(OUTPUT ${home}/flags.stamp BYPRODUCTS ${flags}
    COMMAND ${CMAKE_COMMAND} -D commands=${CMAKE_BINARY_DIR}/compile_commands.json -D sources=${home}/sources.txt -P ${script}
    COMMAND ${CMAKE_COMMAND} -E touch ${home}/flags.stamp
    DEPENDS ${CMAKE_BINARY_DIR}/compile_commands.json ${home}/sources.txt ${script}
    COMMENT "Reading the flags of ${target}" VERBATIM)
  add_custom_target(weft_autograph_${target} DEPENDS ${home}/flags.stamp ${generated} SOURCES ${originals})
  get_target_property(before ${target} MANUALLY_ADDED_DEPENDENCIES)
  if(before)
    add_dependencies(weft_autograph_${target} ${before})
  endif()
  add_dependencies(${target} weft_autograph_${target})
  set_property(TARGET ${target} PROPERTY SOURCES "${listed}")
endfunction()

# Whether the target's compiler reads the source as C++ to be rewritten: no header, no module, no other language.
function(_weft_autograph_is_cxx out source)
  set(${out} OFF PARENT_SCOPE)
  get_property(header SOURCE ${source} PROPERTY HEADER_FILE_ONLY)
  get_property(language SOURCE ${source} PROPERTY LANGUAGE)
  if(header OR (language AND NOT language STREQUAL "CXX"))
    return()
  endif()
  set(extensions ${CMAKE_CXX_SOURCE_FILE_EXTENSIONS})
  list(REMOVE_ITEM extensions M m mm mpp ixx cppm ccm cxxm c++m)
  get_source_file_property(file ${source} LOCATION)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  string(REGEX REPLACE "^\\." "" extension "${extension}")
  if(language OR extension IN_LIST extensions)
    set(${out} ON PARENT_SCOPE)
  endif()
endfunction()

# The command that rewrites one source, and the properties that the new one takes over.
function(_weft_autograph_source target file output)
  if(TARGET weft-autograph)
    set(tool weft-autograph) # weft's own build
  else()
    set(tool weft::weft-autograph)
  endif()
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET output PARENT_PATH output_folder)
  file(MAKE_DIRECTORY ${output_folder} ${output}.flags)

  foreach(property COMPILE_DEFINITIONS COMPILE_FLAGS COMPILE_OPTIONS INCLUDE_DIRECTORIES LABELS LANGUAGE OBJECT_DEPENDS
      SKIP_PRECOMPILE_HEADERS)
    get_property(given SOURCE ${file} PROPERTY ${property} SET)
    if(given)
      get_property(value SOURCE ${file} PROPERTY ${property})
      set_property(SOURCE ${output} PROPERTY ${property} "${value}")
    endif()
  endforeach()
  get_property(depends SOURCE ${file} PROPERTY OBJECT_DEPENDS)
  # What names a file beside the source in a way that the rewriter leaves alone (#include MACRO, __has_include).
  set_property(SOURCE ${output} APPEND PROPERTY COMPILE_OPTIONS "-iquote${folder}")
  # Headers with traced code are part of the rewritten source, so two of them in one file would define it twice.
  set_property(SOURCE ${output} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)

  get_target_property(options ${target} WEFT_AUTOGRAPH_OPTIONS)
  set(result ${output})
  set(finish)
  if(CMAKE_GENERATOR MATCHES "Ninja")
    # Ninja sees that the text stayed the same and compiles nothing. Make would rewrite it at every build.
    set(result ${output}.new)
    set(finish COMMAND ${CMAKE_COMMAND} -E copy_if_different ${result} ${output})
  endif()
  cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE shown)
  add_custom_command(OUTPUT ${output}
    COMMAND ${tool} -o ${result} --depfile ${output}.d --depfile-target ${output} --forward-unchanged
            -p ${output}.flags --entry ${output} ${file} -- ${options}
    ${finish}
    DEPFILE ${output}.d
    DEPENDS ${file} ${output}.flags/compile_commands.json ${depends} $<TARGET_FILE:${tool}>
    COMMENT "Rewriting ${shown}" VERBATIM)
endfunction()
