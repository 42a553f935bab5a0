// Where the gateway listens.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/http/net.h"

namespace aipol::gateway {

using Endpoint = http::asio::ip::tcp::endpoint;
using Acceptor = http::asio::basic_socket_acceptor<http::asio::ip::tcp, http::Executor>;

// "127.0.0.1:8080", "[::1]:0", "localhost:8080".
Result<Endpoint> parse_listen_address(std::string_view text);
std::string format_endpoint(const Endpoint& endpoint);

// Holds an address alone for a moment, to find out whether it is free (acceptors that share a port
// would not notice another process of the same user) and which port the system chose where 0 was
// asked for.
Result<Endpoint> claim(const Endpoint& wanted);

// One of several acceptors of one address (SO_REUSEPORT): the kernel spreads connections over them.
Result<Acceptor> open_acceptor(http::asio::io_context& context, const Endpoint& endpoint);

}  // namespace aipol::gateway
