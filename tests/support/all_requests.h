// All requests of a source, as one list.
#pragma once

#include "workloads/traces/request.h"

#include <utility>
#include <vector>

namespace cm::tests {

inline std::vector<workloads::Request> all_requests(workloads::RequestSource& source)
{
  std::vector<workloads::Request> requests;
  while (auto request = source.next())
    requests.push_back(std::move(*request));
  return requests;
}

}  // namespace cm::tests
