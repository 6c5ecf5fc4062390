#include "tools/report/numbers/plain_unit.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("times and sizes take the unit that keeps their numbers short")
{
  CHECK(plain_text(1609.1, "ms") == "1.609 s");
  CHECK(plain_text(12.35, "ms") == "12.35 ms");
  CHECK(plain_text(0.1056, "ms") == "105.6 us");
  CHECK(plain_text(999, "us") == "999 us");
  CHECK(plain_text(1000, "us") == "1 ms");
  CHECK(plain_text(0, "ms") == "0 ms");
  CHECK(plain_text(956172015360, "B") == "956.2 GB");
  CHECK(plain_text(0.5, "GB/s") == "500 MB/s");
}

TEST_CASE("shares are percent, counts have no unit, rates say what they count")
{
  CHECK(plain_text(0.8846, "1") == "88.46 %");
  CHECK(plain_text(3000, "count") == "3000");
  CHECK(plain_text(678571, "count") == "678,571");
  CHECK(plain_text(15729, "1/s", "output_tokens_per_s") == "15,729 tokens/s");
  CHECK(plain_text(40.9, "1/s", "arrival_rps") == "40.9 requests/s");
  CHECK(plain_text(3, "1/s", "steps") == "3 per second");
  CHECK(plain_text(1.5, "cores") == "1.5 cores");
}

TEST_CASE("names of metrics become words without their unit")
{
  CHECK(plain_words("ttft_ms") == "time to first token");
  CHECK(plain_words("tpot_p99_ms") == "time per output token 99th percentile");
  CHECK(plain_words("output_tokens_per_s_per_npu") == "output tokens per second per NPU");
  CHECK(plain_words("tokens_per_s") == "tokens per second");
  CHECK(plain_words("rdma_gb_s") == "RDMA");
  CHECK(plain_words("s") == "s");
  CHECK(with_unit("time", {1, "ms"}) == "time, ms");
  CHECK(with_unit("requests", {1, ""}) == "requests");
}
