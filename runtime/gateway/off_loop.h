// Work that waits for others (a shared store), done by threads beside the event loops.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "runtime/gateway/worker.h"

namespace aipol::gateway {

// Does the work, here where nothing waits, else by one of the lasting threads while this coroutine
// is suspended.
template <class Work>
http::Task<> off_loop(Worker& worker, Work work) {
  if (!worker.lasting().waits()) {
    work();
    co_return;
  }
  auto begin = [&](auto handler) {
    http::asio::post(worker.lasting().waiting_threads(),
                     [&work, &worker, handler = std::move(handler)]() mutable {
                       work();
                       http::asio::post(worker.context(), std::move(handler));
                     });
  };
  co_await http::asio::async_initiate<const http::asio::deferred_t, void()>(begin,
                                                                            http::asio::deferred);
}

}  // namespace aipol::gateway
