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

  // `counts`: whether statistics count it.
  void finished(const InFlight& request, bool counts);
  void refused(const Request& request, std::uint64_t number);

  // With a line of column names; in order of arrival. Times in milliseconds, arrival in seconds.
  [[nodiscard]] std::string csv() const;

 private:
  const ServingSpec& spec_;
  std::map<std::uint64_t, std::string> lines_;  // [number]
};

}  // namespace cm::workloads
