#include "compiler/jit/cache_key.h"

#include <elf.h>
#include <link.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/BLAKE3.h>

#include <cstring>

namespace aipol::compiler {

namespace {

// Notes are a header, a name and a description, both padded to four bytes.
std::string build_id_in(const char* notes, size_t size) {
  auto padded = [](size_t bytes) { return (bytes + 3) & ~size_t{3}; };
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes, sizeof header);
    size_t whole = sizeof header + padded(header.n_namesz) + padded(header.n_descsz);
    if (whole > size) return {};
    const char* name = notes + sizeof header;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 &&
        std::memcmp(name, "GNU", 4) == 0) {
      return {name + padded(header.n_namesz), header.n_descsz};
    }
    notes += whole;
    size -= whole;
  }
  return {};
}

// The linker's hash of this program; the first object that is visited is the program.
int read_program(dl_phdr_info* program, size_t, void* result) {
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = program->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    std::string id = build_id_in(reinterpret_cast<const char*>(program->dlpi_addr + header.p_vaddr),
                                 header.p_memsz);
    if (!id.empty()) *static_cast<std::string*>(result) = id;
  }
  return 1;
}

const std::string& build_id() {
  static const std::string id = [] {
    std::string found;
    dl_iterate_phdr(read_program, &found);
    return found;
  }();
  return id;
}

}  // namespace

std::string cache_key(const std::vector<std::string_view>& parts) {
  if (build_id().empty()) return {};
  llvm::BLAKE3 hash;
  auto add = [&](std::string_view part) {
    uint64_t size = part.size();
    hash.update(llvm::ArrayRef(reinterpret_cast<const uint8_t*>(&size), sizeof size));
    hash.update(llvm::StringRef(part.data(), part.size()));
  };
  add(build_id());
  for (std::string_view part : parts) add(part);
  return llvm::toHex(hash.final(), true);
}

}  // namespace aipol::compiler
