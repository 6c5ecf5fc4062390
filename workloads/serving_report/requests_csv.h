// One line a request, for requests.csv: made of the records when the run is over.
#pragma once

#include "workloads/serving/requests/request_record.h"

#include <span>
#include <string>

namespace cm::workloads {

// With a line of column names; in order of arrival. Times in milliseconds, arrival in seconds. Statistics count the
// requests from number `counted_from` on.
std::string requests_csv(const ServingSpec& spec, std::span<const RequestRecord> records, std::size_t counted_from);

}  // namespace cm::workloads
