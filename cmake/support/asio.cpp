// Debian has Asio as headers only: its non-template part is compiled here, once.
#include <boost/asio/impl/src.hpp>
