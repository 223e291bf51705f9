#include "server/app/program.hpp"

extern char** environ;

int main(int argc, char** argv) { return syncstore::app::run_program(argc, argv, environ); }
