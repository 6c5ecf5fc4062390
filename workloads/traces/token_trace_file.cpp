#include "workloads/traces/token_trace_file.h"

#include "sim/config/reader.h"
#include "sim/diagnostics/errors.h"
#include "workloads/traces/problem_list.h"
#include "workloads/traces/regular_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace cm::workloads {
namespace {

namespace fs = std::filesystem;
using sim::config::Reader;
using sim::config::Value;

// A trace of 26 layers and six experts may have ten million tokens.
constexpr std::size_t MostBytes = 2'000'000'000;
constexpr std::string_view Layout = "uint8 [token][layer][k]";

void check_sequences(Reader& description, std::uint64_t tokens)
{
  const Value* lengths = description.value({"sequence_lengths", "tokens of each text, in order"}, false);
  if (lengths == nullptr || lengths->kind != Value::Kind::List)
    return;
  std::uint64_t sum = 0;
  for (const Value& item : lengths->items) {
    std::uint64_t length = 0;
    const char* const end = item.text.data() + item.text.size();
    const auto [parsed, error] = std::from_chars(item.text.data(), end, length);
    if (item.kind != Value::Kind::Scalar || error != std::errc() || parsed != end || length > tokens)
      return description.complain(
          "sequence_lengths", fmt::format("expected numbers of tokens up to {}, found {}", tokens, found_text(item)));
    sum += length;
  }
  if (sum != tokens)
    description.complain("sequence_lengths", fmt::format("expected {} tokens in all, found {}", tokens, sum));
}

models::TokenTrace describe(Reader& description)
{
  std::int64_t tokens = 0;
  int layers = 0;
  int experts = 0;
  int top_k = 0;
  std::string layout(Layout);
  std::string unused;
  description.required({"n_tokens", "tokens", 1.0, 1e9}, tokens);
  description.required({"n_layers", "MoE layers", 1.0, 1000.0}, layers);
  description.required({"n_experts", "routed experts", 1.0, 256.0}, experts);
  description.required({"top_k", "experts that a token chooses", 1.0, 256.0}, top_k);
  description.optional({"layout", "order of the bytes"}, layout);
  description.optional({"task", "subject of the texts"}, unused);
  description.optional({"model", "whose routing it is"}, unused);
  description.optional({"source", "where it comes from"}, unused);
  if (layout != Layout)
    description.complain("layout", fmt::format("expected \"{}\", found \"{}\"", Layout, layout));
  if (top_k > experts)
    description.complain("top_k", fmt::format("top {} of {} experts", top_k, experts));
  check_sequences(description, static_cast<std::uint64_t>(tokens));
  description.finish();
  models::TokenTrace trace;
  trace.tokens = static_cast<std::uint64_t>(tokens);
  trace.layers = static_cast<std::uint32_t>(layers);
  trace.experts = static_cast<std::uint32_t>(experts);
  trace.top_k = static_cast<std::uint32_t>(top_k);
  return trace;
}

void check_rows(const models::TokenTrace& trace, const std::string& path, ProblemList& problems)
{
  for (std::uint64_t token = 0; token < trace.tokens; ++token)
    for (std::uint32_t layer = 0; layer < trace.layers; ++layer) {
      std::bitset<256> seen;
      std::uint64_t place = (token * trace.layers + layer) * trace.top_k;
      for (const std::uint8_t expert : trace.row(token, layer)) {
        const auto where = [&] {
          return fmt::format("{}:1:1: byte {}: token {}, layer {}", path, place, token, layer);
        };
        if (expert >= trace.experts)
          problems.add(fmt::format("{}: expected an expert below {}, found {}", where(), trace.experts, expert));
        else if (seen[expert])
          problems.add(fmt::format("{}: expected each expert once, found {} again", where(), expert));
        seen.set(expert);
        ++place;
      }
    }
}

}  // namespace

TokenTraceFiles token_trace_files(const std::string& path)
{
  fs::path stem(path);
  for (const std::string_view ending : {".gz", ".u8", ".json"})
    if (stem.extension() == ending)
      stem.replace_extension();
  const std::string packed = stem.string() + ".u8.gz";
  const std::string plain = stem.string() + ".u8";
  std::error_code ignored;
  return {stem.string() + ".json", fs::exists(packed, ignored) ? packed : plain};
}

ReadOrProblems<models::TokenTrace> read_token_trace(const TokenTraceFiles& files)
{
  ProblemList problems(files.bytes);
  try {
    sim::config::ReadingLog log;
    const Value tree = sim::config::load_file(files.description);
    Reader description(tree, "", log);
    models::TokenTrace trace = describe(description);
    if (!log.problems.empty())
      return log.problems;
    // No more is unpacked than is expected and one byte.
    const std::uint64_t expected = trace.tokens * trace.layers * trace.top_k;
    const std::string bytes = RegularFile(files.bytes).take(std::min<std::uint64_t>(expected, MostBytes) + 1);
    if (bytes.size() != expected && bytes.size() > MostBytes)
      return std::vector{fmt::format("{}:1:1: expected at most {} bytes, found more", files.bytes, MostBytes)};
    if (bytes.size() > expected)
      return std::vector{fmt::format("{}:1:1: expected {} tokens * {} layers * {} experts = {} bytes, found more",
                                     files.bytes, trace.tokens, trace.layers, trace.top_k, expected)};
    if (bytes.size() != expected)
      return std::vector{fmt::format("{}:1:1: expected {} tokens * {} layers * {} experts = {} bytes, found {}",
                                     files.bytes, trace.tokens, trace.layers, trace.top_k, expected, bytes.size())};
    trace.chosen.assign(bytes.begin(), bytes.end());
    check_rows(trace, files.bytes, problems);
    if (problems.empty())
      return trace;
  } catch (const ConfigError& error) {
    problems.add(error.what());
  }
  return problems.all();
}

}  // namespace cm::workloads
