#include "sim/timeline/gzip.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace cm::sim::timeline {
namespace {

constexpr int Level = 6;
constexpr int LargestWindow = 15;
constexpr int GzipHeader = 16;  // added to the window's bits: zlib writes a gzip header whose time is zero
constexpr int MemoryLevel = 8;
constexpr std::size_t ChunkSize = 1U << 20U;

}  // namespace

std::string gzip(std::string_view text)
{
  z_stream stream{};
  ensure(deflateInit2(&stream, Level, Z_DEFLATED, LargestWindow + GzipHeader, MemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK,
         "zlib does not start");
  std::string input(text);
  std::string output;
  std::string chunk(ChunkSize, '\0');
  std::size_t taken = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    const std::size_t step = std::min<std::size_t>(input.size() - taken, std::numeric_limits<int>::max());
    // zlib's interface is in bytes without sign.
    stream.next_in = reinterpret_cast<Bytef*>(input.data() + taken);  // NOLINT(*-reinterpret-cast)
    stream.avail_in = static_cast<uInt>(step);
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());  // NOLINT(*-reinterpret-cast)
    stream.avail_out = static_cast<uInt>(chunk.size());
    status = deflate(&stream, taken + step == input.size() ? Z_FINISH : Z_NO_FLUSH);
    ensure(status == Z_OK || status == Z_STREAM_END, "zlib gives up with {}", status);
    taken += step - stream.avail_in;
    output.append(chunk, 0, chunk.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return output;
}

}  // namespace cm::sim::timeline
