# Writes OUT, a .cpp holding the files named in INPUTS ("group:path;group:path").

file(READ ${INPUTS} inputs)
set(body_stdlib)
set(body_docs)
set(body_templates)
set(body_pages)
foreach(input IN LISTS inputs)
  string(REGEX MATCH "^([a-z]+):(.*)$" _ "${input}")
  set(group ${CMAKE_MATCH_1})
  set(path ${CMAKE_MATCH_2})
  file(READ ${ROOT}/${path} text)
  string(REGEX REPLACE "^cli/(templates|pages)/" "" path "${path}")
  string(APPEND body_${group} "    {\"${path}\"sv, R\"AIPOL_TEXT(${text})AIPOL_TEXT\"sv},\n")
endforeach()

set(content "#include \"embedded/files.h\"\n\nusing namespace std::string_view_literals;\n\n")
string(APPEND content "namespace aipol::embedded {\n\n")
foreach(group stdlib docs templates pages)
  if(body_${group})
    string(APPEND content "static constexpr File ${group}_files[] = {\n${body_${group}}};\n"
      "std::span<const File> ${group}() { return ${group}_files; }\n\n")
  else()
    string(APPEND content "std::span<const File> ${group}() { return {}; }\n\n")
  endif()
endforeach()
string(APPEND content
  "std::string_view version() { return \"${VERSION}\"sv; }\n"
  "std::string_view llvm_version() { return \"${LLVM_VERSION}\"sv; }\n\n"
  "}  // namespace aipol::embedded\n")
file(WRITE ${OUT} "${content}")
