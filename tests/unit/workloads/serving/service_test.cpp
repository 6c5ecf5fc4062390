// The way of a request through the service, milestone by milestone, worked out from the parts of the machine.
#include "tests/support/small_service.h"

using namespace cm;
using namespace cm::workloads;
using tests::near;
using tests::SmallService;

TEST_CASE("a request alone passes upload, look-up, batch wait, prefill, hand-over and its iterations")
{
  SmallService service;
  service.ask(0, 600, 5, 1);
  const tests::Served served = service.run();
  const auto& request = served.requests.at(0);
  const Seconds prefill = service.prefill_time({{600, 0}});
  const Seconds first = service.iteration(1, 600);
  CHECK(request.time("ingress_ms").count() == near(service.ingress(600)));
  CHECK(request.time("look_up_ms").count() == near(service.look_up(600)));
  CHECK(request.time("kv_load_ms").count() == 0);
  CHECK(request.time("prefill_queue_ms").count() == near(service.spec.batch_wait));
  CHECK(request.time("prefill_ms").count() == near(prefill));
  CHECK(request.time("decode_queue_ms").count() == 0);
  CHECK(request.time("handover_ms").count() == near(service.hand_over(600)));
  CHECK(request.time("first_decode_ms").count() == near(first));
  const Seconds ttft =
      service.ingress(600) + service.look_up(600) + service.spec.batch_wait + prefill + service.hand_over(600) + first;
  CHECK(request.time("ttft_ms").count() == near(ttft));
  Seconds rest;
  for (int produced = 1; produced < 5; ++produced)
    rest += service.iteration(1, 600 + produced);
  CHECK(request.time("tpot_ms").count() == near(rest / 4));
  CHECK(request.time("e2e_ms").count() == near(ttft + rest));
  CHECK(request.count("cached_tokens") == 0);
  CHECK(request.count("decode_rank") == 0);
  CHECK(tests::metric_of(served.result, "decode_iterations") == 5);
  // The breakdown is that of the time to first token.
  double sum = 0;
  for (const sim::metrics::Part& part : served.result.breakdown)
    sum += part.value;
  CHECK(sum * 1e-3 == near(ttft));
  CHECK(tests::part_of(served.result, "prefill") * 1e-3 == near(prefill));
  CHECK(tests::metric_of(served.result, "rdma_bytes") == static_cast<double>(service.kv_of(600).count()));
  // The prompt's tokens and nothing else: its only full block goes over UB.
  CHECK(tests::metric_of(served.result, "vpc_bytes") == 4 * 600);
  CHECK(tests::metric_of(served.result, "ub_kv_bytes") == static_cast<double>(service.block().count()));
}

TEST_CASE("a first token from prefill leaves with it, and an answer of one token is never handed over")
{
  SmallService service;
  service.spec.first_token = FirstToken::Prefill;
  service.ask(0, 600, 1, 1);
  service.ask(1000, 600, 3, 10);
  const tests::Served served = service.run();
  const Seconds ttft =
      service.ingress(600) + service.look_up(600) + service.spec.batch_wait + service.prefill_time({{600, 0}});
  const auto& single = served.requests.at(0);
  CHECK(single.time("ttft_ms").count() == near(ttft));
  CHECK(single.time("e2e_ms").count() == near(ttft));
  CHECK(single.text("decode_rank").empty());
  CHECK(single.text("handover_ms").empty());
  CHECK(single.text("tpot_ms").empty());
  const auto& other = served.requests.at(1);
  CHECK(other.time("ttft_ms").count() == near(ttft));
  const Seconds decoded = service.hand_over(600) + service.iteration(1, 601) + service.iteration(1, 602);
  CHECK(other.time("e2e_ms").count() == near(ttft + decoded));
  CHECK(other.time("tpot_ms").count() == near(decoded / 2));
  CHECK(tests::metric_of(served.result, "decode_iterations") == 2);
}

TEST_CASE("prompts that arrive together share the way to the scheduler")
{
  SmallService service;
  for (const int request : {0, 1, 2})
    service.ask(0, 600, 1, 10 * request);
  const tests::Served served = service.run();
  for (const auto& request : served.requests)
    CHECK(request.time("ingress_ms").count() == near(service.ingress(600, 3)));
}

