// A page as one self-contained HTML file: no address is loaded, and a content policy forbids it.
#pragma once

#include "tools/report/page.h"

#include <string>

namespace cm::tools {

// Any text as text of HTML, also inside quotes; control characters and broken UTF-8 are replaced.
std::string html_text(const std::string& text);

// JSON that may stand inside a script element: no "<" ends it early.
std::string script_json(const Json& json);

// `charts` is the code that draws; empty where it could not be had, and `missing` says why.
std::string html(const Page& page, const std::string& charts, const std::string& missing);

}  // namespace cm::tools
