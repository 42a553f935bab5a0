// OpenSSL keeps what went wrong in a queue of the thread, in which TLS then finds it and takes it
// for its own. While one of these lives, what is added to the queue goes when it goes.
#pragma once

#include <openssl/err.h>

namespace aipol::identity {

class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  ~QuietErrors() { ERR_pop_to_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
};

}  // namespace aipol::identity
