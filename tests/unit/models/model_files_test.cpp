// Every shipped model file: it is read without complaint, and what follows from it are the values that were worked out
// from the published configurations (tests/validation/language-models/derived.csv).
#include "models/language_models/decode_operators.h"
#include "models/language_models/tensor_share.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;

namespace {

const std::filesystem::path Models = CM_SOURCE_DIR "/configs/models";

ModelSpec model_of(const std::string& name)
{
  const Value value = load_file((Models / (name + ".yaml")).string());
  ReadingLog log;
  Reader reader(value, "model", log);
  ModelSpec model = read_model(reader);
  INFO(name);
  CHECK(log.problems == std::vector<std::string>{});
  CHECK(model.name == name);
  return model;
}

struct Row {
  std::string model;
  std::int64_t attention = 0;
  std::int64_t expert = 0;
  double total = 0;   // billions, one decimal
  double active = 0;  // the same
  std::int64_t cached_values = 0;
  std::int64_t cached_bytes = 0;
};

std::vector<Row> derived_values()
{
  std::ifstream file(CM_SOURCE_DIR "/tests/validation/language-models/derived.csv");
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    Row row;
    char comma = 0;
    std::getline(cells, row.model, ',');
    cells >> row.attention >> comma >> row.expert >> comma >> row.total >> comma >> row.active >> comma >>
        row.cached_values >> comma >> row.cached_bytes >> comma;
    REQUIRE(cells.good());
    rows.push_back(row);
  }
  return rows;
}

double rounded_billions(double count)
{
  return std::round(count / 1e8) / 10;
}

// FLOPs of one token whose request has nothing cached: matrix products alone.
double token_flops(const ModelSpec& model)
{
  const DecodeBatch one{.requests = 1, .query_tokens = 1};
  double layer = 0;
  for (const Operator& op : attention_operators(model, Quantisation::Int8, one))
    layer += op.work.count();
  double flops = static_cast<double>(model.layers) * layer + head_operator(model, 1).work.count();
  if (model.dense_layers > 0)
    flops += static_cast<double>(model.dense_layers) * dense_ffn_operator(model, Quantisation::Int8, 1).work.count();
  if (model.has_experts()) {
    const std::int64_t experts = model.top_k + model.shared_experts;
    flops += static_cast<double>(model.moe_layers()) *
             (gate_operator(model, 1).work.count() +
              expert_operator(model, Quantisation::Int8, experts, experts).work.count());
  }
  return flops;
}

}  // namespace

TEST_CASE("every model file has a row of derived values and every row a file")
{
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(Models))
    files.insert(entry.path().stem().string());
  std::set<std::string> rows;
  for (const Row& row : derived_values())
    rows.insert(row.model);
  CHECK(files.size() == 15);
  CHECK(files == rows);
}

TEST_CASE("parameters and cache bytes of every model are the derived ones")
{
  for (const Row& row : derived_values()) {
    INFO(row.model);
    const ModelSpec model = model_of(row.model);
    CHECK(attention_parameters(model) == row.attention);
    CHECK(expert_parameters(model) == row.expert);
    CHECK(kv_bytes_per_token_and_layer(model).count() == 2 * row.cached_values);
    CHECK(kv_bytes_per_token_and_layer(model).count() * model.layers == row.cached_bytes);
    CHECK(rounded_billions(static_cast<double>(total_parameters(model))) == Approx(row.total));
    CHECK(rounded_billions(static_cast<double>(active_parameters(model))) == Approx(row.active));
  }
}

TEST_CASE("a token does two FLOPs for every active parameter but those of the embedding")
{
  for (const Row& row : derived_values()) {
    INFO(row.model);
    const ModelSpec model = model_of(row.model);
    const auto active = static_cast<double>(active_parameters(model) - embedding_parameters(model));
    CHECK(token_flops(model) == Approx(2 * active).epsilon(1e-12));
  }
}

TEST_CASE("models with an indexer say where and why they are not modelled")
{
  for (const Row& row : derived_values()) {
    const ModelSpec model = model_of(row.model);
    const bool has_indexer = row.model == "deepseek-v3.2" || row.model == "glm-5";
    INFO(row.model);
    CHECK(model.not_modelled.empty() == !has_indexer);
    if (has_indexer) {
      CHECK_THAT(model.not_modelled, Catch::Contains(row.model + ".yaml:") &&
                                         Catch::Contains("model.attention.selection: the sparse-attention indexer"));
    }
  }
}

TEST_CASE("every model can be split over the dies of an NPU")
{
  for (const Row& row : derived_values()) {
    INFO(row.model);
    CHECK(tensor_problem(model_of(row.model), 2) == std::nullopt);
  }
}
