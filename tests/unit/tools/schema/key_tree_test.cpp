#include "tools/schema/key_tree.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::tools;

namespace {

CatalogueKey key(std::size_t readings, bool required = false, const std::string& type = "integer")
{
  CatalogueKey key;
  key.readings = readings;
  key.declarations.emplace_back();
  key.declarations.front().type = type;
  key.declarations.front().required = required;
  return key;
}

}  // namespace

TEST_CASE("keys become the tree that their paths say")
{
  const KeyTable table{{"ub", key(3, true, "map")}, {"ub.mtu", key(3)}, {"ub.access.npu_base", key(2)}};
  const KeyNode tree = key_tree(table);
  REQUIRE(tree.find("ub.access.npu_base") != nullptr);
  CHECK(tree.find("ub.access.npu_base")->key.readings == 2);
  CHECK(tree.find("ub.mtu")->children.empty());
  CHECK(tree.find("ub.access")->key.declarations.empty());
  CHECK(tree.find("") == &tree);
  CHECK(tree.find("ub.lanes") == nullptr);
  CHECK(tree.find("ub.mtu.more") == nullptr);
}

TEST_CASE("items of a list are a map of their own")
{
  const KeyNode tree =
      key_tree({{"bases", key(2, true, "list")}, {"bases[].name", key(2, true)}, {"bases[].axes[].key", key(1)}});
  const KeyNode* const bases = tree.find("bases");
  REQUIRE(bases != nullptr);
  REQUIRE(bases->item != nullptr);
  CHECK(bases->children.empty());
  CHECK(bases->item->find("name") != nullptr);
  REQUIRE(bases->item->find("axes") != nullptr);
  CHECK(bases->item->find("axes")->item->find("key") != nullptr);
}

TEST_CASE("a map is read as often as the key of it that is read most")
{
  const KeyNode tree = key_tree({{"a.b", key(2)}, {"a.c", key(5)}, {"d", key(3)}, {"rows[].e", key(7)}});
  CHECK(tree.find("a")->key.readings == 5);
  CHECK(tree.find("rows")->item->key.readings == 7);
  CHECK(tree.key.readings == 5);
}

TEST_CASE("a key is required when every reading of its map requires it")
{
  CHECK(key_tree({{"a", key(3, true)}}).find("a")->is_required(3));
  // One reading did without asking.
  CHECK_FALSE(key_tree({{"a", key(2, true)}}).find("a")->is_required(3));
  CatalogueKey both = key(3, true);
  both.declarations.push_back(both.declarations.front());
  both.declarations.back().required = false;
  CHECK_FALSE(key_tree({{"a", both}}).find("a")->is_required(3));
  // A map that nobody declares is none that must be there.
  CHECK_FALSE(key_tree({{"a.b", key(3, true)}}).find("a")->is_required(3));
}

TEST_CASE("a key that some reader takes as it stands is free")
{
  CatalogueKey mixed = key(1);
  CHECK_FALSE(key_tree({{"a", mixed}}).find("a")->is_free());
  mixed.declarations.push_back(mixed.declarations.front());
  mixed.declarations.back().type = "any";
  CHECK(key_tree({{"a", mixed}}).find("a")->is_free());
}
