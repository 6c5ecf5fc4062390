#include "workloads/serving/cell_store.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
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

TEST_CASE("a damaged cell is none")
{
  const Folder folder;
  const CellStore store(folder.path());
  store.keep("decode", {1}, {0.5, 3});
  for (const std::string content : {"", "0.5 3", "0.5 3x\n", "0.5x 3\n", "-0.5 3\n", "0.5 -3\n", "nan 3\n", "0.5 nan\n",
                                    "inf 3\n", "0.5\n", "0.5 \n", "\n"}) {
    std::ofstream(folder.only_file()) << content;
    INFO(content);
    CHECK_FALSE(store.find("decode", {1}));
  }
  store.keep("decode", {1}, {0.25, 0});
  CHECK(store.find("decode", {1}) == Cell{0.25, 0});
}

TEST_CASE("where nothing can be written nothing is kept")
{
  for (const std::string folder : {"", "/proc/cmsim-cells"}) {
    const CellStore store(folder);
    store.keep("decode", {1}, {0.5, 3});
    CHECK_FALSE(store.find("decode", {1}));
  }
}
