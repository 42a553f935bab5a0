option(AIPOL_WERROR "Warnings in our own code are errors" ON)
option(AIPOL_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(AIPOL_PCH "Precompile the headers that nearly every file includes" ON)
set(AIPOL_SANITIZE "" CACHE STRING "Sanitizers: empty, thread, address or address,undefined")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
# A non-PIE binary has no relocations to apply at start: most of the start-up time of a static LLVM.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")

# File names in the binary are those from the root, whether ccache has made the path relative or not.
file(RELATIVE_PATH root_from_build ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/)
add_compile_options(-fno-pie -ffunction-sections -fdata-sections
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${root_from_build}= -fdiagnostics-color=auto)
add_link_options(-no-pie -Wl,--gc-sections -Wl,--as-needed)

foreach(linker mold lld)
  find_program(AIPOL_LINKER_${linker} NAMES ld.${linker} ${linker})
  if(AIPOL_LINKER_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()

find_program(AIPOL_CCACHE ccache)
if(AIPOL_CCACHE)
  # The sloppiness is what ccache asks for with precompiled headers; base_dir makes clones share results.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${AIPOL_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

if(AIPOL_SANITIZE)
  add_compile_options(-fsanitize=${AIPOL_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${AIPOL_SANITIZE})
  if(AIPOL_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=all)
    add_link_options(-fno-sanitize-recover=all)
    # Clang looks for a mark in front of what is called by pointer. Native code of policies has none, and where it
    # begins a mapping nothing can be read there.
    add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  endif()
endif()
if(AIPOL_SANITIZE MATCHES thread)
  # ThreadSanitizer does not understand fences; Asio does without them when told so.
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
if(AIPOL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Every file sees the same fmt and Asio configuration, so that the one-definition rule holds and one
# precompiled header serves all layers.
add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE
  BOOST_BEAST_USE_STD_STRING_VIEW)

add_library(aipol_warnings INTERFACE)
# GCC 12 gives false alarms of maybe-uninitialized wherever a std::variant is moved.
target_compile_options(aipol_warnings INTERFACE -Wall -Wextra -Wpedantic
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<BOOL:${AIPOL_WERROR}>:-Werror>)

if(AIPOL_PCH)
  add_library(aipol_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/support/pch.cpp)
  target_link_libraries(aipol_pch PRIVATE aipol_warnings)
  target_precompile_headers(aipol_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/support/pch.h)
endif()

# Settings of every target of our own.
function(aipol_own_code target)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE aipol_warnings)
  if(AIPOL_PCH)
    target_precompile_headers(${target} REUSE_FROM aipol_pch)
  endif()
endfunction()
