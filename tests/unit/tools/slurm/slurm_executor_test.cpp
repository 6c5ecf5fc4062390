#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/slurm/slurm_executor.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

using namespace cm::tools;
using cm::tests::content_of;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

// A sweep of five points and a cluster of scripts. Each script notes how it was called in the file "calls".
class Cluster {
 public:
  Cluster() : folder_(temporary_.file("out")), path_(std::getenv("PATH"))
  {
    for (const std::string digest : {"a", "b", "c", "d", "e"}) {
      plan_.points.emplace_back();
      plan_.points.back().digest = digest + "00000000000";
    }
    fs::create_directories(temporary_.file("out/points"));
    for (std::size_t i = 0; i < plan_.points.size(); ++i)
      temporary_.put("ready/" + file_name(i + 1, plan_.points[i]),
                     undone_point(plan_.points[i], PointStatus::Refused, "r"));
    script("sbatch", "echo 12");
    script("squeue", "");
    script("scancel", "");
    script("scontrol", "exit 1");
    ::setenv("PATH", (temporary_.file("bin") + ":" + path_).c_str(), 1);
  }

  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster() { ::setenv("PATH", path_.c_str(), 1); }

  // In its text, $array is the last index of the array, `finish` finishes all points and `count` counts calls.
  void script(const std::string& name, const std::string& text) const
  {
    const std::string where = temporary_.path().string();
    const std::string file = temporary_.with(
        "bin/" + name, "#!/bin/sh\necho " + name + " \"$@\" >>" + where + "/calls\nfinish() { cp " + where +
                           "/ready/* " + where + "/out/points/; }\ncount() { grep -c \"^" + name + "\" " + where +
                           "/calls; }\nfor each; do case $each in --array=*) array=${each##*-} ;; esac; done\n" + text +
                           "\n");
    fs::permissions(file, fs::perms::owner_all);
  }

  int sweep()
  {
    SweepBoard board(plan_, folder_, std::vector<std::optional<PointRecord>>(5), silent_);
    ExecutorSpec spec{.sweep = "s.yaml", .config_root = "configs", .jobs = 1, .slurm = options, .notice = {}};
    spec.notice = [this](const std::string& text) { notices += text + "\n"; };
    const int signal = SlurmExecutor(spec).run(board.missing(), board);
    counts = board.counts();
    for (const auto& record : board.records())
      reason = record ? record->reason : reason;
    return signal;
  }

  // Calls of one program; all when there is no name.
  [[nodiscard]] std::vector<std::string> calls(const std::string& name) const
  {
    std::vector<std::string> found;
    std::istringstream lines(content_of(temporary_.file("calls")));
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with(name + " "))
        found.push_back(line);
    return found;
  }

  [[nodiscard]] const cm::tests::TemporaryFolder& files() const { return temporary_; }

  SlurmOptions options{.chunk = 1,
                       .partition = {},
                       .time = {},
                       .arguments = {},
                       .pace = {.look = 1ms, .first_retry = 1ms, .last_retry = 2ms, .patience = 60s}};
  PointCounts counts;
  std::string reason;  // of the last point
  std::string notices;

 private:
  cm::tests::TemporaryFolder temporary_;
  SweepPlan plan_;
  SweepFolder folder_;
  cm::sim::metrics::NoProgress silent_;
  std::string path_;
};

std::vector<std::string> arrays_of(const std::vector<std::string>& calls)
{
  std::vector<std::string> arrays;
  for (const std::string& call : calls) {
    const std::size_t start = call.find("--array=") + 8;
    arrays.push_back(call.substr(start, call.find(' ', start) - start));
  }
  return arrays;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("points are split into arrays that the cluster takes")
{
  Cluster cluster;
  cluster.script("scontrol", "echo 'MaxArraySize = 2'");
  cluster.script("sbatch", "case $(count) in 3) finish ;; esac; echo $((10 + $(count)))");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.counts.all() == 5);
  CHECK(arrays_of(cluster.calls("sbatch")) == Texts{"0-1", "0-1", "0-0"});
  CHECK_THAT(cluster.notices, Catch::Contains("handed 1 points to Slurm as job 13, 1 tasks of up to 1"));
}

TEST_CASE("an array that is refused for its size is halved, and no larger one is tried again")
{
  Cluster cluster;
  cluster.script("sbatch", "[ $array -lt 2 ] || { echo 'sbatch: error: Batch job submission failed: Invalid job array "
                           "specification' >&2; exit 1; }; [ $(count) -lt 4 ] || finish; echo 12");
  CHECK(cluster.sweep() == 0);
  CHECK(arrays_of(cluster.calls("sbatch")) == Texts{"0-4", "0-1", "0-1", "0-0"});
}

