// Logs of tasks, one file each in the sweep's folder.
#pragma once

#include <cstddef>
#include <string>

namespace cm::tools {

// "slurm/12_3.log", within the sweep's folder.
std::string task_log(const std::string& job, std::size_t task);

// Its last line that holds something; empty when there is none.
std::string last_words_of_log(const std::string& path);

}  // namespace cm::tools
