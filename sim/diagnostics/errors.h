// The three kinds of trouble that leave a function as an exception. Expected outcomes ("no route") are return values.
#pragma once

#include <stdexcept>
#include <string>

namespace cm {

// The user's input is wrong; what() is the whole text for the terminal, one problem a line. Exit status 2.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A model refuses what was asked although the input is well-formed (it does not fit the HBM, say). Exit status 2; a
// sweep records it as a row.
class RefusedByModel : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

// A broken invariant of ours. Exit status 3.
class SimulationError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace cm
