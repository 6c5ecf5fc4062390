#include "tools/files/point_file.h"

#include <fmt/format.h>

namespace cm::tools {
namespace {

constexpr std::size_t FewestDigits = 5;
constexpr std::size_t DigestDigits = 12;
constexpr std::string_view Ending = ".json";

}  // namespace

std::string point_file_name(std::size_t number, std::string_view digest)
{
  return fmt::format("{:0{}}-{}{}", number, FewestDigits, digest.substr(0, DigestDigits), Ending);
}

bool is_point_file(std::string_view name)
{
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || dash < FewestDigits || name.size() != dash + 1 + DigestDigits + Ending.size())
    return false;
  return name.ends_with(Ending) && name.substr(0, dash).find_first_not_of("0123456789") == std::string_view::npos &&
         name.substr(dash + 1, DigestDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace cm::tools
