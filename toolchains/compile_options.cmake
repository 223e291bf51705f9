# The warnings every target of ours takes, and the flags of the build kinds.
add_library(ss_warnings INTERFACE)
target_compile_options(ss_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual>)
# A designated initialiser that leaves the rest at its defaults is how option structs are written here.
target_compile_options(ss_warnings INTERFACE -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports both falsely for std::variant, std::optional and std::string at -O2 (GCC bugs 105562, 105651, 105329).
  target_compile_options(ss_warnings INTERFACE
    -Wno-maybe-uninitialized $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(SYNCSTORE_WERROR)
  target_compile_options(ss_warnings INTERFACE -Werror)
endif()

if(EMSCRIPTEN)
  # Whole program flags: the libraries of Emscripten exist per way of handling exceptions, and all objects must agree.
  if(SYNCSTORE_TESTS)
    add_compile_options(-fwasm-exceptions)
    add_link_options(-fwasm-exceptions)
  else()
    add_compile_options(-fno-exceptions $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
  endif()
  return()
endif()

find_program(SYNCSTORE_MOLD mold)
if(SYNCSTORE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(SYNCSTORE_FUZZ)
  # The decoders themselves have to report which of their branches an input reached.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(SYNCSTORE_SANITIZE)
  add_compile_options(-fsanitize=${SYNCSTORE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SYNCSTORE_SANITIZE})
  if(SYNCSTORE_SANITIZE MATCHES "undefined")
    # It asks through a pipe whether an object's memory is there: without a free descriptor every object is reported, and a test
    # uses them all up. What it looks for, calls on objects that are gone, the address sanitizer finds.
    add_compile_options(-fno-sanitize=vptr)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS)
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,--gc-sections)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-pie)
endif()