TEST_CASE("a cluster that takes no arrays is told as such")
{
  Cluster cluster;
  cluster.script("scontrol", "echo 'MaxArraySize = 0'");
  CHECK_THROWS_WITH(cluster.sweep(), Catch::Contains("MaxArraySize is 0") && Catch::Contains("--executor local"));
  CHECK(cluster.calls("sbatch").empty());
}

TEST_CASE("a full cluster gets fewer at a time, and the rest when there is room")
{
  Cluster cluster;
  cluster.script("sbatch", "[ $array -lt 1 ] && [ $(count) -ne 5 ] || { echo 'sbatch: error: "
                           "AssocMaxSubmitJobLimit' >&2; exit 1; }; [ $(count) -lt 8 ] || finish; echo $(count)");
  cluster.script("squeue", "echo 'RUNNING|None'");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.counts.all() == 5);
  CHECK_THAT(cluster.notices, Catch::Contains("sbatch: AssocMaxSubmitJobLimit; trying again"));
}

TEST_CASE("a permanent refusal ends the sweep with its reason and advice")
{
  Cluster cluster;
  cluster.script("sbatch", "echo Welcome >&2; echo 'sbatch: error: Batch job submission failed: Invalid account or "
                           "account/partition combination specified' >&2; exit 1");
  CHECK_THROWS_WITH(cluster.sweep(),
                    Catch::StartsWith("--executor slurm: Batch job submission failed: Invalid account or") &&
                        Catch::Contains("--sbatch=--account=NAME"));
  CHECK(cluster.calls("sbatch").size() == 1);
}

TEST_CASE("points that are lost and refused then end the sweep")
{
  Cluster cluster;
  cluster.script("sbatch", "[ $(count) -eq 1 ] || { echo 'sbatch: error: no more money' >&2; exit 1; }; echo 12");
  CHECK_THROWS_WITH(cluster.sweep(), Catch::Contains("no more money"));
  CHECK(cluster.calls("sbatch").size() == 2);
}

TEST_CASE("a controller that does not answer is asked again, but not for ever")
{
  Cluster cluster;
  cluster.options.pace.patience = 50ms;
  SECTION("by sbatch")
  {
    cluster.script("sbatch", "echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller "
                             "(connect failure)' >&2; exit 1");
    CHECK_THROWS_WITH(cluster.sweep(),
                      Catch::Contains("Unable to contact slurm controller") && Catch::Contains("--resume"));
    CHECK(cluster.calls("sbatch").size() > 1);
  }
  SECTION("by squeue")
  {
    cluster.script("squeue", "echo 'slurm_load_jobs error: Socket timed out' >&2; exit 1");
    CHECK_THROWS_WITH(cluster.sweep(), Catch::Contains("has not answered") && Catch::Contains("Socket timed out") &&
                                           Catch::Contains("(12)"));
    CHECK(cluster.calls("squeue").size() > 1);
    // It could not be told, and the points may still come.
    CHECK(cluster.calls("scancel").empty());
  }
}

TEST_CASE("a job that sbatch made without saying so is found by its name, and not made again")
{
  Cluster cluster;
  cluster.script("sbatch", "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' "
                           ">&2; exit 1");
  cluster.script("squeue",
                 "case \"$*\" in *--name=cmsim-*) echo 12; echo 12 ;; *) finish; echo 'RUNNING|None' ;; esac");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.counts.all() == 5);
  REQUIRE(cluster.calls("sbatch").size() == 1);
  CHECK_THAT(cluster.notices, Catch::Contains("as job 12"));
  // Under the name that sbatch was given.
  const auto word_after = [](const std::string& call, const std::string& option) {
    const std::size_t start = call.find(option) + option.size();
    return call.substr(start, call.find(' ', start) - start);
  };
  CHECK(word_after(cluster.calls("sbatch").front(), "--job-name=") ==
        word_after(cluster.calls("squeue").front(), "--name="));
}

TEST_CASE("sbatch is not called again while squeue cannot say whether its job is there")
{
  Cluster cluster;
  cluster.options.pace.patience = 50ms;
  cluster.script("sbatch", "echo 'sbatch: error: Unable to contact slurm controller (connect failure)' >&2; exit 1");
  cluster.script("squeue", "echo 'slurm_load_jobs error: Socket timed out' >&2; exit 1");
  CHECK_THROWS_WITH(cluster.sweep(), Catch::Contains("Socket timed out") && Catch::Contains("--resume"));
  CHECK(cluster.calls("sbatch").size() == 1);
  CHECK(cluster.calls("squeue").size() > 1);
}

