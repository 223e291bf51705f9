# Debian's Emscripten 3.1.6. Its JavaScript parts are looked for through NODE_PATH.
set(ENV{NODE_PATH} /usr/share/nodejs)
include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
