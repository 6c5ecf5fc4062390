// A validation for people and for scripts.
#pragma once

#include "tools/validate/validation.h"

#include <string>
#include <string_view>

namespace cm::tools {

// A table per group, known gaps, groups without rows, and the rows that are not as expected last; then what is missing,
// with the journal that keeps the finished runs.
std::string validation_table(const Validation& validation, const RunJournal* journal = nullptr);

// Schema cmsim-validation/1.
std::string validation_json(const Validation& validation);

// "17 predicted rows: median error 1.2 %, largest 24 %"; empty when the class has no rows.
std::string class_summary(const Validation& validation, std::string_view kind);

}  // namespace cm::tools
