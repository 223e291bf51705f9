// What the server asks of its process: files it may open, signals it answers to, the folder of the
// web app. Called once at the start, before there are other threads.
#pragma once

#include <cstddef>
#include <string>

#include "server/base/config.hpp"

namespace syncstore::app {

// Raises the limit of open files as far as it may go and answers how many there may be: sockets are
// files, and the usual 1,024 would be the first thing to run out.
std::size_t raise_file_limit();

// How many connections that leaves. What files and database need is kept for them: a peer too many
// is told so, an edit that could not be stored would be lost.
std::size_t connections_within(std::size_t descriptors);

// SIGTERM, SIGINT and SIGHUP as a descriptor to read signalfd_siginfo from; every thread made later
// leaves them to it. The caller closes it.
int catch_signals();

// The folder that --web names, else the one carried along with the program; empty: there is none.
std::string web_folder(const ServerConfig& config);

}  // namespace syncstore::app
