// Which cmsim this is.
#pragma once

#include <string>

namespace cm::tools {

std::string version();  // "0.1.0"

// The last commit that changed the program's sources, "-dirty" after it when they differ from it: "757147b1f0aa". Empty
// when the program was not built in a git checkout.
std::string commit();

std::string version_and_commit();  // "0.1.0 (757147b1f0aa)"
// The same of another program. The commit may be empty.
std::string version_and_commit(const std::string& version, const std::string& commit);

}  // namespace cm::tools
