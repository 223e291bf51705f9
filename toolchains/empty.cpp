// Keeps a library without sources of its own a valid archive.
namespace syncstore {}
