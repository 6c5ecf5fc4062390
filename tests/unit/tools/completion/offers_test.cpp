#include "tests/unit/sim/temporary_folder.h"
#include "tools/completion/completion_script.h"
#include "tools/completion/key_words.h"
#include "tools/completion/offer.h"
#include "tools/completion/offers.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm::tools;
using Words = std::vector<std::string>;

namespace {

// A command line of two commands, as the program declares it.
std::vector<CommandEntry> commands()
{
  CLI::App program;
  std::string text;
  std::vector<std::string> texts;
  bool flag = false;
  CLI::App& run = *program.add_subcommand("run", "simulate");
  run.add_option("scenario", text)->type_name("SCENARIO");
  run.add_option("--set", texts)->type_name("KEY=VALUE")->allow_extra_args(false);
  run.add_option("--out", text)->type_name("DIR");
  run.add_option("--metric", text)->type_name("METRIC");
  run.add_option("--format", text)->type_name("FORMAT")->check(CLI::IsMember({"table", "json"}));
  run.add_flag("--timeline", flag);
  CLI::App& sweep = *program.add_subcommand("sweep", "simulate many");
  sweep.add_option("sweep", text)->type_name("SWEEP");
  sweep.add_option("--set", texts)->type_name("KEY=VALUE")->allow_extra_args(false);
  return commands_of(program);
}

Offers offered(const Words& words)
{
  return offers({.commands = commands(), .words = words, .config_root = "configs"});
}

Words words_of(const Words& line)
{
  Words words;
  for (const Offer& offer : offered(line).words)
    words.push_back(offer.word);
  return words;
}

bool has(const Words& words, const std::string& word)
{
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

TEST_CASE("subcommands, options and words of choices are offered")
{
  CHECK(words_of({"r"}) == Words{"run"});
  CHECK(words_of({"run", "--ti"}) == Words{"--timeline"});
  CHECK(words_of({"run", "ep", "--format", ""}) == Words{"table", "json"});
  CHECK(words_of({"run", "ep", "--format=j"}) == Words{"--format=json"});
  CHECK(offered({"run", "ep", "--out", "res"}).paths == PathOffer::Folders);
  CHECK(words_of({"nonsense", ""}).empty());
  CHECK(words_of({"run", "--nonsense", ""}).size() > 5);
}

TEST_CASE("names of shipped files are offered where a file is wanted")
{
  CHECK(words_of({"run", "decode"}) == Words{"decode-dense", "decode-ep320"});
  CHECK(offered({"run", "decode"}).paths == PathOffer::Files);
  CHECK(words_of({"sweep", "--set", "workload.ep=8", "ep"}) == Words{"ep-by-planes"});
  CHECK_FALSE(offered({"run", "decode-ep320"}).words.front().sentence.empty());
}

TEST_CASE("keys go section by section, and are those of the scenario that the line names")
{
  CHECK(words_of({"run", "ep", "--set", ""}) ==
        Words{"machine=", "model=", "seed=", "events=", "recovery=", "machine.", "workload."});
  const Words keys = words_of({"run", "ep", "--set", "workload.t"});
  CHECK(keys == Words{"workload.tokens_per_rank=", "workload.top_k="});
  CHECK(words_of({"run", "p2p", "--set", "workload.t"}) == Words{"workload.to="});
  CHECK(words_of({"run", "ep", "--set=workload.top"}) == Words{"--set=workload.top_k="});
  // Keys of machine and model are those that such a run uses.
  CHECK_FALSE(has(words_of({"run", "ep", "--set", "machine.die."}), "machine.die.host."));
  CHECK(has(words_of({"run", "--set", "machine.die."}), "machine.die.host."));
  CHECK(has(words_of({"sweep", "ep-by-planes", "--set", "workload."}), "workload.tokens_per_rank="));
}

TEST_CASE("values are the words of a choice, names of files, or the value that counts now")
{
  CHECK(words_of({"run", "ep", "--set", "workload.fused="}) == Words{"workload.fused=true", "workload.fused=false"});
  CHECK(has(words_of({"run", "ep", "--set", "workload.routing="}), "workload.routing=skewed"));
  CHECK(has(words_of({"run", "ep", "--set", "machine=h8"}), "machine=h800-cluster"));
  CHECK(has(words_of({"run", "decode-ep320", "--set", "model=llama"}), "model=llama-3.1-8b"));
  CHECK(words_of({"run", "ep", "--set", "workload.top_k="}) == Words{"workload.top_k=8"});
  CHECK(has(words_of({"run", "ep", "--set", "workload.kind=p"}), "workload.kind=p2p"));
  // Settings that stand before on the line count.
  CHECK(words_of({"run", "ep", "--set", "workload.top_k=4", "--set", "workload.top_k="}) == Words{"workload.top_k=4"});
}

TEST_CASE("metrics are those of the workload of the scenario")
{
  CHECK(has(words_of({"run", "p2p", "--metric", "lat"}), "latency_us"));
  CHECK(words_of({"run", "p2p", "--metric", "tpot"}).empty());
  CHECK(has(words_of({"run", "serving-pdc", "--metric", "ttft"}), "ttft_p99_ms"));
  CHECK(has(words_of({"run", "--metric", "tpot"}), "tpot_ms"));
}

TEST_CASE("a line that names what is not there or cannot be read offers what it can")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(words_of({"run", folder.file("missing.yaml"), "--set", "workload.top_"}) == Words{"workload.top_k="});
  CHECK(words_of({"run", folder.with("bad.yaml", "a: ["), "--set", "workload.top_"}).empty());
  CHECK(words_of({"run", folder.with("bad.yaml", "a: ["), "--metric", "tpot"}).empty());
}

TEST_CASE("the scripts of shells ask the program, and read one offer a line")
{
  CHECK(bash_completion().find(OfferCommand) != std::string_view::npos);
  CHECK(zsh_completion().find(OfferCommand) != std::string_view::npos);
  CHECK(to_lines({.words = {{"a", "what it is"}, {"b"}}, .paths = PathOffer::Files}) == "files\na\twhat it is\nb\n");
  CHECK(to_lines({}) == "none\n");
}
