#include "tools/schema/explanation.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::tools;

TEST_CASE("an explanation lists the words of a choice, each with its sentence where it has one")
{
  KeyCatalogue catalogue;
  sim::config::Declaration declaration;
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
