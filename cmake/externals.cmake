# One target aipol_ext_<name> per library named in the table of layers.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

function(aipol_find_static var)
  find_library(${var} NAMES ${ARGN} REQUIRED)
endfunction()

function(aipol_external name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;INCLUDE")
  add_library(aipol_ext_${name} INTERFACE)
  target_link_libraries(aipol_ext_${name} INTERFACE ${arg_LINK})
  target_include_directories(aipol_ext_${name} SYSTEM INTERFACE ${arg_INCLUDE})
endfunction()

# fmt
add_library(aipol_fmt STATIC ${CMAKE_SOURCE_DIR}/cmake/support/fmt.cpp)
aipol_external(fmt LINK aipol_fmt)

# cctz, simdjson: Debian has them shared only.
find_library(AIPOL_CCTZ cctz REQUIRED)
aipol_external(cctz LINK ${AIPOL_CCTZ})
find_library(AIPOL_SIMDJSON simdjson REQUIRED)
aipol_external(simdjson LINK ${AIPOL_SIMDJSON})

# mimalloc, in the place of malloc: compiling makes and drops many small things. Sanitizers bring their own.
find_library(AIPOL_MIMALLOC mimalloc REQUIRED)
if(AIPOL_SANITIZE OR AIPOL_FUZZ)
  aipol_external(allocator)
else()
  aipol_external(allocator LINK ${AIPOL_MIMALLOC})
endif()

# re2
aipol_find_static(AIPOL_RE2 libre2.a)
aipol_external(re2 LINK ${AIPOL_RE2} Threads::Threads)

# OpenSSL
aipol_find_static(AIPOL_SSL libssl.a)
aipol_find_static(AIPOL_CRYPTO libcrypto.a)
aipol_external(openssl LINK ${AIPOL_SSL} ${AIPOL_CRYPTO} Threads::Threads ${CMAKE_DL_LIBS})

# SQLite, hiredis, libmaxminddb
aipol_find_static(AIPOL_SQLITE libsqlite3.a)
aipol_external(sqlite LINK ${AIPOL_SQLITE} Threads::Threads ${CMAKE_DL_LIBS} m)
aipol_find_static(AIPOL_HIREDIS libhiredis.a)
aipol_external(hiredis LINK ${AIPOL_HIREDIS})
aipol_find_static(AIPOL_MAXMINDDB libmaxminddb.a)
aipol_external(maxminddb LINK ${AIPOL_MAXMINDDB})

# zlib, Zstandard
aipol_find_static(AIPOL_ZLIB libz.a)
aipol_external(zlib LINK ${AIPOL_ZLIB})
aipol_find_static(AIPOL_ZSTD libzstd.a)
aipol_external(zstd LINK ${AIPOL_ZSTD})

# yaml-cpp
aipol_find_static(AIPOL_YAML libyaml-cpp.a)
aipol_external(yaml LINK ${AIPOL_YAML})

# prometheus-cpp: Debian has it shared only.
find_library(AIPOL_PROMETHEUS prometheus-cpp-core REQUIRED)
aipol_external(prometheus LINK ${AIPOL_PROMETHEUS})

# Asio
add_library(aipol_asio STATIC EXCLUDE_FROM_ALL
  ${CMAKE_SOURCE_DIR}/cmake/support/asio.cpp ${CMAKE_SOURCE_DIR}/cmake/support/asio_ssl.cpp)
target_link_libraries(aipol_asio PRIVATE aipol_ext_openssl)
aipol_external(asio LINK aipol_asio Threads::Threads)

# llhttp: Debian ships the C sources of Node's parser.
find_path(AIPOL_LLHTTP_SOURCES llhttp.c PATHS /usr/share/llhttp NO_DEFAULT_PATH REQUIRED)
find_path(AIPOL_LLHTTP_INCLUDE llhttp.h PATHS /usr/share/include/llhttp NO_DEFAULT_PATH REQUIRED)
add_library(aipol_llhttp STATIC EXCLUDE_FROM_ALL ${AIPOL_LLHTTP_SOURCES}/llhttp.c ${AIPOL_LLHTTP_SOURCES}/http.c
  ${AIPOL_LLHTTP_SOURCES}/api.c)
target_include_directories(aipol_llhttp SYSTEM PRIVATE ${AIPOL_LLHTTP_INCLUDE})
target_compile_options(aipol_llhttp PRIVATE -w)
target_compile_definitions(aipol_llhttp PRIVATE LLHTTP_STRICT_MODE=1)
aipol_external(llhttp LINK aipol_llhttp INCLUDE ${AIPOL_LLHTTP_INCLUDE})

# Header-only
aipol_external(pfr)
aipol_external(cli11)
aipol_external(json)
find_path(AIPOL_VALIJSON_INCLUDE valijson/validator.hpp REQUIRED)
aipol_external(valijson INCLUDE ${AIPOL_VALIJSON_INCLUDE})
target_compile_definitions(aipol_ext_valijson INTERFACE VALIJSON_USE_EXCEPTIONS=1)

# LLVM, static, only what compiling a small module for this CPU needs.
find_package(LLVM 19.1 REQUIRED CONFIG PATHS /usr/lib/llvm-19/lib/cmake/llvm NO_DEFAULT_PATH)
llvm_map_components_to_libnames(AIPOL_LLVM_LIBS
  core support orcjit x86codegen x86asmparser x86desc x86info passes)
aipol_external(llvm LINK ${AIPOL_LLVM_LIBS} INCLUDE ${LLVM_INCLUDE_DIRS})

# Z3: its header only, the library is loaded when the first proof needs it.
find_path(AIPOL_Z3_INCLUDE z3.h REQUIRED)
aipol_external(z3 LINK ${CMAKE_DL_LIBS} INCLUDE ${AIPOL_Z3_INCLUDE})

# ANTLR runtime
aipol_find_static(AIPOL_ANTLR libantlr4-runtime.a)
find_path(AIPOL_ANTLR_INCLUDE antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
