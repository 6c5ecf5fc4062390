#include "tools/report/file_shape.h"

#include "tools/runner/stored_inputs.h"

#include <fmt/format.h>

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace cm::tools {
namespace {

using Json = JsonFile::Json;
using Keys = JsonFile::Keys;

Keys below(Keys keys, const std::string& key)
{
  keys.push_back(key);
  return keys;
}

Keys below(const Keys& keys, std::size_t index)
{
  return below(keys, fmt::format("{}", index));
}

// Members that may be missing.
void check_texts(const JsonFile& file, const Keys& keys, std::initializer_list<const char*> members)
{
  for (const char* const member : members)
    if (file.has(below(keys, member)))
      static_cast<void>(file.text(below(keys, member)));
}

void check_numbers(const JsonFile& file, const Keys& keys, std::initializer_list<const char*> members)
{
  for (const char* const member : members)
    if (file.has(below(keys, member)))
      static_cast<void>(file.number(below(keys, member)));
}

// Null stands for a number that there is none of.
void check_numbers_or_null(const JsonFile& file, const Keys& keys, std::initializer_list<const char*> members)
{
  const Json& object = file.object(keys);
  for (const char* const member : members)
    if (const auto found = object.find(member); found != object.end() && !found->is_number() && !found->is_null())
      file.complain(below(keys, member), "a number or null");
}

template <typename Fits>
void check_list(const JsonFile& file, const Keys& keys, const char* expected, const Fits& fits)
{
  std::size_t index = 0;
  for (const Json& each : file.list(keys)) {
    if (!fits(each))
      return file.complain(below(keys, index), expected);
    ++index;
  }
}

void check_list_of_texts(const JsonFile& file, const Keys& keys)
{
  if (file.has(keys))
    check_list(file, keys, "a text", [](const Json& each) { return each.is_string(); });
}

void check_list_of_numbers(const JsonFile& file, const Keys& keys)
{
  check_list(file, keys, "a number", [](const Json& each) { return each.is_number(); });
}

bool is_bucket(const Json& value)
{
  return value.is_array() && value.size() == 3 && value[0].is_number() && value[1].is_number() && value[2].is_number();
}

void check_buckets(const JsonFile& file, const Keys& keys)
{
  double least = -std::numeric_limits<double>::infinity();
  check_list(file, keys, "a bucket [low, high, count] above the one before, its count at least 0",
             [&](const Json& each) {
               if (!is_bucket(each))
                 return false;
               const auto low = each[0].get<double>();
               const bool fits = low >= least && low <= each[1].get<double>() && each[2].get<double>() >= 0;
               least = low;
               return fits;
             });
}

// The names of an object's members, none where there is no such object.
std::vector<std::string> members_of(const JsonFile& file, const Keys& keys)
{
  std::vector<std::string> names;
  if (file.has(keys))
    for (const auto& [name, ignored] : file.object(keys).items())
      names.push_back(name);
  return names;
}

void check_run(const JsonFile& file)
{
  const Json& run = file.object({"run"});
  check_texts(file, {"run"}, {"scenario", "version", "configuration_digest"});
  static_cast<void>(file.number({"run", "seed"}));
  if (const auto steady = run.find("steady"); steady != run.end() && !steady->is_boolean())
    file.complain({"run", "steady"}, "true or false");
  for (const std::string& kind : members_of(file, {"run", "evidence"}))
    static_cast<void>(file.count({"run", "evidence", kind}));
  static_cast<void>(members_of(file, {"run", "engine_settings"}));
  check_list_of_texts(file, {"run", "assumed"});
  // Its shape is checked where it is read.
  static_cast<void>(read_stored_inputs(file));
}

void check_measures(const JsonFile& file)
{
  for (const std::string& name : members_of(file, {"metrics"})) {
    static_cast<void>(file.number({"metrics", name, "value"}));
    static_cast<void>(file.text({"metrics", name, "unit"}));
    check_texts(file, {"metrics", name}, {"better", "formula"});
  }
  for (const std::string& name : members_of(file, {"histograms"})) {
    check_texts(file, {"histograms", name}, {"unit"});
    check_numbers(file, {"histograms", name}, {"count", "mean", "min", "p50", "p90", "p95", "p99", "p999", "max"});
    check_buckets(file, {"histograms", name, "buckets"});
  }
  for (const char* const section : {"breakdown", "sub_planes"})
    for (const std::string& name : members_of(file, {section})) {
      static_cast<void>(file.number({section, name, "value"}));
      static_cast<void>(file.text({section, name, "unit"}));
    }
}

void check_series(const JsonFile& file)
{
  for (const std::string& name : members_of(file, {"series"})) {
    const Keys times{"series", name, "time_s"};
    const Keys values{"series", name, "value"};
    check_texts(file, {"series", name}, {"unit"});
    check_list_of_numbers(file, times);
    check_list_of_numbers(file, values);
    if (file.list(times).size() != file.list(values).size())
      file.complain(values, fmt::format("as many values as times ({})", file.list(times).size()));
  }
}

void check_tables(const JsonFile& file)
{
  for (const std::string& name : members_of(file, {"tables"})) {
    const Keys rows{"tables", name, "rows"};
    check_texts(file, {"tables", name}, {"sentence"});
    static_cast<void>(file.list({"tables", name, "columns"}));
    check_list_of_texts(file, {"tables", name, "columns"});
    const std::size_t columns = file.list({"tables", name, "columns"}).size();
    std::size_t index = 0;
    for (const Json& row : file.list(rows)) {
      const Keys place = below(rows, index++);
      if (!row.is_array() || row.size() != columns)
        file.complain(place, fmt::format("a list of {} cells, one a column", columns));
      else
        check_list(file, place, "a number, a text or null",
                   [](const Json& cell) { return cell.is_primitive() && !cell.is_boolean(); });
    }
  }
}

void check_chips(const JsonFile& file)
{
  for (const std::string& chip : members_of(file, {"chips"})) {
    const Keys busy{"chips", chip, "busy"};
    static_cast<void>(file.text({"chips", chip, "sentence"}));
    for (std::size_t i = 0; i < file.list(busy).size(); ++i)
      check_list_of_numbers(file, below(busy, i));
  }
}

void check_point(const JsonFile& file, const Keys& point)
{
  for (const char* const key : {"label", "verdict", "reason", "cause"})
    static_cast<void>(file.text(below(point, key)));
  check_list_of_texts(file, below(point, "configuration"));
  const Keys metrics = below(point, "metrics");
  for (std::size_t i = 0; i < file.list(metrics).size(); ++i) {
    const Keys metric = below(metrics, i);
    for (const char* const key : {"name", "unit", "verdict"})
      static_cast<void>(file.text(below(metric, key)));
    static_cast<void>(file.number(below(metric, "tolerance")));
    check_numbers_or_null(file, metric, {"old", "new", "change"});
  }
  const Keys parts = below(point, "breakdown");
  for (std::size_t i = 0; i < file.list(parts).size(); ++i) {
    check_texts(file, below(parts, i), {"part", "unit"});
    check_numbers_or_null(file, below(parts, i), {"old", "new"});
  }
  const Keys histograms = below(point, "histograms");
  for (std::size_t i = 0; i < file.list(histograms).size(); ++i) {
    check_texts(file, below(histograms, i), {"name", "unit"});
    for (const char* const key : {"old_buckets", "new_buckets"})
      if (file.has(below(below(histograms, i), key)))
        check_buckets(file, below(below(histograms, i), key));
  }
}

}  // namespace

void check_result(const JsonFile& file)
{
  check_run(file);
  check_measures(file);
  check_series(file);
  check_tables(file);
  check_chips(file);
  check_list_of_texts(file, {"notes"});
  check_list_of_texts(file, {"warnings"});
}

void check_comparison(const JsonFile& file)
{
  for (const char* const key : {"old", "new", "summary"})
    static_cast<void>(file.text({key}));
  if (const auto found = file.root().find("regression"); found == file.root().end() || !found->is_boolean())
    file.complain({"regression"}, "true or false");
  for (std::size_t i = 0; i < file.list({"points"}).size(); ++i)
    check_point(file, {"points", fmt::format("{}", i)});
}

void check_sweep(const JsonFile& file)
{
  if (!file.has({"inputs"}))
    return;
  static_cast<void>(file.text({"inputs", "command"}));
  static_cast<void>(file.object({"inputs", "as_read"}));
  const Keys files{"inputs", "files"};
  for (std::size_t index = 0; index < file.list(files).size(); ++index)
    for (const char* const member : {"key", "name", "digest"})
      static_cast<void>(file.text(below(below(files, index), member)));
}

}  // namespace cm::tools
