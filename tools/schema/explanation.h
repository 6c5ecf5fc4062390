// What a key means, for people.
#pragma once

#include "tools/schema/key_catalogue.h"

#include <string>

namespace cm::tools {

// Of a full path ("machine.ub.mtu"), or of all keys that end so ("mtu", "ub.mtu"): sentence, type, range, default, and
// the values of shipped machines and models with their sources. Throws ConfigError with the nearest key when there is
// none.
std::string explanation(const KeyCatalogue& catalogue, const std::string& key);

}  // namespace cm::tools
