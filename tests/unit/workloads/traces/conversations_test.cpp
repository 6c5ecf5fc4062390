#include "workloads/traces/conversations.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

// Turns are due when the answer exists, 0.1 s a token: nobody thinks.
GeneratedRequestsSpec talking(double follow_up)
{
  GeneratedRequestsSpec spec;
  spec.requests = 10;
  spec.rate = 1e-9;  // hardly any conversation began before the run
  spec.input = {.mean = 100, .sigma = 0, .most = 1000};
  spec.output = {.mean = 10, .sigma = 0, .most = 100};
  spec.block_tokens = 64;
  spec.roots = 3;
  spec.root_tokens = 200;
  spec.follow_up = follow_up;
  spec.answer_token_time = Seconds(0.1);
  return spec;
}

}  // namespace

TEST_CASE("conversations are numbered, and begin with whole blocks of a common prompt")
{
  const GeneratedRequestsSpec spec = talking(0);
  Conversations conversations(spec, 1);
  const Conversation first = conversations.begin(1000);
  CHECK(first.number == 0);
  CHECK(first.root < 3);
  CHECK(first.root_blocks == 3);  // of 200 tokens
  CHECK(conversations.begin(129).root_blocks == 2);
  // The last block of a prompt is its own.
  CHECK(conversations.begin(128).root_blocks == 1);
  CHECK(conversations.begin(64).number == 3);
}

TEST_CASE("a turn is due when the answer exists, and only when it has room")
{
  const GeneratedRequestsSpec spec = talking(1);
  Conversations conversations(spec, 1);
  Conversation conversation = conversations.begin(100);
  conversation.tokens = 150;
  conversations.go_on(conversation, Seconds(2), 50);
  CHECK_FALSE(conversations.take_due(Seconds(6.999), 100).has_value());
  const auto due = conversations.take_due(Seconds(7), 100);
  REQUIRE(due);
  CHECK(due->number == 0);
  CHECK(due->tokens == 150);
  CHECK_FALSE(conversations.take_due(Seconds(8), 100).has_value());
  conversations.go_on(conversation, Seconds(8), 0);
  CHECK_FALSE(conversations.take_due(Seconds(8), 851).has_value());
  // It has ended.
  CHECK_FALSE(conversations.take_due(Seconds(9), 1).has_value());
}

TEST_CASE("of turns that are due, the one that has been due longest comes first")
{
  const GeneratedRequestsSpec spec = talking(1);
  Conversations conversations(spec, 1);
  const Conversation first = conversations.begin(100);
  const Conversation second = conversations.begin(100);
  conversations.go_on(first, Seconds(0), 50);
  conversations.go_on(second, Seconds(1), 20);
  CHECK(conversations.take_due(Seconds(9), 1)->number == 1);
  CHECK(conversations.take_due(Seconds(9), 1)->number == 0);
}

TEST_CASE("without follow-ups no conversation goes on")
{
  const GeneratedRequestsSpec spec = talking(0);
  Conversations conversations(spec, 1);
  conversations.go_on(conversations.begin(100), Seconds(0), 1);
  CHECK_FALSE(conversations.take_due(Seconds(1e6), 1).has_value());
}
