// Units and names as people write them. Results say "1", "count" and "us" for every size of number; a page says "%",
// nothing, and whichever of us, ms and s gives short numbers.
#pragma once

#include <string>

namespace cm::tools {

struct PlainUnit {
  double factor = 1;  // from the result's unit to this one
  std::string name;   // empty: a plain count
};

// Unit for numbers of a result that are declared in `unit`, the largest of them `largest` in that unit; `name` is that
// of the metric, histogram or series, and tells what a rate counts. Units that are not known stay.
PlainUnit plain_unit(const std::string& unit, double largest, const std::string& name = {});

// Four significant digits and every digit before the point, in groups of three from 10,000 on; no zeros at the end.
std::string plain_number(double value);

// "1.55 s", "88.46 %", "3,000": one number with its unit.
std::string plain_text(double value, const std::string& unit, const std::string& name = {});

// "output tokens per second per NPU" of "output_tokens_per_s_per_npu": no unit at the end, no short forms.
std::string plain_words(const std::string& name);

// "Time to first token, ms" for an axis or a column; the unit is left out when there is none.
std::string with_unit(const std::string& words, const PlainUnit& unit);

// The first letter as a capital.
std::string capitalised(std::string words);

}  // namespace cm::tools
