// JSON before a library makes a tree of it: whether it is JSON, and where something stands in it. A text without a
// problem can be parsed, copied and printed by recursive code, and all of its numbers are doubles.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cm::sim::config {

// More levels than any file of ours has; code that walks a tree is recursive.
inline constexpr int DeepestJson = 64;

// Counted from 1, columns in bytes.
struct JsonPlace {
  int line = 1;
  int column = 1;
};

struct JsonProblem {
  JsonPlace place;
  std::string what;  // "expected ..., found ..."
};

// The first thing that is wrong with it: no JSON (RFC 8259; a byte-order mark in front is allowed), no UTF-8, a key
// twice in one object, nested deeper than DeepestJson, a number beyond those of a double, an object of more than
// `most_members`.
std::optional<JsonProblem> json_problem(std::string_view text, std::size_t most_members = 1'000'000);

// Where the value stands that the keys lead to from the root, an index of a list being a key too ("2"); of the last one
// on the way that is there. Requires a text without a problem.
JsonPlace json_place(std::string_view text, std::span<const std::string> keys);

}  // namespace cm::sim::config