TEST_CASE("without a pool nothing is looked up, loaded or stored")
{
  SmallService service;
  service.spec.pool.is_on = false;
  service.ask(0, 1200, 2, 1);
  service.ask(1000, 1200, 2, 1);
  const tests::Served served = service.run();
  for (const auto& request : served.requests) {
    CHECK(request.time("look_up_ms").count() == 0);
    CHECK(request.time("kv_load_ms").count() == 0);
    CHECK(request.count("cached_tokens") == 0);
    CHECK(request.time("prefill_ms").count() == near(service.prefill_time({{1200, 0}})));
  }
  CHECK(tests::metric_of(served.result, "ub_kv_bytes") == 0);
}

TEST_CASE("a later turn arrives its delay after the last token of the turn before, refused or not")
{
  SmallService service;
  const auto first = [&](const char* session, int input) {
    service.trace += fmt::format(
        R"({{"session_id": "{}", "timestamp": 0, "input_length": {}, "output_length": 3, "hash_ids": [{}]}})"
        "\n",
        session, input, SmallService::ids(input, 1000 * input));
  };
  const auto later = [&](const char* session, int delay) {
    service.trace +=
        fmt::format(R"({{"session_id": "{}", "delay": {}, "input_length": 700, "output_length": 2, "hash_ids": [{}]}})"
                    "\n",
                    session, delay, SmallService::ids(700, 1000 * delay));
  };
  first("answered", 600);
  first("refused", 70000);  // longer than the model's context
  later("answered", 1500);
  later("refused", 400);
  later("answered", 800);
  const tests::Served served = service.run();
  REQUIRE(served.requests.size() == 5);
  const auto& answered = served.requests.at(0);
  const auto& refused = served.requests.at(1);
  const auto& after_refused = served.requests.at(2);
  const auto& second = served.requests.at(3);
  const auto& third = served.requests.at(4);
  CHECK(refused.text("state") == "refused");
  CHECK(refused.text("ttft_ms").empty());
  CHECK(refused.count("input_tokens") == 70000);
  CHECK(after_refused.text("arrival_s") == "0.400000");
  const auto end = [](const tests::ServedRequest& request) {
    return request.time("arrival_s") + request.time("e2e_ms");
  };
  CHECK(second.time("arrival_s").count() == Approx((end(answered) + Seconds(1.5)).count()).margin(1e-6));
  CHECK(third.time("arrival_s").count() == Approx((end(second) + Seconds(0.8)).count()).margin(2e-6));
  CHECK(tests::metric_of(served.result, "requests") == 5);
  CHECK(tests::metric_of(served.result, "requests_finished") == 4);
  CHECK(tests::metric_of(served.result, "requests_refused") == 1);
}

namespace {

// Sums over all requests of a mixed load, times in nanoseconds, and what the planes have moved.
struct Facts {
  std::vector<std::int64_t> parts;  // columns of requests.csv from the ingress to the end
  std::int64_t cached_tokens = 0;
  std::int64_t instances = 0;  // sum of request number * (instance + 1)
  std::int64_t ranks = 0;
  std::int64_t iterations = 0;
  std::vector<std::int64_t> bytes;  // over RDMA, VPC and UB
  double prefill_delayed = 0;       // share of the busy time
  double decode_delayed = 0;

