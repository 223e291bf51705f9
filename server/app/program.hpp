// The program: from arguments to exit code.
#pragma once

namespace syncstore::app {

int run_program(int argc, const char* const* argv, const char* const* environment);

}  // namespace syncstore::app
