#include "tools/scenario/changes.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::canonical_text;
using cm::sim::config::parse_text;
using cm::sim::config::ReadingLog;
using cm::sim::config::Value;

namespace {

std::vector<std::string> paths(const std::vector<Change>& changes)
{
  std::vector<std::string> texts;
  for (const Change& change : changes)
    texts.push_back(change.path + "=" + canonical_text(change.value));
  return texts;
}

std::vector<std::string> overrides(const std::string& text, ReadingLog& log)
{
  return paths(changes_of_overrides(parse_text("f", text), log));
}

std::vector<std::string> sets(const std::vector<std::string>& texts, ReadingLog& log)
{
  return paths(changes_of_sets(texts, log));
}

}  // namespace

TEST_CASE("override keys may be nested, dotted or both")
{
  ReadingLog log;
  const std::vector<std::string> expected{"machine.ub.width=\"5\""};
  CHECK(overrides("{machine: {ub: {width: 5}}}", log) == expected);
  CHECK(overrides("{machine.ub.width: 5}", log) == expected);
  CHECK(overrides("{machine.ub: {width: 5}}", log) == expected);
  CHECK(overrides("{machine: {ub.width: 5}}", log) == expected);
  CHECK(log.problems.empty());
}

TEST_CASE("a number with its evidence is one change")
{
  ReadingLog log;
  CHECK(overrides("{machine.rate: {value: 5, assumed: why}}", log).size() == 1);
  CHECK(log.problems.empty());
}

TEST_CASE("an override of neither machine nor model is refused")
{
  ReadingLog log;
  CHECK(overrides("{workload.ep: 5, machine: 3, machines.x: 1}", log).empty());
  REQUIRE(log.problems.size() == 3);
  CHECK(log.problems[0] == "f:1:2: overrides: expected a key of the machine or the model, like machine.nodes, "
                           "found \"workload.ep\"");
  CHECK(log.problems[1] == "f:1:27: overrides.machine: expected a map of keys, found \"3\"");
}

TEST_CASE("an override that is given twice in two spellings is refused")
{
  ReadingLog log;
  overrides("{machine.ub.width: 5, machine: {ub: {width: 6}}}", log);
  CHECK(log.problems ==
        std::vector<std::string>{"f:1:38: machine.ub.width: expected each key once, found it again (first at f:1:2)"});
}

TEST_CASE("the value of a set is YAML")
{
  ReadingLog log;
  CHECK(
      sets({"a.b=14 GB/s", "c=\"x=y\"", "d={e: 1, f: {g: die:17}}", "h="}, log) ==
      std::vector<std::string>{"a.b=\"14 GB/s\"", "c=\"x=y\"", "d={\"e\":\"1\",\"f\":{\"g\":\"die:17\",},}", "h=null"});
  CHECK(log.problems.empty());
}

TEST_CASE("a bracket that is not closed is told as that")
{
  ReadingLog log;
  CHECK(sets({"workload.a=[1, 2", "workload.b={c: [1]", "workload.d={e: \"}\"", "workload.f='[1'", "workload.g=x[1",
              "workload.h=[\"]\"]"},
             log)
            .size() == 3);
  CHECK(
      log.problems ==
      std::vector<std::string>{
          "--set workload.a:1:1: workload.a: expected a \"]\" that closes the \"[\", found the end of \"[1, 2\"",
          "--set workload.b:1:1: workload.b: expected a \"}\" that closes the \"{\", found the end of \"{c: [1]\"",
          "--set workload.d:1:1: workload.d: expected a \"}\" that closes the \"{\", found the end of \"{e: \"}\"\""});
}

TEST_CASE("a map that is set replaces what was there, and one that is added is laid over it")
{
  const auto applied = [](const std::vector<std::string>& texts) {
    ReadingLog log;
    Value tree = parse_text("f", "{experts: {redundant: 32, shared_copies: 32}}");
    for (const Change& change : changes_of_sets(texts, log))
      apply(tree, change.path, change);
    CHECK(log.problems.empty());
    return canonical_text(*tree.find("experts"));
  };
  CHECK(applied({"experts={redundant: 1}"}) == canonical_text(parse_text("g", "{redundant: 1}")));
  CHECK(applied({"experts={}"}) == canonical_text(parse_text("g", "{}")));
  CHECK(applied({"experts+={redundant: 1}"}) == canonical_text(parse_text("g", "{redundant: 1, shared_copies: 32}")));
  CHECK(applied({"experts={a.b: 1}", "experts+={a: {c: 2}}"}) == canonical_text(parse_text("g", "{a: {b: 1, c: 2}}")));
}

TEST_CASE("only a map with keys can be added")
{
  ReadingLog log;
  CHECK(sets({"a+=5", "b+=[1]", "c+={}", "d+={value: 1, assumed: why}", "+={e: 1}", "f={g.h: 1, g: {h: 2}}"}, log)
            .size() == 1);
  REQUIRE(log.problems.size() == 6);
  CHECK(log.problems[0] == "--set a:1:1: a: expected a map after +=, whose keys are added, found \"5\"");
  CHECK(log.problems[1] == "--set b:1:1: b: expected a map after +=, whose keys are added, found a list");
  CHECK(log.problems[2] == "--set c:1:1: c: expected keys, found an empty map");
  CHECK(log.problems[4] == "--set :1:1: expected key=value, found \"+={e: 1}\"");
  CHECK_THAT(log.problems[5], Catch::Contains("f.g.h: expected each key once, found it again"));
}

