# bin/aipol and what it looks for in ../share/aipol (runtime/tokens/data_folder.h). `./dev setup` makes the data.

install(TARGETS aipol RUNTIME DESTINATION bin COMPONENT program)
install(FILES ${CMAKE_BINARY_DIR}/../data/o200k.tokens ${CMAKE_BINARY_DIR}/../data/cl100k.tokens DESTINATION share/aipol
  COMPONENT data)
