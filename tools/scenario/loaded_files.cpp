#include "tools/scenario/loaded_files.h"

namespace cm::tools {

const sim::config::Value& LoadedFiles::load(const std::string& path)
{
  if (const auto known = trees_.find(path); known != trees_.end())
    return known->second;
  return trees_.emplace(path, sim::config::load_file(path)).first->second;
}

}  // namespace cm::tools
