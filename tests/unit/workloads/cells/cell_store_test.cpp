#include "workloads/cells/cell_store.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace cm;
using namespace cm::workloads;

namespace {

// Gone at the end of the test.
class Folder {
 public:
  Folder() { std::filesystem::remove_all(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::filesystem::path only_file() const { return std::filesystem::directory_iterator(path_)->path(); }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("cmsim-cells-" + std::to_string(::getpid())) / "deeper";
};

}  // namespace

TEST_CASE("a cell that was kept is found to the last bit, by another store too")
{
  const Folder folder;
  const Cell cell{0.1 + 0.2, 1e9 / 3};
  CellStore(folder.path()).keep("decode", {96, 8192}, cell);
  const CellStore store(folder.path());
  CHECK(store.find("decode", {96, 8192}) == cell);
  CHECK_FALSE(store.find("prefill", {96, 8192}));
  CHECK_FALSE(store.find("decode", {96, 8193}));
  CHECK_FALSE(store.find("decode", {9, 68192}));
}

TEST_CASE("what is in the store is not asked again")
{
  const Folder folder;
  const CellStore store(folder.path());
  int asked = 0;
  const auto ask = store.before("decode", [&](const CellTable::Point& point) {
    ++asked;
    return Cell{point[0] / 3, 0};
  });
  CHECK(ask({2}) == Cell{2.0 / 3, 0});
  CHECK(ask({2}) == Cell{2.0 / 3, 0});
  CHECK(asked == 1);
}

TEST_CASE("a damaged cell is none, and is simulated again and written anew")
{
  const Folder folder;
  const CellStore store(folder.path());
  store.keep("decode", {1}, {0.5, 3});
  std::ostringstream text;
  text << std::ifstream(folder.only_file()).rdbuf();
  const std::string good = text.str();
  const std::string digest = good.substr(6);
  REQUIRE(good == "0.5 3 " + digest);
  // The third is a cell that somebody edited.
  for (const std::string& content : {std::string(), std::string("0.5 3\n"), "0.6 3 " + digest, "0.5 4 " + digest,
                                     "0.50 3 " + digest, "-0.5 3 " + digest, "nan 3 " + digest, "0.5 " + digest,
                                     good.substr(0, good.size() - 1), good + "\n", good + std::string(1000, 'x')}) {
    std::ofstream(folder.only_file()) << content;
    INFO(content);
    CHECK_FALSE(store.find("decode", {1}));
  }
  const auto ask = store.before("decode", [](const CellTable::Point&) { return Cell{0.25, 0}; });
  CHECK(ask({1}) == Cell{0.25, 0});
  CHECK(store.find("decode", {1}) == Cell{0.25, 0});
}

TEST_CASE("a cell under another one's name is none")
{
  const Folder folder;
  const CellStore store(folder.path());
  store.keep("decode", {1}, {0.5, 3});
  std::filesystem::rename(folder.only_file(), folder.only_file().parent_path() / "decode_2");
  CHECK_FALSE(store.find("decode", {2}));
}

TEST_CASE("a pipe in place of a cell does not keep a run waiting")
{
  const Folder folder;
  const CellStore store(folder.path());
  store.keep("decode", {1}, {0.5, 3});
  const std::string file = folder.only_file().string();
  std::filesystem::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK_FALSE(store.find("decode", {1}));
}

TEST_CASE("where nothing can be written nothing is kept")
{
  for (const std::string folder : {"", "/proc/cmsim-cells"}) {
    const CellStore store(folder);
    store.keep("decode", {1}, {0.5, 3});
    CHECK_FALSE(store.find("decode", {1}));
  }
}
