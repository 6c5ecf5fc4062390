#include "sim/config/input_file.h"
#include "sim/config/value.h"
#include "tests/unit/sim/temporary_folder.h"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace cm::sim::config;

TEST_CASE("a file is read whole, and refused when it is longer than its limit")
{
  const cm::tests::TemporaryFolder folder;
  const std::string path = folder.with("a", std::string(100, 'x'));
  CHECK(file_content(path, 100) == std::string(100, 'x'));
  CHECK_THROWS_WITH(file_content(path, 99), path + ":1:1: expected at most 99 bytes, found more");
  CHECK(file_content(folder.with("empty", ""), 0).empty());
  CHECK(byte_count_text(std::size_t{16} << 20U) == "16 MiB");
  CHECK(byte_count_text(std::size_t{8} << 30U) == "8 GiB");
}

TEST_CASE("what is no file is refused at once, with its place")
{
  const cm::tests::TemporaryFolder folder;
  const auto refusal = [&](const std::string& path, const std::string& what) {
    CHECK_THROWS_WITH(file_content(path, 100), path + ":1:1: expected a file, found " + what);
    CHECK_THROWS_WITH(load_file(path), path + ":1:1: expected a file, found " + what);
  };
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  refusal(pipe, "a pipe");
  std::filesystem::create_symlink(pipe, folder.file("link"));
  refusal(folder.file("link"), "a pipe");
  refusal("/dev/zero", "a device");
  refusal(folder.path().string(), "a directory");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  folder.file("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the system's own way.
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  refusal(folder.file("socket"), "a socket");
  ::close(socket);
  CHECK_THROWS_WITH(file_content(folder.file("none"), 100), Catch::Contains("none:1:1: expected a readable file"));
}
