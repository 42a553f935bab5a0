#include "compiler/jit/host.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/Host.h>

#include <map>

namespace aipol::compiler {

const std::string& host_features() {
  static const std::string features = [] {
    std::map<std::string, bool> sorted;
    for (const auto& feature : llvm::sys::getHostCPUFeatures())
      sorted[feature.first().str()] = feature.second;
    std::string text;
    for (const auto& [name, present] : sorted) {
      if (!text.empty()) text += ',';
      text += (present ? '+' : '-') + name;
    }
    return text;
  }();
  return features;
}

const std::string& host_cpu() {
  static const std::string cpu = llvm::sys::getHostCPUName().str();
  return cpu;
}

const std::string& host_triple() {
  static const std::string triple = llvm::sys::getProcessTriple();
  return triple;
}

}  // namespace aipol::compiler
