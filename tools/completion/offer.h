// One word that a shell may offer.
#pragma once

#include <string>

namespace cm::tools {

struct Offer {
  std::string word;
  std::string sentence{};  // for shells that show one; may be empty
};

}  // namespace cm::tools
