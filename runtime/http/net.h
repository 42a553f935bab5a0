// The Asio types that network code is written in: the concrete executor of an io_context that one
// thread runs, and results as values: `auto [error, n] = co_await socket.async_read_some(space,
// as_result);`
#pragma once

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 sees only one half of Asio's pair of allocation functions for coroutine frames inlined.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace aipol::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr auto as_result = asio::as_tuple(asio::deferred);

}  // namespace aipol::http
