# stdlib/*.aipol, docs/{errors,lints,effects}/*.md, cli/templates/** and cli/pages/* -> aipol_ext_embedded, header "embedded/files.h".

set(embed_out ${CMAKE_BINARY_DIR}/generated/embedded)
set(embed_inputs)
foreach(group "stdlib:GLOB:stdlib/*.aipol" "docs:GLOB:docs/errors/*.md" "docs:GLOB:docs/lints/*.md" "docs:GLOB:docs/effects/*.md"
        "templates:GLOB_RECURSE:cli/templates/*" "pages:GLOB:cli/pages/*")
  string(REPLACE ":" ";" group "${group}")
  list(GET group 0 name)
  list(GET group 1 mode)
  list(GET group 2 pattern)
  file(${mode} found CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${pattern})
  foreach(path IN LISTS found)
    list(APPEND embed_inputs "${name}:${path}")
  endforeach()
endforeach()
list(SORT embed_inputs)
list(TRANSFORM embed_inputs REPLACE "^[a-z]+:" "${CMAKE_SOURCE_DIR}/" OUTPUT_VARIABLE embed_paths)

# The list goes through a file: it outgrows a command line, and a file added or removed must regenerate.
file(CONFIGURE OUTPUT ${embed_out}/inputs.txt CONTENT "${embed_inputs}" @ONLY)
add_custom_command(
  OUTPUT ${embed_out}/files.cpp
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -DINPUTS=${embed_out}/inputs.txt -DOUT=${embed_out}/files.cpp
          -DVERSION=${PROJECT_VERSION} -DLLVM_VERSION=${LLVM_PACKAGE_VERSION}
          -P ${CMAKE_SOURCE_DIR}/cmake/support/embed_files.cmake
  DEPENDS ${embed_paths} ${embed_out}/inputs.txt ${CMAKE_SOURCE_DIR}/cmake/support/embed_files.cmake
          ${CMAKE_SOURCE_DIR}/CMakeLists.txt
  COMMENT "Embedding stdlib, docs, templates and pages"
  VERBATIM)
configure_file(${CMAKE_SOURCE_DIR}/cmake/support/embedded_files.h ${embed_out}/files.h COPYONLY)

add_library(aipol_embedded STATIC ${embed_out}/files.cpp)
aipol_own_code(aipol_embedded)
target_include_directories(aipol_embedded PUBLIC ${CMAKE_BINARY_DIR}/generated)
aipol_external(embedded LINK aipol_embedded)
