// Requests as ServeGen describes them: no records but clients, each with windows of a request rate and a distribution
// of gaps, and with histograms of prompt and answer lengths. A tar archive holds two files a client:
//   chunk-N-trace.csv     window start (s), requests/s, coefficient of variation, Gamma or Weibull or nothing, shape,
//                         scale (s)
//   chunk-N-dataset.json  {window start: {"input_tokens": "{35: 0.25, ...}", "output_tokens": ...}}
// Requests are drawn: gaps have the family and shape of their window and the mean that its rate says, whatever the
// scale; lengths are drawn from the histograms, prompt and answer apart. Clients share no prefixes.
#pragma once

#include "workloads/traces/request.h"

#include <cstdint>
#include <memory>
#include <string>

namespace cm::workloads {

// Equal seeds give equal requests. Throws ConfigError ("archive/file:line:column: ...") when the archive or a file in
// it is damaged, unless damaged lines of rates are to be skipped.
std::unique_ptr<RequestSource> open_servegen(const std::string& path, std::uint64_t seed, bool skip_damaged_lines);

}  // namespace cm::workloads
