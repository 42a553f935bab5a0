// Text files that are part of the binary.
#pragma once

#include <span>
#include <string_view>

namespace aipol::embedded {

struct File {
  std::string_view path;  // from the repository root: "stdlib/net.aipol"; templates and pages: from their folder
  std::string_view text;
};

std::span<const File> stdlib();     // stdlib/*.aipol
std::span<const File> docs();       // docs/errors/*.md, docs/lints/*.md
std::span<const File> templates();  // cli/templates/**
std::span<const File> pages();      // cli/pages/*

std::string_view version();       // of aipol
std::string_view llvm_version();  // of the LLVM linked in

}  // namespace aipol::embedded
