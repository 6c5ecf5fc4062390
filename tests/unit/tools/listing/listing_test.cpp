#include "sim/diagnostics/errors.h"
#include "tools/listing/listing.h"
#include "tools/terminal/table_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

using namespace cm::tools;
using Json = nlohmann::ordered_json;

namespace {

ListRequest of(const std::string& what, const std::string& workload = {})
{
  return {.what = what, .workload = workload, .config_root = "configs"};
}

std::size_t widest_line(const std::string& text)
{
  std::size_t width = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    width = std::max(width, columns_of(line));
  return width;
}

}  // namespace

TEST_CASE("a list fits the terminal and uses it")
{
  for (const std::string& what : list_names())
    for (const std::size_t columns : {100U, 160U}) {
      INFO(what << " at " << columns);
      CHECK(widest_line(list_table(of(what), columns)) <= columns);
    }
  CHECK(widest_line(list_table(of("scenarios"), 160)) > 120);
  CHECK(widest_line(list_table(of("scenarios"), 80)) <= 80);
}

TEST_CASE("a list has every name with its sentence")
{
  const std::string table = list_table(of("scenarios"), 80);
  CHECK_THAT(table, Catch::Contains("\n  decode-ep320       The main job: decode of DeepSeek-R1"));
  const Json json = Json::parse(list_json(of("models")));
  const auto& models = json.at("models");
  const auto found = std::ranges::find_if(models, [](const Json& each) { return each.at("name") == "deepseek-v3"; });
  REQUIRE(found != models.end());
  CHECK(found->at("sentence") == "DeepSeek-V3: 671 billion parameters, 37 active");
  CHECK(found->at("file") == "configs/models/deepseek-v3.yaml");
}

TEST_CASE("without a word the lists are counted")
{
  const Json list = Json::parse(list_json(of(""))).at("list");
  REQUIRE(list.size() == list_names().size());
  for (const Json& each : list) {
    const std::string name = each.at("name");
    CHECK(each.at("count") == Json::parse(list_json(of(name))).at(name).size());
    CHECK_THAT(list_table(of(""), 80), Catch::Contains(name));
  }
}

TEST_CASE("metrics stand under the workloads that report them")
{
  const std::string p2p = list_table(of("metrics", "p2p"), 80);
  CHECK_THAT(p2p, Catch::Contains("\np2p: one read or write between two dies or CPUs\n"));
  CHECK_THAT(p2p, Catch::Contains("\n  latency_us "));
  CHECK_THAT(p2p, !Catch::Contains("tpot_ms"));
  for (const Json& each : Json::parse(list_json(of("metrics", "decode"))).at("metrics"))
    CHECK_THAT(each.at("workloads").dump(), Catch::Contains("\"decode\""));
  CHECK_THROWS_WITH(list_table(of("metrics", "decod"), 80), Catch::Contains("did you mean \"decode\"?"));
  CHECK_THROWS_AS(list_table(of("models", "decode"), 80), cm::ConfigError);
}
