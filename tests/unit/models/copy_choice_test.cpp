// The copies that `experts: auto` takes: the published deployments, and every shipped model on any number of ranks.
#include "models/experts/copy_choice.h"
#include "models/language_models/architecture.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;

namespace {

CopyQuestion deepseek(std::uint32_t ranks)
{
  return {.ranks = ranks, .routed = 256, .top_k = 8, .shared_experts = 1};
}

CopyQuestion question_of(const ModelSpec& model, std::uint32_t ranks)
{
  return {.ranks = ranks,
          .routed = static_cast<std::uint32_t>(model.routed_experts),
          .top_k = static_cast<std::uint32_t>(model.top_k),
          .shared_experts = static_cast<std::uint32_t>(model.shared_experts)};
}

std::vector<ModelSpec> shipped_models()
{
  std::vector<ModelSpec> models;
  for (const auto& file : std::filesystem::directory_iterator(CM_SOURCE_DIR "/configs/models")) {
    const sim::config::Value value = sim::config::load_file(file.path().string());
    sim::config::ReadingLog log;
    sim::config::Reader reader(value, "model", log);
    models.push_back(read_model(reader));
    REQUIRE(log.problems.empty());
  }
  return models;
}

std::uint32_t slots_of_rank(const CopyQuestion& question, const CopyNumbers& copies)
{
  return (question.routed + copies.redundant + copies.shared) / question.ranks;
}

// Everything that the rule promises, of one choice.
bool keeps_the_rule(const CopyQuestion& q, const CopyNumbers& copies)
{
  const std::uint32_t eighth = (q.routed + 7) / 8;
  if ((q.routed + copies.redundant + copies.shared) % q.ranks != 0)
    return false;
  if (q.shared_experts == 0 ? copies.shared != 0 : copies.shared < 1 || copies.shared > q.ranks)
    return false;
  // Without the eighth only to save more than a third of the slots.
  if (copies.redundant < eighth) {
    const std::uint32_t with_eighth = (q.routed + copies.shared + eighth + q.ranks - 1) / q.ranks;
    if (3 * with_eighth <= 4 * slots_of_rank(q, copies))
      return false;
  }
  if (q.shared_experts == 0 || copies.shared == q.ranks)
    return true;
  // Rows of the fullest copy, each once for every shared expert, beside those of a routed expert under an even load.
  const std::uint32_t served = (q.ranks + copies.shared - 1) / copies.shared;
  return served * q.shared_experts * q.routed <= q.ranks * q.top_k;
}

}  // namespace

TEST_CASE("the published deployments of DeepSeek-R1 come out of the rule")
{
  // One slot a die at EP320 (arXiv:2506.12708v2 5.1), three a GPU at EP144 (DeepSeek on H800), ten a die at EP32.
  CHECK(choose_copies(deepseek(320)) == CopyNumbers{32, 32});
  CHECK(choose_copies(deepseek(144)) == CopyNumbers{32, 144});
  CHECK(choose_copies(deepseek(32)) == CopyNumbers{32, 32});
  // Prefill has its shared experts beside the slots: eight routed experts and a redundant one a die.
  CHECK(choose_copies({.ranks = 32, .routed = 256, .top_k = 8}) == CopyNumbers{32, 0});
}

TEST_CASE("other numbers of ranks get copies that make sense")
{
  const auto [ranks, expected] = GENERATE(table<std::uint32_t, CopyNumbers>({
      {8, {32, 8}},
      {16, {32, 16}},
      {64, {32, 32}},
      {96, {32, 96}},
      {128, {96, 32}},
      {160, {32, 32}},
      {256, {224, 32}},
      // A second slot on every rank for redundant copies alone would double the weights.
      {288, {0, 32}},
      {384, {96, 32}},
  }));
  CAPTURE(ranks);
  CHECK(choose_copies(deepseek(ranks)) == expected);
}

TEST_CASE("a model without shared experts gets redundant copies alone")
{
  // Mixtral: an expert a die, not two.
  CHECK(choose_copies({.ranks = 8, .routed = 8, .top_k = 2}) == CopyNumbers{0, 0});
  CHECK(choose_copies({.ranks = 16, .routed = 128, .top_k = 8}) == CopyNumbers{16, 0});
  CHECK(choose_copies({.ranks = 144, .routed = 128, .top_k = 8}) == CopyNumbers{16, 0});
}

TEST_CASE("what is given stays, and the rest makes the slots divide")
{
  CopyQuestion question = deepseek(320);
  question.shared_copies = 64;
  CHECK(choose_copies(question) == CopyNumbers{0, 64});
  question = deepseek(300);
  question.redundant = 32;
  CHECK(choose_copies(question) == CopyNumbers{32, 12});
  question = deepseek(288);
  question.redundant = 32;
  CHECK(choose_copies(question) == CopyNumbers{32, 288});
  question.shared_copies = 7;
  CHECK(choose_copies(question) == CopyNumbers{32, 7});
  CHECK(choose_copies({.ranks = 0, .routed = 256, .top_k = 8}) == CopyNumbers{0, 0});
  CHECK(choose_copies({.ranks = 8}) == CopyNumbers{0, 0});
}

TEST_CASE("the rule holds for every shipped model on any number of ranks")
{
  const std::vector<ModelSpec> models = shipped_models();
  REQUIRE(models.size() == 15);
  for (const ModelSpec& model : models)
    for (std::uint32_t ranks = 2; ranks <= 768; ++ranks) {
      const CopyQuestion question = question_of(model, ranks);
      const CopyNumbers copies = choose_copies(question);
      INFO(model.name << " on " << ranks << ": " << copies.redundant << " and " << copies.shared);
      if (!model.has_experts())
        REQUIRE(copies == CopyNumbers{0, 0});
      else
        REQUIRE(keeps_the_rule(question, copies));
    }
}

TEST_CASE("the nearest number of redundant copies makes the slots divide")
{
  CHECK(nearest_redundant({.ranks = 300, .routed = 256, .redundant = 32, .shared_copies = 32}) == 12);
  CHECK(nearest_redundant({.ranks = 330, .routed = 256, .redundant = 32, .shared_copies = 32}) == 42);
  CHECK(nearest_redundant({.ranks = 320, .routed = 256, .redundant = 32, .shared_copies = 32}) == 32);
  CHECK(nearest_redundant({.ranks = 7, .routed = 8}) == 6);
}
