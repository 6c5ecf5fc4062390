#include "workloads/traces/eplb_log.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/problem_list.h"
#include "workloads/traces/regular_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace cm::workloads {
namespace {

// More tokens than a step of any deployment has.
constexpr double MostStepTokens = 1e15;

class LogReader {
 public:
  explicit LogReader(const std::string& path) : path_(path), file_(path), problems_(path) {}

  ReadOrProblems<EplbLog> read()
  {
    std::string line;
    while (file_.next_line(line)) {
      if (line.find("max_tokens=") != std::string::npos && line.find("avg_tokens=") != std::string::npos)
        add_vllm(line);
      else if (line.find("current_pass_balancedness=") != std::string::npos)
        add_sglang(line);
    }
    if (problems_.empty() && log_.steps == 0)
      problems_.add(fmt::format("{}:1:1: expected lines of a load balancer with avg_tokens= and max_tokens= (vLLM) or "
                                "current_pass_balancedness= (SGLang) and tokens in them, found none",
                                path_));
    if (!problems_.empty())
      return problems_.all();
    log_.imbalance = full_ / mean_;
    return log_;
  }

 private:
  // A number behind a word; empty, and complained about, when there is none in the range.
  std::optional<double> number(std::string_view line, std::string_view word, double least, double most)
  {
    const std::size_t at = line.find(word);
    const std::size_t begin = at == std::string_view::npos ? line.size() : at + word.size();
    double value = -1;
    std::from_chars(line.data() + begin, line.data() + line.size(), value);
    if (value >= least && value <= most)
      return value;
    problems_.add(fmt::format("{}: expected {} a number from {} to {}, found \"{}\"",
                              to_text(file_.position(static_cast<int>(begin) + 1)), word, least, most,
                              line.substr(begin, 20)));
    return std::nullopt;
  }

  void add_vllm(std::string_view line)
  {
    const auto mean = number(line, "avg_tokens=", 0, MostStepTokens);
    const auto full = number(line, "max_tokens=", 0, MostStepTokens);
    if (!mean || !full || *mean == 0)
      return;
    // The mean is rounded.
    if (*full < *mean * 0.999 - 0.01) {
      problems_.add(fmt::format("{}: expected max_tokens of at least avg_tokens, found {} and {}",
                                to_text(file_.position()), *full, *mean));
      return;
    }
    mean_ += *mean;
    full_ += std::max(*mean, *full);
    ++log_.steps;
  }

  void add_sglang(std::string_view line)
  {
    const auto balancedness = number(line, "current_pass_balancedness=", 0, 1.001);
    const auto tokens = number(line, "gpu_physical_count_sum=", 0, MostStepTokens);
    if (!balancedness || !tokens || *tokens == 0 || *balancedness == 0)
      return;
    mean_ += *tokens * std::min(1.0, *balancedness);
    full_ += *tokens;
    ++log_.steps;
  }

  const std::string& path_;
  RegularFile file_;
  ProblemList problems_;
  EplbLog log_;
  double mean_ = 0;
  double full_ = 0;
};

}  // namespace

ReadOrProblems<EplbLog> read_eplb_log(const std::string& path)
{
  try {
    return LogReader(path).read();
  } catch (const ConfigError& error) {
    return std::vector<std::string>{error.what()};
  }
}

}  // namespace cm::workloads
