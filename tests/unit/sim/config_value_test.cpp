#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"

#include <catch2/catch.hpp>

#include <string>

using cm::ConfigError;
using cm::tests::TemporaryFolder;
using namespace cm::sim::config;

TEST_CASE("a tree keeps the position of every key and value")
{
  const Value root = parse_text("f.yaml", "a: 1\nb:\n  c: 28 GB/s\n  d: [x, {e: 'y z'}]\n");
  REQUIRE(root.kind == Value::Kind::Map);
  REQUIRE(root.entries.size() == 2);
  CHECK(to_text(root.entries[1].key_position) == "f.yaml:2:1");
  const Value* b = root.find("b");
  CHECK(to_text(b->position) == "f.yaml:3:3");
  CHECK(b->find("c")->text == "28 GB/s");
  CHECK(to_text(b->find("c")->position) == "f.yaml:3:6");
  const Value* d = b->find("d");
  REQUIRE(d->kind == Value::Kind::List);
  CHECK(to_text(d->items.at(1).find("e")->position) == "f.yaml:4:14");
  CHECK(d->items.at(1).find("e")->text == "y z");
}

TEST_CASE("scalars stay as written")
{
  const Value root = parse_text("f", "a: 010\nb: yes\nc: 1e3\nd: \"null\"\ne: 1_000\n");
  CHECK(root.find("a")->text == "010");
  CHECK(root.find("b")->text == "yes");
  CHECK(root.find("c")->text == "1e3");
  CHECK(root.find("d")->kind == Value::Kind::Scalar);
  CHECK(root.find("e")->text == "1_000");
}

TEST_CASE("nothing after a key is null at the position of the key")
{
  const Value root = parse_text("f", "a:\nb: ~\nc: null\n");
  for (const char* key : {"a", "b", "c"})
    CHECK(root.find(key)->kind == Value::Kind::Null);
  CHECK(to_text(root.find("a")->position) == "f:1:1");
  CHECK(parse_text("f", "").kind == Value::Kind::Null);
}

TEST_CASE("a value from the command line needs no map around it")
{
  CHECK(parse_text("--set", "14 GB/s").text == "14 GB/s");
  CHECK(parse_text("--set", "[1, 2]").items.size() == 2);
}

TEST_CASE("a key that stands twice is refused with both positions")
{
  CHECK_THROWS_WITH(parse_text("f", "a: 1\nb: 2\na: 3\n"),
                    "f:3:1: expected each key once, found \"a\" again (first at f:1:1)");
  CHECK_THROWS_AS(parse_text("f", "l:\n  - {x: 1, x: 1}\n"), ConfigError);
}

TEST_CASE("what a configuration has no use for is refused where it stands")
{
  CHECK_THROWS_WITH(parse_text("f", "a: &x 1\nb: *x\n"), Catch::StartsWith("f:1:4: ") && Catch::Contains("anchor"));
  CHECK_THROWS_WITH(parse_text("f", "<<: {a: 1}\n"), Catch::StartsWith("f:1:1: ") && Catch::Contains("merge keys"));
  CHECK_THROWS_WITH(parse_text("f", "a: !!str 1\n"), Catch::StartsWith("f:1:4: ") && Catch::Contains("tag"));
  CHECK_THROWS_WITH(parse_text("f", "a: 1\n---\nb: 2\n"), "f:2:1: expected one YAML document, found a second one");
  CHECK_THROWS_WITH(parse_text("f", "? [1, 2]\n: 3\n"), Catch::Contains("expected a word as the key, found a list"));
  CHECK_THROWS_WITH(parse_text("f", ": 3\n"), Catch::Contains("expected a word as the key, found nothing"));
}

