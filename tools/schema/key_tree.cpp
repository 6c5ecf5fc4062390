#include "tools/schema/key_tree.h"

#include <algorithm>

namespace cm::tools {
namespace {

constexpr std::string_view ItemMark = "[]";

// Splits off the first word of a path.
std::string_view next_word(std::string_view& path)
{
  const std::size_t dot = path.find('.');
  const std::string_view word = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  return word;
}

KeyNode& place(KeyNode& root, std::string_view path)
{
  KeyNode* node = &root;
  while (!path.empty()) {
    std::string_view word = next_word(path);
    const bool is_item = word.ends_with(ItemMark);
    if (is_item)
      word.remove_suffix(ItemMark.size());
    node = &node->children[std::string(word)];
    if (is_item) {
      if (node->item == nullptr)
        node->item = std::make_unique<KeyNode>();
      node = node->item.get();
    }
  }
  return *node;
}

// A map is read as often as the key of it that is read most.
// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void count_readings(KeyNode& node)
{
  for (auto& [name, child] : node.children) {
    count_readings(child);
    if (child.item != nullptr)
      count_readings(*child.item);
    node.key.readings = std::max(node.key.readings, child.key.readings);
  }
}

}  // namespace

bool KeyNode::is_required(std::size_t readings_of_map) const
{
  return key.readings == readings_of_map && !key.declarations.empty() &&
         std::ranges::all_of(key.declarations, &sim::config::Declaration::required);
}

bool KeyNode::is_free() const
{
  return std::ranges::find(key.declarations, "any", &sim::config::Declaration::type) != key.declarations.end();
}

const KeyNode* KeyNode::find(std::string_view path) const
{
  const KeyNode* node = this;
  while (!path.empty()) {
    const auto found = node->children.find(std::string(next_word(path)));
    if (found == node->children.end())
      return nullptr;
    node = &found->second;
  }
  return node;
}

KeyNode key_tree(const KeyTable& table)
{
  KeyNode root;
  for (const auto& [path, key] : table)
    place(root, path).key = key;
  count_readings(root);
  return root;
}

}  // namespace cm::tools
