// Whatever a file holds, its reader takes it or says where it is wrong. Anything else that it throws would be exit
// status 3, and a signal would end the test.
#include "sim/diagnostics/errors.h"
#include "tests/property/damaged_text.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/calibrate/calibration.h"
#include "tools/compare/comparison.h"
#include "tools/compare/comparison_format.h"
#include "tools/numbers/row_table.h"
#include "tools/report/report.h"
#include "tools/runner/repeated_run.h"
#include "tools/runner/run.h"
#include "tools/slurm/slurm_submission.h"
#include "tools/sweep_plan/sweep_file.h"
#include "tools/sweep_plan/sweep_plan.h"
#include "tools/sweep_points/point_record.h"
#include "workloads/traces/dialects/request_file.h"
#include "workloads/traces/eplb_log.h"
#include "workloads/traces/expert_counts_file.h"
#include "workloads/traces/placement_file.h"
#include "workloads/traces/token_trace_file.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <functional>
#include <regex>
#include <sstream>
#include <variant>
#include <vector>

using namespace cm;
using namespace cm::tools;
using tests::content_of;
using tests::TemporaryFolder;

namespace {

const std::string Configs = CM_SOURCE_DIR "/configs";
const std::string Sweep = Configs + "/sweeps/ep-by-planes.yaml";

using Problems = std::vector<std::string>;
// A reader that returns the problems of a file, or throws ConfigError.
using Read = std::function<Problems(const std::string& path)>;

Problems lines_of(const std::string& text)
{
  Problems lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

Problems problems_of(const Read& read, const std::string& path)
{
  try {
    return read(path);
  } catch (const ConfigError& error) {
    return lines_of(error.what());
  }
}

void check_damaged(const std::string& path, int times, const Read& read)
{
  static const std::regex Place("^[^\\n]+:[0-9]+:[0-9]+: ");
  const std::string whole = content_of(path);
  INFO(path);
  REQUIRE_FALSE(whole.empty());
  REQUIRE(problems_of(read, path) == Problems{});
  for (int seed = 1; seed <= times; ++seed) {
    const std::string text = tests::TextDamage(static_cast<std::uint64_t>(seed)).of(whole);
    std::ofstream(path, std::ios::binary) << text;
    INFO("seed " << seed);
    for (const std::string& problem : problems_of(read, path)) {
      INFO(problem);
      if (!std::regex_search(problem, Place))
        FAIL("a problem without a place");
    }
  }
  // Files that are damaged next may be read together with it.
  std::ofstream(path, std::ios::binary) << whole;
}

// The same of a text that is put into a file first.
void check_damaged_text(const std::string& name, const std::string& text, int times, const Read& read)
{
  const TemporaryFolder folder;
  check_damaged(folder.with(name, text), times, read);
}

Problems check(const std::string& scenario, const std::string& configs)
{
  return check_scenario({.path = scenario, .sets = {}, .seed = {}, .config_root = configs}).problems;
}

template <typename Found>
Problems problems_in(const std::variant<Found, Problems>& read)
{
  return std::holds_alternative<Problems>(read) ? std::get<Problems>(read) : Problems{};
}

std::string numpy(const std::string& numbers)
{
  const std::string header = "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2, 2), }\n";
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header + numbers;
}

FinishedRun small_run()
{
  sim::metrics::NoProgress progress;
  return run_scenario({.path = Configs + "/scenarios/p2p.yaml", .sets = {}, .seed = {}, .config_root = Configs},
                      progress);
}

SweepPoint small_point()
{
  SweepPoint point{.base = "p2p", .labels = {{"workload.op", "read"}}, .seed = 1, .request = {}, .digest = {}};
  point.request.path = Configs + "/scenarios/p2p.yaml";
  point.digest = std::string(32, 'a');
  return point;
}

Problems page_problems(const std::string& folder)
{
  read_page(folder);
  return {};
}

}  // namespace

TEST_CASE("damaged scenarios are refused with a place")
{
  for (const char* name : {"ep", "p2p", "gemm", "kv-access"})
    check_damaged_text("s.yaml", content_of(Configs + "/scenarios/" + name + ".yaml"), 100,
                       [](const std::string& path) { return check(path, Configs); });
}

TEST_CASE("damaged machines, models and parts are refused with a place")
{
  for (const char* name : {"machines/cloudmatrix384", "models/deepseek-r1", "parts/ub-cloudmatrix384"}) {
    const TemporaryFolder folder;
    std::filesystem::copy(Configs, folder.file("configs"), std::filesystem::copy_options::recursive);
    const std::string configs = folder.file("configs");
    check_damaged(fmt::format("{}/{}.yaml", configs, name), 100,
                  [&](const std::string&) { return check(configs + "/scenarios/decode-ep320.yaml", configs); });
  }
}

TEST_CASE("damaged sweeps, calibrations and tables of rows are refused with a place")
{
  check_damaged_text("s.yaml", content_of(Sweep), 300, [](const std::string& path) {
    sim::config::ReadingLog log;
    read_sweep(path, Configs, log);
    return log.problems;
  });
  const std::string rows = content_of(CM_SOURCE_DIR "/tests/validation/cloudmatrix384-paper/p2p.csv");
  check_damaged_text("rows.csv", rows, 300, [](const std::string& path) {
    read_row_table(path);
    return Problems{};
  });
  const TemporaryFolder folder;
  folder.put("rows.csv", rows);
  const std::string calibration =
      "parameters:\n  machine.ub.access.npu_base: {unit: us, minimum: 0.1, maximum: 2, start: 1, round: 0.01}\n"
      "rows:\n  - {file: rows.csv, metric: latency_us, deviation: 0.05}\n"
      "  - {row: a, scenario: p2p, metric: latency_us, published: 1.9, deviation: 1 %, set: workload.op=read}\n"
      "files:\n  - {file: ub.yaml, section: machine.ub}\n";
  check_damaged(folder.with("c.yaml", calibration), 300, [](const std::string& path) {
    read_calibration(path, Configs);
    return Problems{};
  });
}

TEST_CASE("damaged results and comparisons are refused with a place")
{
  const TemporaryFolder folder;
  const std::string result = to_json(small_run().result);
  const std::string path = folder.with("a/result.json", result);
  check_damaged(path, 300, [&](const std::string& file) {
    sim::config::ReadingLog log;
    read_stored_result(file, log);
    const Problems pages = problems_of([&](const std::string&) { return page_problems(folder.file("a")); }, file);
    log.problems.insert(log.problems.end(), pages.begin(), pages.end());
    const Problems repeated = problems_of(
        [](const std::string& each) {
          find_repeated_run(each);
          return Problems{};
        },
        file);
    log.problems.insert(log.problems.end(), repeated.begin(), repeated.end());
    return log.problems;
  });
  folder.put("a/result.json", result);
  folder.put("b/result.json", result);
  sim::config::ReadingLog log;
  const Comparison comparison =
      compare(read_results(folder.file("a"), log), read_results(folder.file("b"), log), read_tolerances({}));
  check_damaged(folder.with("c/comparison.json", comparison_json(comparison)), 300,
                [&](const std::string&) { return page_problems(folder.file("c")); });
}

TEST_CASE("damaged files of a sweep are refused with a place")
{
  const TemporaryFolder folder;
  const std::string head =
      folder.with("sweep.json", R"({"schema": "cmsim-sweep/1", "sweep": "s.yaml", "version": "0.1.0",)"
                                R"( "program": "aaaa", "points": 1, "inputs": )" +
                                    list_points({Sweep, Configs}).inputs + "}");
  const SweepPoint point = small_point();
  const std::string record = done_point(point, small_run().result);
  const std::string file = folder.with("points/" + file_name(1, point), record);
  const Read read = [&](const std::string&) { return page_problems(folder.path().string()); };
  check_damaged(head, 300, read);
  check_damaged(file, 300, [&](const std::string& path) {
    read_point(path);
    return problems_of(read, path);
  });
  const SlurmSubmission submission{.program = "aaaa", .chunks = {{{0, point.digest}}, {{1, point.digest}}}};
  check_damaged(folder.with("slurm/job-12.json", to_json(submission)), 500, [](const std::string& path) {
    read_submission(path);
    return Problems{};
  });
}

TEST_CASE("damaged traces, logs and placements are refused with a place")
{
  std::string mooncake;
  for (int i = 0; i < 5; ++i)
    mooncake += fmt::format(R"({{"timestamp": {}, "input_length": 600, "output_length": 9, "hash_ids": [{}, 7]}})"
                            "\n",
                            3000 * i, i);
  const auto requests_of = [](const std::string& path) {
    const auto source = workloads::open_request_file({.path = path});
    for (int i = 0; i < 100 && source->next(); ++i) {
    }
    return Problems{};
  };
  const std::string azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n"
                            "2023-11-16 18:15:50.9951690,396,109\n";
  const std::string burstgpt = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                               "5,ChatGPT,310,120,430,Conversation log\n9,\"GPT-4\",820,0,820,API log\n";
  const std::string sessions = R"({"session_id": "s1", "timestamp": 0, "input_length": 900, "output_length": 60}
{"session_id": "s1", "delay": 1500, "input_length": 1300, "output_length": 30, "hash_ids": ["a", -1, 12]}
)";
  const std::string aiperf =
      R"({"metadata": {"request_start_ns": 1700000000000000000}, "metrics": {"input_sequence_length": {"value": 900},)"
      R"( "output_sequence_length": {"value": 5}}, "error": null})"
      "\n";
  const std::string log = R"({"backend": "vllm", "request_rate": Infinity, "max_concurrency": 2, "duration": 2.0,
  "total_input_tokens": 300, "mean_ttft_ms": NaN, "input_lens": [100, 200], "output_lens": [3, 2], "errors": ["", "x"]}
)";
  for (const std::string& text : {mooncake, azure, burstgpt, sessions, aiperf, log, log + log})
    check_damaged_text("t", text == log + log ? std::regex_replace(text, std::regex("\n  "), "") : text, 300,
                       requests_of);
  check_damaged_text("m.json",
                     R"({"moe_layer_count": 1, "layer_list": [{"layer_id": 0, "device_count": 2, "device_list": [)"
                     R"({"device_id": 0, "device_expert": [0, 1]}, {"device_id": 1, "device_expert": [1, 2]}]}]})",
                     300, [](const std::string& path) { return problems_in(workloads::read_placement(path)); });
  check_damaged_text("e.log",
                     "EPLB step: 1 for model m: avg_tokens=512.00, max_tokens=800, balancedness=0.6400\n"
                     "[Expert Balancedness] current_pass_balancedness=0.6 gpu_physical_count_sum=1000\n",
                     300, [](const std::string& path) { return problems_in(workloads::read_eplb_log(path)); });
  check_damaged_text("d.json", R"({"logical_count": [[[5, 7], [1, 2]], [[0, 3], [4, 1]]]})", 300,
                     [](const std::string& path) { return problems_in(workloads::read_expert_counts(path, 1)); });
  check_damaged_text("p.npy", numpy(std::string("\1\0\1\1\0\1\1\1", 8)), 500,
                     [](const std::string& path) { return problems_in(workloads::read_placement(path)); });
  check_damaged_text("c.csv", "layer,expert,count\n0,0,5\n0,1,7\n1,0,5\n1,1,7\n", 500,
                     [](const std::string& path) { return problems_in(workloads::read_expert_counts(path, 1)); });
  const TemporaryFolder folder;
  folder.put("r.u8", std::string("\0\1\1\0\0\1\1\0", 8));
  const std::string description = folder.with("r.json", R"({"n_tokens": 4, "n_layers": 2, "top_k": 1, "n_experts": 2,)"
                                                        R"( "layout": "uint8 [token][layer][k]", "source": "a test"})");
  check_damaged(description, 500, [](const std::string& path) {
    return problems_in(workloads::read_token_trace(workloads::token_trace_files(path)));
  });
}
