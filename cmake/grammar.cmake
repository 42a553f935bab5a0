# grammar/AipolParser.g4 -> build/<preset>/generated/grammar/*.{h,cpp} -> aipol_ext_antlr.
# Include as "grammar/AipolParser.h"; the classes are in namespace aipol::grammar.

set(grammar_files ${CMAKE_SOURCE_DIR}/grammar/AipolParser.g4)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR})
if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/grammar)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/grammar)
endif()
foreach(file IN LISTS grammar_files)
  if(NOT EXISTS ${file})
    message(STATUS "grammar: ${file} does not exist yet, skipped")
    aipol_external(antlr LINK ${AIPOL_ANTLR} INCLUDE ${AIPOL_ANTLR_INCLUDE})
    return()
  endif()
endforeach()

find_program(AIPOL_ANTLR_TOOL antlr4 REQUIRED)
set(generated ${CMAKE_BINARY_DIR}/generated/grammar)
set(outputs)
foreach(class AipolParser)
  list(APPEND outputs ${generated}/${class}.h ${generated}/${class}.cpp)
endforeach()

add_custom_command(
  OUTPUT ${outputs}
  COMMAND ${AIPOL_ANTLR_TOOL} -Dlanguage=Cpp -no-listener -no-visitor -Werror -package aipol::grammar
          -o ${generated} AipolParser.g4
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/grammar
  DEPENDS ${grammar_files}
  COMMENT "Generating the parser from grammar/"
  VERBATIM)

add_library(aipol_grammar STATIC ${outputs})
target_include_directories(aipol_grammar SYSTEM PUBLIC ${AIPOL_ANTLR_INCLUDE} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(aipol_grammar PRIVATE -w)
target_link_libraries(aipol_grammar PUBLIC ${AIPOL_ANTLR} Threads::Threads)
aipol_external(antlr LINK aipol_grammar)
