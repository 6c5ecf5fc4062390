// The keys of one kind of file as the tree that the file is.
#pragma once

#include "tools/schema/key_catalogue.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cm::tools {

struct KeyNode {
  CatalogueKey key;  // of the root only the number of readings
  std::map<std::string, KeyNode> children;
  std::unique_ptr<KeyNode> item;  // of a list whose items are maps

  // Every reading that read the map asked for it and could not do without.
  [[nodiscard]] bool is_required(std::size_t readings_of_map) const;
  // Some reader takes the value as it stands, whatever it is.
  [[nodiscard]] bool is_free() const;
  // Null when there is no such path.
  [[nodiscard]] const KeyNode* find(std::string_view path) const;
};

KeyNode key_tree(const KeyTable& table);

}  // namespace cm::tools
