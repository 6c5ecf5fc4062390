#include "workloads/traces/expert_map_file.h"

#include "sim/config/json_text.h"
#include "workloads/traces/regular_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace cm::workloads {
namespace {

using Json = nlohmann::json;
using Keys = std::vector<std::string>;

constexpr std::size_t MostBytes = std::size_t{64} << 20U;
constexpr std::int64_t MostRanks = 65536;
constexpr std::int64_t MostLayers = 1000;
constexpr std::int64_t MostExperts = 65536;
// Layers times experts. 61 layers of 288 experts have 17,568.
constexpr std::int64_t MostPlaces = 1'000'000;

class MapReader {
 public:
  MapReader(const std::string& path, ProblemList& problems)
      : path_(path), problems_(problems), text_(read_input(path, MostBytes))
  {
  }

  models::PlacementTable read()
  {
    if (const auto problem = sim::config::json_problem(text_)) {
      problems_.add(fmt::format("{}:{}:{}: {}", path_, problem->place.line, problem->place.column, problem->what));
      return {};
    }
    const Json map = Json::parse(text_, nullptr, false);
    if (const Json* layers = list(map, "layer_list", {}))
      for (std::size_t i = 0; i < layers->size(); ++i)
        read_layer((*layers)[i], {"layer_list", fmt::format("{}", i)});
    return problems_.empty() ? table() : models::PlacementTable{};
  }

 private:
  void complain(const Keys& keys, const std::string& what)
  {
    // Each place is looked for in the whole text.
    if (++complaints_ > 20)
      return problems_.add("");
    const sim::config::JsonPlace place = sim::config::json_place(text_, keys);
    problems_.add(fmt::format("{}:{}:{}: {}", path_, place.line, place.column, what));
  }

  static Keys with(Keys keys, const std::string& key)
  {
    keys.push_back(key);
    return keys;
  }

  // Null, and complained about, when it is none.
  const Json* list(const Json& object, const char* name, const Keys& keys)
  {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (object.is_object() && found != object.end() && found->is_array() && !found->empty())
      return &*found;
    complain(with(keys, name), fmt::format("expected the list {}, found {}", name,
                                           !object.is_object()     ? "no object around it"
                                           : found == object.end() ? "no such key"
                                           : found->is_array()     ? "an empty one"
                                                                   : "something else"));
    return nullptr;
  }

  // -1, and complained about, when it is no whole number from 0 to below `end`.
  std::int64_t number(const Json& value, std::int64_t end, const char* what, const Keys& keys)
  {
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0 && value.get<std::int64_t>() < end)
      return value.get<std::int64_t>();
    complain(keys, fmt::format("expected {} from 0 to {}, found {}", what, end - 1, value.dump().substr(0, 40)));
    return -1;
  }

  std::int64_t number_of(const Json& object, const char* name, std::int64_t end, const Keys& keys)
  {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end()) {
      complain(keys, fmt::format("expected an object with {}, found none", name));
      return -1;
    }
    return number(*found, end, name, with(keys, name));
  }

  void read_layer(const Json& layer, const Keys& keys)
  {
    const std::int64_t id = number_of(layer, "layer_id", MostLayers, keys);
    if (id < 0)
      return;
    auto& devices = layers_[id];
    if (!devices.empty()) {
      complain(keys, fmt::format("expected each layer once, found layer_id {} again", id));
      return;
    }
    const Json* const device_list = list(layer, "device_list", keys);
    for (std::size_t i = 0; device_list != nullptr && i < device_list->size(); ++i)
      read_device((*device_list)[i], with(with(keys, "device_list"), fmt::format("{}", i)), devices);
  }

  void read_device(const Json& device, const Keys& keys, std::map<std::int64_t, std::vector<std::int64_t>>& devices)
  {
    const std::int64_t id = number_of(device, "device_id", MostRanks, keys);
    const Json* const experts = id < 0 ? nullptr : list(device, "device_expert", keys);
    if (experts == nullptr)
      return;
    if (devices.contains(id)) {
      complain(keys, fmt::format("expected each device of a layer once, found device_id {} again", id));
      return;
    }
    std::vector<std::int64_t>& held = devices[id];
    std::set<std::int64_t> seen;
    for (std::size_t i = 0; i < experts->size(); ++i) {
      const Keys place = with(with(keys, "device_expert"), fmt::format("{}", i));
      const std::int64_t expert = number((*experts)[i], MostExperts, "an expert", place);
      if (expert >= 0 && !seen.insert(expert).second)
        complain(place, fmt::format("expected each expert of a device once, found {} again", expert));
      held.push_back(expert);
      experts_ = std::max(experts_, expert + 1);
    }
  }

  // Layers and devices must follow each other from 0.
  models::PlacementTable table()
  {
    const auto layers = static_cast<std::int64_t>(layers_.size());
    const auto ranks = static_cast<std::int64_t>(layers_.begin()->second.size());
    if (layers_.rbegin()->first != layers - 1)
      complain({"layer_list"},
               fmt::format("expected layers 0 to {}, found layer_id {}", layers - 1, layers_.rbegin()->first));
    for (const auto& [layer, devices] : layers_)
      if (static_cast<std::int64_t>(devices.size()) != ranks || devices.rbegin()->first != ranks - 1)
        complain({"layer_list"}, fmt::format("layer {}: expected devices 0 to {}, found {} devices up to device_id {}",
                                             layer, ranks - 1, devices.size(), devices.rbegin()->first));
    if (layers * experts_ > MostPlaces)
      complain({"layer_list"}, fmt::format("expected at most {} experts in all layers, found {} layers of {}",
                                           MostPlaces, layers, experts_));
    models::PlacementTable table;
    if (!problems_.empty())
      return table;
    table.ranks = static_cast<std::uint32_t>(ranks);
    table.layers = static_cast<std::uint32_t>(layers);
    table.experts = static_cast<std::uint32_t>(experts_);
    table.ranks_of.resize(static_cast<std::size_t>(layers * experts_));
    for (const auto& [layer, devices] : layers_)
      for (const auto& [device, held] : devices)
        for (const std::int64_t expert : held)
          table.ranks_of[static_cast<std::size_t>(layer * experts_ + expert)].push_back(
              static_cast<std::uint32_t>(device));
    return table;
  }

  const std::string& path_;
  ProblemList& problems_;
  std::string text_;
  std::map<std::int64_t, std::map<std::int64_t, std::vector<std::int64_t>>> layers_;  // [layer][device]: experts
  std::int64_t experts_ = 0;
  int complaints_ = 0;
};

}  // namespace

bool begins_like_json_object(const std::string& path)
{
  RegularFile file(path);
  const std::string_view bytes = file.beginning(1024);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && bytes[first] == '{';
}

models::PlacementTable read_expert_map(const std::string& path, ProblemList& problems)
{
  return MapReader(path, problems).read();
}

}  // namespace cm::workloads
