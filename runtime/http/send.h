// Writing to sockets without passing through the event loop where the kernel takes everything at
// once.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runtime/http/net.h"

namespace aipol::http {

using Pieces = std::vector<std::string_view>;

// Sends all pieces, in as few system calls as they need. Takes the pieces off as they are sent:
// what is left after an error was not. Cancelled by cancelling the socket's operations.
Task<ErrorCode> send_all(Socket& socket, Pieces& pieces);

}  // namespace aipol::http