TEST_CASE("sbatch's job is found between greetings, and asked for and cancelled on its own cluster")
{
  Cluster cluster;
  cluster.script("sbatch", "echo 'Welcome to foo'; echo '12;foo'; echo 'Goodbye'");
  cluster.script("squeue", "echo 'CLUSTER: foo'; echo 'RUNNING|None'; [ $(count) -lt 2 ] || finish");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.counts.all() == 5);
  REQUIRE_FALSE(cluster.calls("squeue").empty());
  CHECK_THAT(cluster.calls("squeue").front(), Catch::Contains(" --clusters=foo ") && Catch::Contains(" --jobs=12 "));
  CHECK(cluster.calls("scancel") == Texts{"scancel --clusters=foo --quiet 12"});
  CHECK(fs::exists(cluster.files().file("out/slurm/job-12-foo.json")));
}

TEST_CASE("the limits of the cluster that sbatch is sent to are those that count")
{
  Cluster cluster;
  cluster.options.arguments = {"--account=a", "--clusters=far"};
  cluster.script("sbatch", "finish; echo '12;far'");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.calls("scontrol") == Texts{"scontrol --clusters=far show config"});
}

TEST_CASE("points that every job ends without fail, with the last words of their task")
{
  Cluster cluster;
  cluster.options.chunk = 5;
  cluster.files().put("out/slurm/12_0.log", "first\nexec: cmsim: not found\n\n");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.counts.failed == 5);
  CHECK(arrays_of(cluster.calls("sbatch")) == Texts{"0-0", "0-4", "0-4"});
  CHECK_THAT(cluster.reason, Catch::Contains("Slurm lost it 3 times"));
}

TEST_CASE("a job that cannot be cancelled is told, with the command that does it")
{
  Cluster cluster;
  cluster.script("sbatch", "finish; echo 12");
  cluster.script("scancel", "echo 'scancel: error: Access denied' >&2; exit 1");
  CHECK(cluster.sweep() == 0);
  CHECK_THAT(cluster.notices, Catch::Contains("could not cancel job 12: Access denied; by hand: scancel --quiet 12"));
}

TEST_CASE("a held job that cannot be cancelled is told once, and its points are handed over again")
{
  Cluster cluster;
  cluster.options.chunk = 5;
  cluster.script("sbatch", "[ $(count) -lt 2 ] || finish; echo $((10 + $(count)))");
  cluster.script("squeue", "echo 'PENDING|launch failed requeued held'");
  cluster.script("scancel", "echo 'scancel: error: Access denied' >&2; exit 1");
  CHECK(cluster.sweep() == 0);
  CHECK(cluster.counts.all() == 5);
  CHECK(cluster.calls("sbatch").size() == 2);
  const std::string trouble = "could not cancel job 11: Access denied; by hand: scancel --quiet 11";
  const std::size_t first = cluster.notices.find(trouble);
  REQUIRE(first != std::string::npos);
  CHECK(cluster.notices.find(trouble, first + 1) == std::string::npos);
}

TEST_CASE("a second Ctrl-C does not leave jobs on the cluster")
{
  Cluster cluster;
  cluster.script("sbatch", "kill -s INT $PPID; echo 12");
  cluster.script("scancel", "kill -s INT $PPID; kill -s TERM $PPID");
  CHECK(cluster.sweep() == SIGINT);
  CHECK(cluster.calls("scancel").size() == 1);
}

TEST_CASE("the name of a file in the folder never becomes an option")
{
  Cluster cluster;
  cluster.files().put("out/slurm/job--uroot.json", R"({"schema": "cmsim-slurm/1", "program": "x", "chunks": []})");
  CHECK_THROWS_WITH(cluster.sweep(), Catch::Contains("out/slurm/job--uroot.json:1:1: expected the number of a job"));
  CHECK(cluster.calls("scancel").empty());
  CHECK(cluster.calls("squeue").empty());
}

TEST_CASE("what the user named cannot become an option of sbatch or of the tasks")
{
  Cluster cluster;
  cluster.script("sbatch", "finish; echo 12");
  CHECK(cluster.sweep() == 0);
  const std::string call = cluster.calls("sbatch").front();
  CHECK_THAT(call, Catch::Contains(" " + cluster.files().file("out/slurm/task.sh") + " /") &&
                       Catch::Contains(" sweep --out=") && Catch::EndsWith(" -- s.yaml"));
}
