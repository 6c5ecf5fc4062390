// One line a request, for requests.csv.
#pragma once

#include "workloads/serving/in_flight.h"
#include "workloads/serving/serving_spec.h"

#include <map>
#include <string>

namespace cm::workloads {

class RequestLog {
 public:
  explicit RequestLog(const ServingSpec& spec) : spec_(spec) {}  // borrowed

  void finished(const InFlight& request);
  void refused(const Request& request, std::uint64_t number);

  // With a line of column names; in order of arrival. Times in milliseconds, arrival in seconds. Statistics count the
  // requests from number `counted_from` on.
  [[nodiscard]] std::string csv(std::uint64_t counted_from) const;

 private:
  // Of one line; whether statistics count the request stands between the two.
  struct Line {
    std::string before;
    std::string after;
    bool is_finished = false;
  };

  const ServingSpec& spec_;
  std::map<std::uint64_t, Line> lines_;  // [number]
};

}  // namespace cm::workloads
