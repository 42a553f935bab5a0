# Tests may include every layer and its external libraries: they look inside.

function(aipol_test_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXCLUDE_FROM_ALL" "" "SOURCES")
  add_executable(${name} ${arg_SOURCES})
  if(arg_EXCLUDE_FROM_ALL)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  aipol_own_code(${name})
  target_link_libraries(${name} PRIVATE aipol_ext_allocator $<TARGET_NAME_IF_EXISTS:aipol_test_support> ${AIPOL_ALL_LIBRARIES}
    aipol_ext_fmt aipol_ext_json aipol_ext_embedded)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# Generators and harnesses that unit tests, benchmarks and fuzzers share.
file(GLOB support_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/support/*.cpp)
if(support_sources)
  add_library(aipol_test_support STATIC EXCLUDE_FROM_ALL ${support_sources})
  aipol_own_code(aipol_test_support)
  target_link_libraries(aipol_test_support PRIVATE ${AIPOL_ALL_LIBRARIES} aipol_ext_fmt)
endif()

# No file of its own holds doctest's main, so that tests/unit contains tests only.
# AIPOL_UNIT_TESTS names files for those who work on a part: -DAIPOL_UNIT_TESTS="jwt*" builds these alone.
set(AIPOL_UNIT_TESTS "*" CACHE STRING "pattern of the files in tests/unit that are built")
file(GLOB unit_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${AIPOL_UNIT_TESTS}.cpp)
if(unit_sources AND NOT AIPOL_FUZZ)
  aipol_test_program(unit_tests SOURCES ${unit_sources} ${CMAKE_SOURCE_DIR}/cmake/support/doctest_main.cpp)
  target_include_directories(unit_tests SYSTEM PRIVATE /usr/include/doctest)
endif()

file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*.cpp)
add_custom_target(bench)
foreach(source IN LISTS bench_sources)
  get_filename_component(name ${source} NAME_WE)
  aipol_test_program(bench_${name} EXCLUDE_FROM_ALL SOURCES ${source})
  add_dependencies(bench bench_${name})
endforeach()

if(AIPOL_FUZZ)
  file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*.cpp)
  add_custom_target(fuzzers)
  foreach(source IN LISTS fuzz_sources)
    get_filename_component(name ${source} NAME_WE)
    aipol_test_program(fuzz_${name} SOURCES ${source})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${name})
  endforeach()
endif()