  friend bool operator==(const Facts&, const Facts&) = default;
};

void put(std::ostream& out, const std::vector<std::int64_t>& values)
{
  for (std::size_t i = 0; i < values.size(); ++i)
    out << (i == 0 ? "{" : ", ") << values[i];
  out << '}';
}

std::ostream& operator<<(std::ostream& out, const Facts& facts)
{
  out.precision(17);
  out << '{';
  put(out, facts.parts);
  out << ", " << facts.cached_tokens << ", " << facts.instances << ", " << facts.ranks << ", " << facts.iterations
      << ", ";
  put(out, facts.bytes);
  return out << ", " << facts.prefill_delayed << ", " << facts.decode_delayed << '}';
}

Facts facts_of(const tests::Served& served)
{
  Facts facts;
  for (const char* column : {"ingress_ms", "look_up_ms", "kv_load_ms", "prefill_queue_ms", "prefill_ms",
                             "decode_queue_ms", "handover_ms", "first_decode_ms", "ttft_ms", "e2e_ms"}) {
    std::int64_t sum = 0;
    for (const auto& request : served.requests)
      if (!request.text(column).empty())
        sum += std::llround(request.time(column).count() * 1e9);
    facts.parts.push_back(sum);
  }
  for (const auto& request : served.requests) {
    facts.cached_tokens += request.count("cached_tokens");
    facts.instances += request.count("request") * (1 + request.count("prefill_instance"));
    facts.ranks +=
        request.text("decode_rank").empty() ? 0 : request.count("request") * (1 + request.count("decode_rank"));
  }
  facts.iterations = std::llround(tests::metric_of(served.result, "decode_iterations"));
  for (const char* plane : {"rdma_bytes", "vpc_bytes", "ub_kv_bytes"})
    facts.bytes.push_back(std::llround(tests::metric_of(served.result, plane)));
  facts.prefill_delayed = tests::metric_of(served.result, "prefill_delayed");
  facts.decode_delayed = tests::metric_of(served.result, "decode_delayed");
  return facts;
}

// Conversations over two prefill instances, a decode instance of four dies and a pool with volumes.
SmallService mixed_load()
{
  SmallService service;
  service.machine.topology.cpus_per_node = 2;
  service.spec.prefill_instances = 2;
  service.spec.decode.ep = 4;
  service.spec.decode.dp = 4;
  service.spec.decode.batch_per_npu = 12;
  service.spec.decode.mtp_tokens = 1;
  service.spec.decode.mtp_acceptance = 0.6;
  service.spec.generated = {.requests = 120,
                            .rate = 40,
                            .input = {.mean = 3000, .sigma = 0.7, .most = 20000},
                            .output = {.mean = 60, .sigma = 0.5, .most = 400},
                            .block_tokens = SmallService::BlockTokens,
                            .roots = 3,
                            .root_tokens = 1024,
                            .follow_up = 0.3,
                            .think_time = Seconds(0.5),
                            .answer_token_time = Seconds(0.01)};
  service.spec.pool = {.nodes = 2, .dram_share = 0.0005, .loads = 2, .volume_share = 0.001};
  return service;
}

// Captured from the program: they change with the physics of the model and with nothing else.
const Facts OverUb{
    {645700, 471200, 40717444, 16235194780, 13818061769, 0, 210385188, 97536887, 30403012959, 33022327784},
    263168,
    9391,
    14926,
    2560,
    {0, 476355888, 1602587520},
    0.003597036352872542,
    8.9686048673414306e-05};
const Facts OverVpcAndRdma{
    {645700, 471200, 10441931, 9915518429, 12292430116, 0, 38244903, 97466297, 22219507369, 24912271641},
    263168,
    10430,
    14349,
    2655,
    {822545280, 1255660848, 0},
    0,
    0};

}  // namespace

TEST_CASE("a mixed load shares UB with the exchanges of its instances")
{
  SmallService service = mixed_load();
  service.machine.topology.lane_bandwidth = 1_GBps;
  service.spec.router = find_prefill_router("cache-aware");
  service.spec.handover = HandoverPlane::Ub;
  CHECK(facts_of(service.run()) == OverUb);
}

TEST_CASE("a mixed load over VPC and RDMA gives its first tokens from prefill")
{
  SmallService service = mixed_load();
  service.spec.router = find_prefill_router("least-loaded");
  service.spec.pool.plane = PoolPlane::Vpc;
  service.spec.first_token = FirstToken::Prefill;
  service.spec.tpot_target = 2.0_ms;
  CHECK(facts_of(service.run()) == OverVpcAndRdma);
}

TEST_CASE("the tokens that leave a steady service in a second are those that are asked for")
{
  SmallService service;
  service.spec.warm_up.reset();
  service.spec.pool.is_on = false;
  service.spec.decode.batch_per_npu = 64;
  // A request stays for 0.3 of the 3 s in which they arrive.
  constexpr int Requests = 300;
  constexpr double GapMs = 10;
  constexpr int Answer = 300;  // tokens
  for (int request = 0; request < Requests; ++request)
    service.ask(GapMs * request, 600, Answer, 10 * request);
  const tests::Served served = service.run();
  REQUIRE(served.result.manifest.steady);
  CHECK(tests::metric_of(served.result, "output_tokens_per_s") == Approx(1000 / GapMs * Answer).epsilon(0.02));
}
