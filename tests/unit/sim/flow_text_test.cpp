#include "sim/config/flow_text.h"

#include <catch2/catch.hpp>

using namespace cm::sim::config;

TEST_CASE("a tree is written on one line")
{
  CHECK(flow_text(parse_text("f", "[a, [b], {c: }]")) == "[a, [b], {c: }]");
  CHECK(flow_text(parse_text("f", "64 GiB")) == "64 GiB");
  CHECK(flow_text(parse_text("f", "\"a: b\"")) == "a: b");
  CHECK(flow_text(parse_text("f", "{\"a: b\": \"\", d: ['x, y', die:17]}")) ==
        "{\"a: b\": \"\", d: [\"x, y\", die:17]}");
}

TEST_CASE("a tree is read back from its one line")
{
  for (const char* const text : {"8",
                                 "",
                                 "\"\"",
                                 "\"a: b\"",
                                 "\"null\"",
                                 "'#x'",
                                 "\"x #y\"",
                                 "\" padded \"",
                                 "\"two\\nlines\\t\\x01\"",
                                 "'it''s \"quoted\" \\ here'",
                                 "die:17",
                                 "-1",
                                 "\"-\"",
                                 "\"- a\"",
                                 "[]",
                                 "{}",
                                 "[1, '2, 3', {a: {b: }}]",
                                 "\"{a}\"",
                                 "\"key:\"",
                                 "2 %",
                                 "\"% of\"",
                                 "@home/x",
                                 "{value: 28 GB/s, source: \"Fig. 5: a, b\"}"}) {
    const std::string written = std::string(text).starts_with("@") ? "\"" + std::string(text) + "\"" : text;
    const Value tree = parse_text("f", written);
    CAPTURE(written, parsable_flow_text(tree));
    CHECK(canonical_text(parse_text("g", parsable_flow_text(tree))) == canonical_text(tree));
  }
}
