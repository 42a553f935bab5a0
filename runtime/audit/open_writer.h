// From a sink of a policy set to what writes it.
#pragma once

#include <memory>
#include <string>

#include "runtime/audit/log.h"
#include "runtime/audit/writer.h"

namespace aipol::audit {

// A sink with its secrets read. Two that have the same `identity` are the same place.
struct Place {
  plan::Sink sink;
  std::string path, spool;  // where they are
  std::string url, key;
  std::string identity;  // holds secrets: never printed

  bool remote() const { return sink.kind != "file" && sink.kind != "stdout"; }
};

Result<Place> place_of(const plan::Sink& sink, const Options& options);

// `doubt`: what is wrong with what was there, one sentence, else it is empty.
Result<std::unique_ptr<Writer>> open_writer(const Place& place, const Options& options,
                                            std::string& doubt);

// How long to wait at most before a sink that failed is tried again: nobody is spared by waiting
// long for a disk.
Milliseconds longest_retry(const Place& place, const Options& options);

}  // namespace aipol::audit
