#include "topology/routing/policies.h"

namespace cm::topology {
namespace {

template <typename Enum>
std::string_view word_of(WordTable<Enum> table, Enum choice)
{
  for (const auto& [word, value] : table)
    if (value == choice)
      return word;
  return "unknown";
}

}  // namespace

std::string_view to_text(SubPlaneChoice choice)
{
  return word_of(SubPlaneChoiceWords, choice);
}

std::string_view to_text(L2Choice choice)
{
  return word_of(L2ChoiceWords, choice);
}

}  // namespace cm::topology
