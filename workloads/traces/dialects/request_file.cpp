#include "workloads/traces/dialects/request_file.h"

#include "workloads/traces/dialects/dialect_guess.h"

namespace cm::workloads {

std::unique_ptr<RequestSource> open_request_file(const RequestFileSpec& spec)
{
  const TraceReading reading = reading_of(spec, read_beginning(spec.path));
  return reading.row->open(spec, reading);
}

}  // namespace cm::workloads