TEST_CASE("a mistake in the YAML is reported where it is")
{
  CHECK_THROWS_WITH(parse_text("f", "a: 1\nb: [1, 2\n"), Catch::StartsWith("f:3:1: expected YAML"));
  CHECK_THROWS_WITH(parse_text("f", "a: 1\n  b: 2\n"), Catch::StartsWith("f:2:4: expected YAML"));
  CHECK_THROWS_WITH(parse_text("f", "a: @x\n"), Catch::StartsWith("f:1:4: expected YAML"));
  CHECK_THROWS_WITH(parse_text("f", "a: *x\n"), Catch::StartsWith("f:1:4: expected YAML"));
}

TEST_CASE("a quote that is never closed is refused where it opens")
{
  CHECK_THROWS_WITH(parse_text("f", "a: 'x\n"), "f:1:4: expected a closing quote, found the end of the text");
  CHECK_THROWS_WITH(parse_text("f", "a: \"x\\\"\n"), "f:1:4: expected a closing quote, found the end of the text");
  CHECK_THROWS_WITH(parse_text("f", "\xef\xbb\xbf'x\n"), Catch::Contains("closing quote"));
  CHECK(parse_text("f", "a: 'it''s'").find("a")->text == "it's");
  CHECK(parse_text("f", "a: |\n  don't\n").find("a")->text == "don't\n");
}

TEST_CASE("nesting is limited and a bomb is harmless")
{
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i)
      text += "- ";
    return text + "x";
  };
  CHECK_NOTHROW(parse_text("f", nested(64)));
  CHECK_THROWS_WITH(parse_text("f", nested(65)), "f:1:129: expected at most 64 levels of nesting, found more");
  CHECK_THROWS_AS(parse_text("f", nested(100'000)), ConfigError);
  CHECK_THROWS_AS(parse_text("f", std::string(100'000, '[')), ConfigError);
  CHECK_THROWS_AS(parse_text("f", std::string(100'000, '{')), ConfigError);
}

TEST_CASE("a file is read with the name that the user typed in its positions")
{
  const TemporaryFolder folder;
  const std::string path = folder.with("a.yaml", "\xef\xbb\xbf"
                                                 "a: 1\r\nb: \u00e9\r\n");
  const Value root = load_file(path);
  CHECK(root.find("a")->text == "1");
  CHECK(root.find("b")->text == "\u00e9");
  CHECK(to_text(root.find("b")->position) == path + ":2:4");
}

TEST_CASE("what is no readable file of keys is refused")
{
  const TemporaryFolder folder;
  const auto load = [&](const std::string& content) { return load_file(folder.with("x.yaml", content)); };
  const std::string at = folder.file("x.yaml");
  CHECK_THROWS_WITH(load_file(folder.file("absent.yaml")),
                    Catch::StartsWith(folder.file("absent.yaml") + ":1:1: expected a readable file, found none"));
  CHECK_THROWS_WITH(load_file(folder.path().string()), Catch::Contains("expected a file, found a directory"));
  CHECK_THROWS_WITH(load(""), Catch::StartsWith(at + ":1:1: ") && Catch::Contains("found an empty file"));
  CHECK_THROWS_WITH(load("# nothing\n\n"), Catch::Contains("found an empty file"));
  CHECK_THROWS_WITH(load("- 1\n"), Catch::StartsWith(at + ":1:1: ") && Catch::Contains("found a list"));
  CHECK_THROWS_WITH(load("5\n"), Catch::Contains("found a single value"));
  CHECK_THROWS_WITH(load(std::string("a: 1\n\0", 6)), Catch::StartsWith(at + ":2:1: ") && Catch::Contains("0x00"));
  CHECK_THROWS_WITH(load("a: \xff\n"), Catch::StartsWith(at + ":1:4: ") && Catch::Contains("0xff"));
}

TEST_CASE("a file that is too large is refused before it is parsed")
{
  const TemporaryFolder folder;
  const std::string comment = "#" + std::string((std::size_t{16} << 20U), 'x');
  CHECK_THROWS_WITH(load_file(folder.with("x.yaml", comment)), Catch::Contains("at most 16 MiB"));
}
