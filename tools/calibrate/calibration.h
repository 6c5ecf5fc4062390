// A calibration as a file describes it (configs/calibrations/): which parameters are free, which published rows they
// are fitted to, and in which files the fitted numbers stand.
#pragma once

#include "sim/config/reading_log.h"
#include "tools/scenario/changes.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// Belief about a parameter without the rows.
struct Prior {
  double value = 0;
  double deviation = 0;  // standard deviation of that belief
  std::string reason;
};

// A number of the configuration. All values are in `unit`, which is written behind them ("us", "%", or nothing).
struct FreeParameter {
  std::string key;  // "machine.ub.access.npu_base"
  std::string unit;
  double start = 0;
  double minimum = 0;
  double maximum = 0;
  double rounding = 0;  // the fitted value is a multiple of this
  std::optional<Prior> prior;
  sim::config::Position place{};  // in the calibration's file

  [[nodiscard]] std::string text(double value) const;  // "0.78 us"
};

struct PublishedRow {
  std::string name;
  std::string scenario;  // path of its file
  std::vector<PlacedSetting> settings;
  std::string metric;
  double published = 0;
  double deviation = 0;           // standard deviation that the fit allows, in the metric's unit
  double tolerance = 0;           // how far off a fitted row may end, in the metric's unit
  bool is_fitted = true;          // otherwise the row is only compared
  sim::config::Position place{};  // in the calibration's file or its table

  [[nodiscard]] std::string origin() const;  // "fit.yaml:4:5: row own"
};

// A file with fitted numbers in it.
struct CalibratedFile {
  std::string path;
  std::string section;  // where it stands in a configuration: "machine.ub"
};

struct Calibration {
  std::string description;
  std::vector<FreeParameter> parameters;
  std::vector<PublishedRow> rows;
  std::vector<PlacedSetting> settings;  // of every run, to make it short
  std::vector<CalibratedFile> files;
};

// Paths in the file are relative to it, those in a table to the table; scenarios without a folder may also be those of
// `config_root`. Throws ConfigError with everything that is wrong.
Calibration read_calibration(const std::string& path, const std::string& config_root);

// The keys of a calibration whose rows come from tables, and of one whose rows stand in it one by one. A parameter's
// keys are declared as "parameters[].unit".
std::vector<sim::config::Declaration> calibration_keys_with_tables();
std::vector<sim::config::Declaration> calibration_keys_with_rows();

}  // namespace cm::tools
