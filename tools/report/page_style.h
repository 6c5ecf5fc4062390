// How a page looks: light and dark, on paper, on a phone.
#pragma once

#include <string_view>

namespace cm::tools {

std::string_view page_style();

}  // namespace cm::tools
