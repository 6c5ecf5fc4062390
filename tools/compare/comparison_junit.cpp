// JUnit XML as Jenkins, GitLab and GitHub's report actions read it: testsuites, testsuite, testcase, failure.
#include "tools/compare/comparison_format.h"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

namespace cm::tools {
namespace {

// XML knows no other control characters than these three, not even escaped.
bool is_control(char letter)
{
  return static_cast<unsigned char>(letter) < 0x20 && letter != '\n' && letter != '\t' && letter != '\r';
}

std::string escaped(const std::string& text)
{
  std::string safe;
  for (const char letter : text)
    switch (letter) {
    case '&': safe += "&amp;"; break;
    case '<': safe += "&lt;"; break;
    case '>': safe += "&gt;"; break;
    case '"': safe += "&quot;"; break;
    case '\n': safe += "&#10;"; break;
    default: safe += is_control(letter) ? '?' : letter;
    }
  return safe;
}

std::string name_of(const ComparedPoint& point)
{
  return escaped(point.label.empty() ? "result" : point.label);
}

struct TestCase {
  std::string name;
  Verdict verdict = Verdict::Equal;
  std::string message;  // of a failure
};

// Behind a number; of a share or a ratio there is none to say.
std::string unit_text(const std::string& unit)
{
  return unit.empty() || unit == "1" ? std::string() : " " + unit;
}

std::vector<TestCase> cases_of(const ComparedPoint& point)
{
  std::vector<TestCase> cases;
  if (point.metrics.empty())
    cases.push_back({"point", point.verdict, fmt::format("{}: {}", to_text(point.verdict), point.reason)});
  for (const ComparedMetric& metric : point.metrics) {
    const std::vector<std::string> cells = metric_cells(metric);
    cases.push_back(
        {metric.name, metric.verdict,
         fmt::format("{}: {}{}, was {} ({}, tolerance {}){}", cells[6], cells[2], unit_text(metric.unit), cells[1],
                     cells[4], cells[5], metric.cause.empty() ? "" : "; cause: " + metric.cause)});
  }
  return cases;
}

struct Suite {
  std::string text;
  std::size_t tests = 0;
  std::size_t failures = 0;
};

// Properties of a suite: the inputs that its two sides differ in.
std::string properties_of(const std::vector<InputChange>& common, const std::vector<InputChange>& own)
{
  std::string text;
  for (const auto* inputs : {&common, &own})
    for (const InputChange& change : *inputs) {
      const std::vector<std::string> cells = input_cells(change);
      text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", escaped(cells[0]),
                          escaped(fmt::format("{}, was {}", cells[2], cells[1])));
    }
  return text.empty() ? text : fmt::format("    <properties>\n{}    </properties>\n", text);
}

Suite suite_of(const ComparedPoint& point, const std::vector<InputChange>& common)
{
  Suite suite;
  std::string cases = properties_of(common, point.inputs);
  for (const TestCase& each : cases_of(point)) {
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", name_of(point), escaped(each.name));
    ++suite.tests;
    if (is_regression(each.verdict)) {
      ++suite.failures;
      cases += fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", escaped(each.message));
    } else {
      cases += "/>\n";
    }
  }
  suite.text = fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n", name_of(point),
                           suite.tests, suite.failures, cases);
  return suite;
}

}  // namespace

std::string comparison_junit(const Comparison& comparison)
{
  Suite all;
  for (const ComparedPoint& point : comparison.points) {
    const Suite suite = suite_of(point, comparison.inputs);
    all.tests += suite.tests;
    all.failures += suite.failures;
    all.text += suite.text;
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<testsuites name=\"cmsim compare\" tests=\"{}\" failures=\"{}\">\n{}</testsuites>\n",
                     all.tests, all.failures, all.text);
}

}  // namespace cm::tools
