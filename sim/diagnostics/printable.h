// Text of unknown origin as it may be shown: a file or another program must not be able to steer the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cm {

// Bytes of the UTF-8 character at the front, overlong forms and surrogates excluded; zero when there is none.
std::size_t character_length(std::string_view text);

// Control characters but tab and line feed, and bytes that are no UTF-8, become "\x1b"; U+0080 to U+009F, which some
// terminals obey, "\u0085". All else stays.
std::string printable(std::string_view text);

// The same, and sequences that change nothing but the colour of text ("\x1b[1;36m") stay.
std::string printable_in_colour(std::string_view text);

// As printable(), and line feeds and tabs are escaped too.
std::string printable_on_one_line(std::string_view text);

}  // namespace cm
