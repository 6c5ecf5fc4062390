#include "sim/config/written_value.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::sim::config;

namespace {

// Outcome of reading `text`, which stands in `file`: the evidence and source, or the problems.
std::string outcome(const std::string& text, const std::string& file = "configs/machines/x.yaml",
                    bool needs_evidence = true)
{
  ReadingLog log;
  const Value value = parse_text(file, text);
  const auto written = written_value(value, "a.b", "a time like \"1.9 us\"", needs_evidence, log);
  std::string all;
  for (const std::string& problem : log.problems)
    all += problem + "\n";
  CHECK(written.has_value() == all.empty());
  if (!written)
    return all;
  if (!written->provenance)
    return "none";
  CHECK(written->provenance->path == "a.b");
  CHECK(written->provenance->value == written->scalar->text);
  return written->scalar->text + "|" + std::string(to_text(written->provenance->evidence)) + "|" +
         written->provenance->source;
}

}  // namespace

TEST_CASE("a bare number is assumed where it stands")
{
  CHECK(outcome("2 us") == "2 us|assumed|set in configs/machines/x.yaml:1");
  CHECK(outcome("2", "configs/machines/x.yaml", false) == "none");
}

TEST_CASE("a number may carry its evidence")
{
  CHECK(outcome("{value: 2 us, evidence: measured, source: S 1}") == "2 us|measured|S 1");
  CHECK(outcome("{value: 2 us, evidence: calibrated, source: S 1}") == "2 us|calibrated|S 1");
  CHECK(outcome("{value: 2 us, assumed: as before}") == "2 us|assumed|as before");
  CHECK(outcome("{value: 2 us, evidence: assumed, assumed: as before}") == "2 us|assumed|as before");
  CHECK(outcome("{value: 2, evidence: derived, source: S}", "x", false) == "2|derived|S");
}

TEST_CASE("in a part file a bare number is refused")
{
  CHECK_THAT(outcome("2 us", "configs/parts/ub.yaml"),
             Catch::StartsWith("configs/parts/ub.yaml:1:1: a.b: expected a source, like {value: 2 us, ") &&
                 Catch::Contains("assumed: \"reason\"}, found bare \"2 us\""));
  CHECK_THAT(outcome("2 us", "/x/parts/deep/ub.yaml"), Catch::Contains("found bare"));
  CHECK(outcome("2 us", "spare_parts/ub.yaml") == "2 us|assumed|set in spare_parts/ub.yaml:1");
  CHECK(outcome("2", "configs/parts/ub.yaml", false) == "none");
  CHECK(outcome("{value: 2 us, assumed: why}", "configs/parts/ub.yaml") == "2 us|assumed|why");
}

TEST_CASE("evidence that is incomplete or contradicts itself is refused")
{
  CHECK_THAT(outcome("{value: 2 us, source: S}"),
             Catch::Contains("a.b.evidence: expected one of measured, published, derived, calibrated, assumed"));
  CHECK_THAT(outcome("{value: 2 us, evidence: guessed, source: S}"), Catch::Contains("found \"guessed\""));
  CHECK_THAT(outcome("{value: 2 us, evidence: published}"), Catch::Contains("expected the document"));
  CHECK_THAT(outcome("{value: 2 us, evidence: assumed}"), Catch::Contains("expected the reason"));
  CHECK_THAT(outcome("{value: 2 us, evidence: published, assumed: x}"),
             Catch::Contains("expected the key source for a number that is published, found the key assumed"));
  CHECK_THAT(outcome("{value: 2 us, assumed: x, source: S}"), Catch::Contains("found the key source"));
  CHECK_THAT(outcome("{value: 2 us, assumed: }"), Catch::Contains("a.b.assumed: expected some text, found nothing"));
  CHECK_THAT(outcome("{value: 2 us, assumed: ''}"), Catch::Contains("expected some text, found \"\""));
}

TEST_CASE("a range has two ends in one unit")
{
  CHECK_THAT(outcome("{value: 60 us, assumed: x, range: [50 us, 1 ms]}"),
             Catch::Contains("range: expected two values in one unit like [1 us, 2 us], found [50 us, 1 ms]"));
  CHECK_THAT(outcome("{value: 60 us, assumed: x, range: [50 us]}"), Catch::Contains("range: expected a list of two"));
  CHECK_THAT(outcome("{value: 60 us, assumed: x, range: [50us, 100 us]}"), !Catch::Contains("range"));
}

TEST_CASE("a map without a value or with other keys is refused")
{
  CHECK_THAT(outcome("{evidence: published, source: S}"),
             Catch::Contains("\"1.9 us\" below \"value:\", found nothing"));
  CHECK_THAT(outcome("{value: [2], assumed: x}"), Catch::Contains("found a list"));
  CHECK_THAT(outcome("{value: 2 us, assumed: x, soruce: S}"),
             Catch::Contains("unknown key \"soruce\"; did you mean \"source\"?"));
  CHECK_THAT(outcome("{x: 2}"), Catch::Contains("expected a time like \"1.9 us\", found a map"));
  CHECK_THAT(outcome("[2]"), Catch::Contains("found a list"));
  CHECK_THAT(outcome("~"), Catch::Contains("found nothing"));
}
