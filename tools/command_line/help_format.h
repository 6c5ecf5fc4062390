// How --help lays out its options: two columns, and never wider than a terminal of 80.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

class HelpFormat final : public CLI::Formatter {
 public:
  [[nodiscard]] std::string make_option(const CLI::Option* option, bool is_positional) const override;
  [[nodiscard]] std::string make_footer(const CLI::App* command) const override;
};

}  // namespace cm::tools