TEST_CASE("a section that is replaced forgets what was changed in it before")
{
  ReadingLog log;
  std::vector<Change> changes = changes_of_sets({"a.b=1", "c=2", "a={d: 3}", "a.e=4"}, log);
  drop_replaced(changes);
  CHECK(paths(changes) == std::vector<std::string>{"c=\"2\"", "a={\"d\":\"3\",}", "a.e=\"4\""});
}

TEST_CASE("what is wrong with sets is reported together")
{
  ReadingLog log;
  CHECK(sets({"a", "=1", "a..b=1", ".a=1", "a.=1", "a={b"}, log).empty());
  REQUIRE(log.problems.size() == 6);
  CHECK(log.problems[0] == "--set a:1:1: expected key=value, found \"a\"");
  CHECK(log.problems[2] == "--set a..b:1:1: expected a path like workload.ep, found \"a..b\"");
}

TEST_CASE("a change creates the maps on its way and replaces what is no map")
{
  ReadingLog log;
  Value tree = parse_text("f", "{a: 1, n: {value: 1, assumed: why}}");
  for (const Change& change : changes_of_sets({"a.b=2", "c.d=3", "n.value=4"}, log))
    apply(tree, change.path, change);
  CHECK(canonical_text(tree) == canonical_text(parse_text("g", "{a: {b: 2}, c: {d: 3}, n: {value: 4}}")));
}

TEST_CASE("a changed number is an assumption that says where it was made")
{
  ReadingLog log;
  Value tree = parse_text("f", "{a: {value: 1, evidence: published, source: paper}, word: x, section: {b: 1}}");
  for (const Change& change :
       changes_of_sets({"a=2 GB/s", "word=y", "section=5", "fresh=-1", "map={n: 6, w: x, part: 910c}"}, log))
    apply_as_assumed(tree, change.path, change);
  for (const Change& change : changes_of_overrides(parse_text("s.yaml", "\nmachine.c: 7"), log))
    apply_as_assumed(tree, path_below(change.path, "machine"), change);
  CHECK(canonical_text(tree) == canonical_text(parse_text("g", R"(
a: {value: 2 GB/s, assumed: "set by --set a"}
word: y
section: 5
fresh: {value: -1, assumed: "set by --set fresh"}
map: {n: {value: 6, assumed: "set by --set map"}, w: x, part: 910c}
c: {value: 7, assumed: "set in s.yaml:2"}
)")));
}

TEST_CASE("a path is below a section only by whole steps")
{
  CHECK(path_below("machine.ub.x", "machine") == "ub.x");
  CHECK(path_below("machine", "machine").empty());
  CHECK(path_below("machines.x", "machine").empty());
  CHECK(path_below("model.x", "machine").empty());
}

TEST_CASE("a setting of a file keeps its place as an argument, whatever the file and the value are called")
{
  for (const PlacedSetting& setting : {PlacedSetting{"workload.ep=64", {"fit.yaml", 4, 5}},
                                       PlacedSetting{"workload.trace=a:b=c.jsonl", {"a folder/x:1:y=z.yaml", 12, 1}}}) {
    const auto read = setting_of_argument(to_argument(setting));
    REQUIRE(read);
    CHECK(read->text == setting.text);
    CHECK(read->place.file == setting.place.file);
    CHECK(read->place.line == setting.place.line);
    CHECK(read->place.column == setting.place.column);
  }
  for (const char* text : {"", "4:5:a=1:f", "4:5:99:a=1:f", "4:5:3:a=1", "4:5:-3:a=1:f", "x:5:3:a=1:f"})
    CHECK_FALSE(setting_of_argument(text));
}

TEST_CASE("what is wrong with a setting of a file is told at its place")
{
  ReadingLog log;
  const std::vector<Change> changes = changes_of_settings({{"workload.ep=8", {"fit.yaml", 4, 5}},
                                                           {"machine.ub={a: 1}", {"t.csv", 3, 1}},
                                                           {"a", {"t.csv", 7, 1}},
                                                           {"b={", {"t.csv", 8, 1}}},
                                                          log);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].path == "workload.ep");
  CHECK(to_text(changes[0].value.position) == "fit.yaml:4:5");
  CHECK_FALSE(is_from_command_line(changes[0].value.position));
  CHECK(changes[1].path == "machine.ub");
  CHECK(to_text(changes[1].value.position) == "t.csv:3:1");
  CHECK(log.problems ==
        std::vector<std::string>{"t.csv:7:1: expected key=value, found \"a\"",
                                 "t.csv:8:1: b: expected a \"}\" that closes the \"{\", found the end of \"{\""});
}
