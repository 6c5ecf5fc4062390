// Explanation of a key by `cmsim explain`, from a catalogue of a few keys made here.
#include "sim/diagnostics/errors.h"
#include "tools/schema/explanation.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::tools;
using cm::sim::config::Declaration;
using cm::sim::config::Evidence;

namespace {

CatalogueKey key(Declaration declaration)
{
  CatalogueKey key;
  key.declarations.push_back(std::move(declaration));
  key.readings = 1;
  return key;
}

Declaration declared(const std::string& type, const std::string& sentence)
{
  Declaration declaration;
  declaration.type = type;
  declaration.sentence = sentence;
  return declaration;
}

KeyCatalogue catalogue()
{
  KeyCatalogue catalogue;
  Declaration mtu = declared("size", "payload of a packet");
  mtu.required = true;
  mtu.minimum = 64;
  mtu.maximum = 1048576;
  catalogue.machine["ub.mtu"] = key(mtu);
  Declaration chunk = declared("time", "longest wait");
  chunk.minimum = 1e-6;
  chunk.default_text = "5 us";
  catalogue.workloads["ep"]["wait"] = key(chunk);
  Declaration experts = declared("choice", "how experts are placed");
  experts.choices = {"auto", "none"};
  catalogue.workloads["ep"]["experts"] = key(experts);
  catalogue.workloads["decode"]["experts"] = key(experts);
  catalogue.workloads["decode"]["experts.redundant"] = key(declared("integer", "copies beyond the first"));
  catalogue.numbers.push_back(
      {.file = "machines/a", .provenance = {"machine.ub.mtu", "8 KiB", Evidence::Published, "a table"}});
  catalogue.numbers.push_back(
      {.file = "machines/b", .provenance = {"machine.ub.lanes", "7", Evidence::Assumed, "a guess"}});
  return catalogue;
}

}  // namespace

TEST_CASE("a key is told with type, range, whether it must be there, and its shipped values")
{
  const std::string text = explanation(catalogue(), "machine.ub.mtu");
  CHECK_THAT(text, Catch::StartsWith("machine.ub.mtu"));
  CHECK_THAT(text, Catch::Contains("\n  payload of a packet\n"
                                   "  value: size with its unit, like 64 GiB, 64 B to 1 MiB\n"
                                   "  required\n"
                                   "  machines/a: 8 KiB, published: a table\n"));
  // Numbers of other keys are theirs.
  CHECK(text.find("a guess") == std::string::npos);
}

TEST_CASE("the end of a path finds the key, and a part of a word does not")
{
  CHECK(explanation(catalogue(), "mtu") == explanation(catalogue(), "machine.ub.mtu"));
  CHECK(explanation(catalogue(), "ub.mtu") == explanation(catalogue(), "machine.ub.mtu"));
  CHECK_THROWS_AS(explanation(catalogue(), "tu"), cm::ConfigError);
}

TEST_CASE("a default and a range with one end are told in units")
{
  CHECK(explanation(catalogue(), "workload.wait") == "workload.wait (ep)\n"
                                                     "  longest wait\n"
                                                     "  value: time with its unit, like 1.9 us, at least 1 us\n"
                                                     "  default: 5 us\n");
}

TEST_CASE("a key of several workloads is told once, with the keys of the map that may stand for it")
{
  CHECK(explanation(catalogue(), "workload.experts") == "workload.experts (decode, ep)\n"
                                                        "  how experts are placed\n"
                                                        "  value: one of auto, none\n"
                                                        "  keys:  redundant\n"
                                                        "  optional\n");
}

TEST_CASE("words of a choice that have sentences are listed with them")
{
  KeyCatalogue with_rows = catalogue();
  Declaration router = declared("choice", "how it goes");
  router.default_text = "far";
  router.choices = {"near", "far"};
  router.choice_sentences = {"to the nearest", "to the farthest"};
  with_rows.workloads["ep"]["router"] = key(router);
  CHECK(explanation(with_rows, "workload.router") == "workload.router (ep)\n"
                                                     "  how it goes\n"
                                                     "  value: one of near, far\n"
                                                     "    near: to the nearest\n"
                                                     "    far: to the farthest\n"
                                                     "  default: far\n");
}

TEST_CASE("a name that is nothing is answered with the nearest that is")
{
  try {
    explanation(catalogue(), "machine.ub.mtuu");
    FAIL("it was explained");
  } catch (const cm::ConfigError& error) {
    CHECK_THAT(error.what(), Catch::Contains("unknown key or metric \"machine.ub.mtuu\"; did you mean "
                                             "\"machine.ub.mtu\"?"));
  }
  try {
    explanation(catalogue(), "zzzzzzzzzzzzzzzz");
    FAIL("it was explained");
  } catch (const cm::ConfigError& error) {
    CHECK_THAT(error.what(), Catch::Contains("keys are written like machine.ub.mtu"));
  }
}

TEST_CASE("a metric stands behind keys of its name, and longer names on the last line")
{
  CHECK_THAT(explanation(catalogue(), "tpot_ms"), Catch::StartsWith("tpot_ms ("));
  CHECK_THAT(explanation(catalogue(), "kv_access_us"), Catch::Contains("histogram of kv"));
  KeyCatalogue with_key = catalogue();
  with_key.workloads["ep"]["tpot"] = key(declared("time", "a level"));
  const std::string text = explanation(with_key, "tpot");
  CHECK_THAT(text, Catch::StartsWith("workload.tpot (ep)"));
  CHECK_THAT(text, Catch::Contains("\nalso metrics: tpot_ms"));
}

TEST_CASE("an explanation lists the words of a choice, each with its sentence where it has one")
{
  KeyCatalogue catalogue;
  Declaration declaration;
  declaration.path = "way";
  declaration.type = "choice";
  declaration.sentence = "how it goes";
  declaration.default_text = "far";
  declaration.choices = {"near", "far"};
  catalogue.workloads["serving"]["way"] = {{declaration}, 1};
  CHECK(explanation(catalogue, "workload.way") == "workload.way (serving)\n"
                                                  "  how it goes\n"
                                                  "  value: one of near, far\n"
                                                  "  default: far\n");
  declaration.choice_sentences = {"to the nearest", "to the farthest"};
  catalogue.workloads["serving"]["way"] = {{declaration}, 1};
  CHECK(explanation(catalogue, "workload.way") == "workload.way (serving)\n"
                                                  "  how it goes\n"
                                                  "  value: one of near, far\n"
                                                  "    near: to the nearest\n"
                                                  "    far: to the farthest\n"
                                                  "  default: far\n");
}

TEST_CASE("a key of a network listed by its role is explained as that of its plane")
{
  CHECK(explanation(catalogue(), "machine.fabrics.scale_up.mtu") == explanation(catalogue(), "machine.ub.mtu"));
}
