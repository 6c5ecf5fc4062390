// Explanation of a key or a metric, for people.
#pragma once

#include "tools/schema/key_catalogue.h"

#include <string>

namespace cm::tools {

// Explanation of a full path ("machine.ub.mtu"), or of all keys that end so ("mtu", "ub.mtu"): sentence, type, range,
// default, and the values of shipped machines and models with their sources. Also of a metric, behind the keys of that
// name, and a last line with metrics whose names go on behind the name. Throws ConfigError with the nearest name when
// there is neither.
std::string explanation(const KeyCatalogue& catalogue, const std::string& asked);

}  // namespace cm::tools
